"""Answers of the Python Butler for the differential tests: one JSON request per line in, one JSON answer out."""

import json
import logging
import os
import string
import sys
import uuid

from lsst.daf.butler import (
    Butler,
    DataCoordinate,
    DatasetRef,
    DatasetType,
    DimensionUniverse,
    FileDataset,
    StorageClass,
)
from lsst.daf.butler._location import Location, LocationFactory
from lsst.daf.butler.datastore.file_templates import FileTemplate, FileTemplates, FileTemplatesConfig
from lsst.daf.butler.datastores.fileDatastore import FileDatastore
from lsst.daf.butler.formatters.yaml import YamlFormatter
from lsst.resources import ResourcePath

logging.disable(logging.CRITICAL)
UNIVERSE = DimensionUniverse()


def storage_class(name):
    return StorageClass(name) if name else None


def dataset_type(spec):
    return DatasetType(
        spec["name"],
        spec["dimensions"],
        storageClass=storage_class(spec.get("storage_class", "Thing")),
        parentStorageClass=storage_class(spec.get("parent_storage_class")),
        universe=UNIVERSE,
    )


def data_coordinate(spec):
    group = UNIVERSE.conform(spec["dimensions"])
    values = {name: spec["data_id"][name] for name in group.names}
    coordinate = DataCoordinate.from_full_values(group, tuple(values[n] for n in group.data_coordinate_keys))
    if spec.get("records") is None:
        return coordinate
    records = {}
    for element in group.elements:
        given = spec["records"].get(element)
        if given is None:
            records[element] = None
            continue
        definition = UNIVERSE[element]
        keys = {n: spec["data_id"][n] for n in definition.dimensions.names if n in spec["data_id"]}
        fields = {definition.primary_key.name: spec["data_id"].get(element)} if element in group.names else {}
        known = set(definition.RecordClass.fields.names)
        wanted = {**keys, **fields, **given}
        records[element] = definition.RecordClass(**{k: v for k, v in wanted.items() if k in known})
    return coordinate.expanded(records)


def markup(request):
    return [list(part) for part in string.Formatter().parse(request["template"])]


def value(request):
    return format(request["value"], request["spec"])


def path(request):
    template = FileTemplate(request["template"])
    spec = request["dataset"]
    ref = DatasetRef(
        dataset_type(spec), data_coordinate(spec), run=spec["run"], id=uuid.UUID(spec["id"])
    )
    return template.format(ref)


def validate(request):
    FileTemplate(request["template"]).validateTemplate(dataset_type(request["dataset"]))
    return "valid"


def choose(request):
    templates = FileTemplates(FileTemplatesConfig(request["section"]), universe=UNIVERSE)
    spec = request["dataset"]
    entity = dataset_type(spec)
    if spec["data_id"]:
        entity = DatasetRef(entity, data_coordinate(spec), run="run", id=uuid.UUID(spec["id"]))
    return templates.getTemplate(entity).template


def conform(request):
    return list(UNIVERSE.conform(request["dimensions"]).names)


def locate(request):
    """What the reference reads for a record path."""
    text = ResourcePath(request["record"], forceAbsolute=False, forceDirectory=False)
    if text.isabs():
        location = Location(None, text)
    else:
        location = LocationFactory(request["root"]).from_uri(text, trusted_path=False)
    return [str(location.uri), location.uri.ospath]


def source(request):
    """How an export path is seen: URI, file, extension, path relative to the root."""
    uri = ResourcePath(request["folder"], forceDirectory=True).join(request["path"])
    root = ResourcePath(request["root"], forceAbsolute=True, forceDirectory=True)
    return [str(uri), uri.ospath, uri.getExtension(), uri.relative_to(root)]


def new_location(request):
    """Record and file of a file copied in."""
    factory = LocationFactory(request["root"])
    location = factory.fromPath(request["template_path"], trusted_path=True)
    location.updateExtension(ResourcePath(request["source"]).getExtension())
    return [location.pathInStore.path, location.uri.ospath]


def transfer(request):
    """Transfer one file and describe the result."""
    source, destination = request["source"], request["destination"]
    ResourcePath(destination).transfer_from(ResourcePath(source), request["mode"], overwrite=True)
    return {
        "link": os.readlink(destination) if os.path.islink(destination) else None,
        "same_file": os.path.exists(source) and os.path.samefile(source, destination),
        "mode": os.stat(destination).st_mode,
    }


def checksum(request):
    return FileDatastore.computeChecksum(ResourcePath(request["path"]))


def ingest(request):
    """Ingest files into a new repository, each into a run of its own, as an import does; return the records."""
    root = request["root"]
    Butler.makeRepo(root)
    kind = DatasetType("thing", [], "StructuredDataDict", universe=UNIVERSE)
    rows = []
    with Butler.from_config(root, writeable=True) as butler:
        butler.registry.registerDatasetType(kind)
        for case in request["cases"]:
            folder = ResourcePath(case["folder"], forceDirectory=True)
            butler.collections.register(case["run"])
            ref = DatasetRef(kind, DataCoordinate.make_empty(UNIVERSE), run=case["run"])
            dataset = FileDataset(folder.join(case["path"]), [ref], formatter=YamlFormatter)
            try:
                butler.ingest(dataset, transfer=case["mode"])
            except Exception as error:
                rows.append(f"{type(error).__name__}: {error}")
                continue
            (info,) = butler._datastore.getStoredItemsInfo(ref)
            rows.append([info.path, info.file_size])
    return rows


for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"ok": globals()[request["ask"]](request)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=False)
