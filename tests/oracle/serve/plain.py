"""What a call of the client gave, as JSON that can be compared."""

from __future__ import annotations

import datetime
import enum
import hashlib
import uuid
from collections.abc import Mapping, Set
from types import GeneratorType

import astropy.table
import astropy.time
import numpy as np
import pyarrow
from lsst.daf.butler import (
    ButlerLogRecords,
    CollectionInfo,
    DataCoordinate,
    DatasetRef,
    DatasetType,
    DimensionRecord,
    DimensionUniverse,
    Timespan,
)
from lsst.daf.butler.registry import CollectionSummary
from lsst.resources import ResourcePath
from lsst.sphgeom import Region


class Unordered:
    """An iterable whose order nobody promises."""

    def __init__(self, values):
        self.values = values


def plain(value):
    """The value, made of what JSON has."""
    if value is None or isinstance(value, (bool, str)):
        return value
    for kinds, convert in CONVERSIONS:
        if isinstance(value, kinds):
            return convert(value)
    return f"{type(value).__module__}.{type(value).__qualname__}: {value}"


def unordered(values) -> list:
    return sorted((plain(v) for v in values), key=repr)


def data_coordinate(value: DataCoordinate) -> dict:
    found = {"data_id": dict(sorted(value.mapping.items())), "full": value.hasFull()}
    if value.hasRecords():
        found["records"] = {name: plain(value.records[name]) for name in value.dimensions.elements}
    return plain(found)


def dataset_ref(value: DatasetRef) -> dict:
    return {"id": str(value.id), "run": value.run, "type": plain(value.datasetType), "data_id": plain(value.dataId)}


def dataset_type(value: DatasetType) -> list:
    return [value.name, list(value.dimensions.names), value.storageClass_name, value.isCalibration(),
            value.parentStorageClass.name if value.isComponent() else None]


def table(value: astropy.table.Table) -> dict:
    # repr, because a float that is not a number is equal to nothing.
    return {"columns": [[c, str(value[c].dtype)] for c in value.colnames], "rows": repr([tuple(row) for row in value])}


def uri(value: ResourcePath) -> dict:
    return {"name": value.basename(), "content": digest(value.read())}


def digest(content: bytes) -> str:
    return f"{len(content)} bytes, {hashlib.sha256(content).hexdigest()[:16]}"


CONVERSIONS = [
    (enum.Enum, lambda v: f"{type(v).__name__}.{v.name}"),
    ((int, np.integer), int),
    ((float, np.floating), repr),
    (bytes, lambda v: v.hex()),
    ((uuid.UUID, Timespan, datetime.date), str),
    (astropy.time.Time, lambda v: v.tai.isot),
    (Region, lambda v: v.encode().hex()),
    (Unordered, lambda v: unordered(v.values)),
    (DatasetRef, dataset_ref),
    (DataCoordinate, data_coordinate),
    (DatasetType, dataset_type),
    (DimensionRecord, lambda v: plain(v.toDict())),
    (DimensionUniverse, lambda v: plain(v.dimensionConfig.to_simple().model_dump(mode="json"))),
    (CollectionInfo, lambda v: plain(v.model_dump())),
    (CollectionSummary, lambda v: {"types": unordered(v.dataset_types), "governors": plain(v.governors)}),
    (ButlerLogRecords, lambda v: v.model_dump_json()),
    (ResourcePath, uri),
    (astropy.table.Table, table),
    (np.ndarray, lambda v: {"dtype": str(v.dtype), "values": repr(v.tolist())}),
    (pyarrow.Table, lambda v: {"schema": str(v.schema), "rows": repr(v.to_pylist())}),
    (Mapping, lambda v: {str(k): plain(x) for k, x in v.items()}),
    (Set, unordered),
    ((list, tuple, GeneratorType), lambda v: [plain(x) for x in v]),
]
