"""Calls that read or fetch files."""

from __future__ import annotations

import tempfile
import uuid
import zipfile
from pathlib import Path

from inputs import Inputs
from lsst.daf.butler import Butler, DatasetRef
from lsst.resources import ResourcePath
from plain import Unordered, digest


def get_calls(inputs: Inputs):
    for ref in inputs.refs:
        yield f"getURI {ref}", lambda b, ref=ref: b.getURI(ref)
        yield f"get {ref}", lambda b, ref=ref: b.get(ref)
    for ref in inputs.some_refs:
        name, data_id = ref.datasetType.name, dict(ref.dataId.required)
        yield f"getURIs {ref}", lambda b, n=name, d=data_id, r=ref: list(b.getURIs(n, d, collections=r.run))
        yield f"getURIs predicted {ref}", lambda b, n=name, d=data_id, r=ref: b.getURIs(n, d, run=r.run, predict=True)
        yield f"get by data ID {ref}", lambda b, n=name, d=data_id, r=ref: b.get(n, d, collections=r.run)
        yield f"get by defaults {ref}", lambda b, n=name, d=data_id, r=ref: b.clone(collections=r.run).get(n, d)
        yield f"getDeferred {ref}", lambda b, r=ref: [b.getDeferred(r).get(), b.getDeferred(r).ref]
        yield f"getDeferred by data ID {ref}", lambda b, n=name, d=data_id, r=ref: b.getDeferred(n, d, collections=r.run).get()
        for full in (True, False):
            yield f"exists {ref} {full}", lambda b, r=ref, f=full: b.exists(r, full_check=f)
            yield f"exists by data ID {ref} {full}", lambda b, n=name, d=data_id, r=ref, f=full: b.exists(
                n, d, collections=r.run, full_check=f)
    for ref, component in inputs.component_refs:
        name = ref.datasetType.componentTypeName(component)
        yield f"get component {name}", lambda b, n=name, r=ref: b.get(n, r.dataId, collections=r.run)
        yield f"get component of ref {name}", lambda b, c=component, r=ref: b.get(r.makeComponentRef(c))
        yield f"getDeferred component {name}", lambda b, n=name, r=ref: b.getDeferred(n, r.dataId, collections=r.run).get()
        yield f"getDeferred with component {name}", lambda b, c=component, r=ref: b.getDeferred(r).get(component=c)
    for ref, timespan in inputs.certified:
        data_id = dict(ref.dataId.required)
        yield f"get {ref} at {timespan}", lambda b, r=ref, d=data_id, t=timespan: b.get(
            r.datasetType, d, collections=inputs.calibrations, timespan=t)
    yield "get as another class", lambda b: [
        b.get(ref, storageClass="ArrowTable") for ref in inputs.refs if ref.datasetType.storageClass_name == "ArrowAstropy"]
    yield "get some columns", lambda b: [
        b.get(ref, parameters={"columns": [b.get(ref).colnames[0]]})
        for ref in inputs.refs if ref.datasetType.storageClass_name == "ArrowAstropy"]
    yield "exists of nobody", lambda b: b.exists(inputs.dataset_types[0], {"instrument": "nobody"}, collections="*")
    yield "get of no type", lambda b: b.get("no_such", instrument="HSC", collections="*")
    yield "get nothing", lambda b: b.get(inputs.dataset_types[0], collections=inputs.collections)
    yield "get a ref with a data ID", lambda b: b.get(inputs.refs[0], {"instrument": "HSC"})
    yield "_exists_many", lambda b: Unordered(
        [ref, found] for ref, found in b._exists_many(inputs.refs, full_check=False).items())


def artifact_calls(inputs: Inputs):
    for preserve in (True, False):
        yield f"retrieveArtifacts {preserve}", lambda b, p=preserve: retrieved(b, inputs.refs, p)
    yield "retrieveArtifacts by a mode", lambda b: retrieved(b, inputs.refs[:2], True, transfer="move")
    yield "retrieve_artifacts_zip", lambda b: zipped(b, inputs.refs)
    yield "transfer_from", lambda b: transferred(b, inputs.refs)
    nobody = DatasetRef(inputs.refs[0].datasetType, inputs.refs[0].dataId, "run/of/nobody", id=uuid.UUID(int=7))
    yield "transfer_from of a dataset that is not there", lambda b: transferred(b, [nobody, inputs.refs[0]])


def retrieved(butler, refs, preserve, transfer="auto"):
    with tempfile.TemporaryDirectory() as folder:
        paths = butler.retrieveArtifacts(refs, folder, transfer, preserve_path=preserve)
        return [Unordered(path.relative_to(ResourcePath(folder)) for path in paths), files_below(folder)]


def files_below(folder) -> dict:
    found = (path for path in Path(folder).rglob("*") if path.is_file())
    # The index of what was fetched has ids of its own in it.
    return {str(p.relative_to(folder)): digest(p.read_bytes()) for p in sorted(found) if not p.name.startswith("_butler")}


def zipped(butler, refs):
    with tempfile.TemporaryDirectory() as folder:
        path = butler.retrieve_artifacts_zip(refs, folder)
        with zipfile.ZipFile(path.ospath) as archive:
            return {n: digest(archive.read(n)) for n in sorted(archive.namelist()) if not n.startswith("_butler")}


def transferred(source, refs):
    """What a new repo has after a transfer: its datasets and the content of their files."""
    with tempfile.TemporaryDirectory() as folder:
        config = Butler.makeRepo(f"{folder}/{uuid.uuid4()}", dimensionConfig=source.dimensions.dimensionConfig)
        with Butler.from_config(config, writeable=True) as butler:
            moved = butler.transfer_from(source, refs, transfer="copy", register_dataset_types=True, transfer_dimensions=True)
            found = butler.query_all_datasets("*", find_first=False, limit=None, with_dimension_records=True)
            return [Unordered(moved), Unordered([ref, butler.getURI(ref) if butler.stored(ref) else None] for ref in found)]


def file_calls(inputs: Inputs):
    yield from get_calls(inputs)
    yield from artifact_calls(inputs)
