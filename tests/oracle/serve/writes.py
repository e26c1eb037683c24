"""The Python client while the repo changes: what the direct Butler writes, the client of our server sees at once.

    writes.py REPO URL

Prints one JSON object: `reads` (how often the two were asked the same), `unseen` (writes that change nothing that is read),
`differences`.
"""

from __future__ import annotations

import json
import os
import sys
import warnings

import absent

absent.install()

from attempt import attempt, cut, is_same  # noqa: E402
from lsst.daf.butler import (  # noqa: E402
    Butler,
    CollectionType,
    DataCoordinate,
    DatasetNotFoundError,
    DatasetType,
    Timespan,
)
from plain import Unordered  # noqa: E402

os.environ["BUTLER_RUBIN_ACCESS_TOKEN"] = "anything"

RUN, TAGGED, CALIBRATION, CHAIN = "new/run", "new/tagged", "new/calibration", "new/chain"
CAMERA, TYPE, STORED = "NewCam", "new_type", "new_stored"


def data_id(butler, detector: int) -> DataCoordinate:
    return DataCoordinate.standardize(instrument=CAMERA, detector=detector, universe=butler.dimensions)


def dataset_type(butler, name: str, storage_class: str, calibration: bool) -> DatasetType:
    return DatasetType(name, ["instrument", "detector"], storage_class, universe=butler.dimensions, isCalibration=calibration)


def camera(butler):
    butler.registry.insertDimensionData("instrument", {"name": CAMERA, "class_name": "none", "detector_max": 9})


def detectors(butler):
    rows = [{"instrument": CAMERA, "id": i, "full_name": f"d{i}", "purpose": "SCIENCE"} for i in (1, 2, 3)]
    butler.registry.insertDimensionData("detector", *rows)


def other_detector(butler):
    row = {"instrument": CAMERA, "id": 3, "full_name": "other", "purpose": "WAVEFRONT"}
    butler.registry.syncDimensionData("detector", row, update=True)


def found(butler):
    return sorted(butler.query_datasets(TYPE, RUN))


STEPS = {
    "a run": lambda b: b.collections.register(RUN, doc="A new one."),
    "another doc": lambda b: b.registry.setCollectionDocumentation(RUN, "Another."),
    "a tagged collection": lambda b: b.collections.register(TAGGED, CollectionType.TAGGED),
    "a calibration collection": lambda b: b.collections.register(CALIBRATION, CollectionType.CALIBRATION),
    "a chain": lambda b: b.collections.register(CHAIN, CollectionType.CHAINED),
    "its children": lambda b: b.collections.redefine_chain(CHAIN, [TAGGED, CALIBRATION]),
    "one more in front": lambda b: b.collections.prepend_chain(CHAIN, RUN),
    "a dataset type": lambda b: b.registry.registerDatasetType(dataset_type(b, TYPE, "StructuredDataDict", True)),
    "a camera": camera,
    "its detectors": detectors,
    "another record": other_detector,
    "datasets": lambda b: b.registry.insertDatasets(TYPE, [data_id(b, i) for i in (1, 2)], run=RUN),
    "tags": lambda b: b.registry.associate(TAGGED, found(b)),
    "validity ranges": lambda b: b.registry.certify(CALIBRATION, found(b), Timespan(None, None)),
    "no validity range": lambda b: b.registry.decertify(CALIBRATION, TYPE, Timespan(None, None), dataIds=[data_id(b, 1)]),
    "fewer tags": lambda b: b.registry.disassociate(TAGGED, found(b)[:1]),
    "a dataset less": lambda b: b.pruneDatasets(found(b)[:1], purge=True, unstore=True),
    "a type with files": lambda b: b.registry.registerDatasetType(dataset_type(b, STORED, "StructuredDataDict", False)),
    "a file": lambda b: b.put({"a": 1}, STORED, data_id(b, 1), run=RUN),
    "another file": lambda b: b.put({"b": [2, 3]}, STORED, data_id(b, 2), run=RUN),
    "a file less": lambda b: b.pruneDatasets(b.query_datasets(STORED, RUN, where=f"instrument = '{CAMERA}' AND detector = 1"), unstore=True, disassociate=False),
    "a child less": lambda b: b.collections.remove_from_chain(CHAIN, TAGGED),
    "a collection less": lambda b: b.collections.x_remove(TAGGED),
    "no chain": lambda b: b.collections.x_remove(CHAIN),
    "no datasets": lambda b: b.removeRuns([RUN], unstore=True),
}

READS = {
    "collections": lambda b: Unordered(b.collections.query_info("*", include_parents=True, include_summary=True, include_doc=True)),
    "summary": lambda b: b.registry.getCollectionSummary(RUN),
    "names": lambda b: Unordered(b.collections.query("new/*", flatten_chains=True)),
    "chain": lambda b: b.registry.getCollectionChain(CHAIN),
    "dataset types": lambda b: Unordered(b.registry.queryDatasetTypes("new_*")),
    "cameras": lambda b: Unordered(b.query_data_ids(["instrument"], explain=False)),
    "detectors": lambda b: Unordered(b.query_dimension_records("detector", instrument=CAMERA, explain=False)),
    "expanded": lambda b: b.registry.expandDataId(instrument=CAMERA, detector=3),
    "datasets of the run": lambda b: Unordered(b.query_datasets(TYPE, RUN, explain=False)),
    "datasets of the chain": lambda b: Unordered(b.query_datasets(TYPE, CHAIN, explain=False, find_first=False)),
    "tagged datasets": lambda b: Unordered(b.query_datasets(TYPE, TAGGED, explain=False)),
    "all datasets": lambda b: Unordered(b.query_all_datasets("new/*", find_first=False)),
    "dataset": lambda b: b.find_dataset(TYPE, instrument=CAMERA, detector=1, collections=RUN),
    "calibration": lambda b: b.find_dataset(TYPE, instrument=CAMERA, detector=1, collections=CALIBRATION, timespan=Timespan(None, None)),
    "file": lambda b: stored(b, 1),
    "other file": lambda b: stored(b, 2),
    "count": lambda b: in_query(b, lambda q: q.datasets(TYPE, RUN).count()),
    "reasons": lambda b: in_query(b, lambda q: list(q.datasets(TYPE, CHAIN).where("instrument = 'NewCam'").explain_no_results())),
}


def stored(butler, detector: int):
    """The content of a file. The client has an error of its own for a dataset without one."""
    try:
        return butler.get(STORED, instrument=CAMERA, detector=detector, collections=RUN)
    except FileNotFoundError:
        return "no file"
    except DatasetNotFoundError as error:
        if "artifact is not available" not in str(error):
            raise
        return "no file"


def in_query(butler, call):
    with butler.query() as query:
        return call(query)


def main(repo: str, url: str) -> None:
    warnings.simplefilter("ignore")
    unseen, differences = [], []
    with Butler.from_config(repo, writeable=True) as direct, Butler(url) as ours:
        before = None
        for step, write in STEPS.items():
            write(direct)
            # One that has read nothing yet, because the direct Butler remembers what it read.
            with Butler.from_config(repo) as reader:
                expected = {name: attempt(read, reader) for name, read in READS.items()}
            for name, read in READS.items():
                found = attempt(read, ours)
                if not is_same(expected[name], found):
                    differences.append({"after": step, "read": name, "expected": cut(expected[name]), "found": cut(found)})
            if expected == before:
                unseen.append(step)
            before = expected
    print(json.dumps({"reads": len(STEPS) * len(READS), "unseen": unseen, "differences": differences}))


if __name__ == "__main__":
    main(*sys.argv[1:])
