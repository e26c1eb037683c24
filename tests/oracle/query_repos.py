"""Repositories for queries: the wheel's registry data and an export of our own, with datasets, calibrations, tags and chains added.

Everything added is drawn with a fixed seed from the data IDs that the repository has; only dataset ids differ between makings.
"""

from __future__ import annotations

import random
from pathlib import Path

import lsst.daf.butler.tests.registry_data
from astropy.time import Time
from lsst.daf.butler import Butler, CollectionType, Config, DataCoordinate, DatasetRef, DatasetType, Timespan

DATA = Path(lsst.daf.butler.tests.registry_data.__file__).parent

FIXTURES = Path(__file__).parents[2] / "fixtures"

FILES = {
    "hsc": ["hsc-rc2-subset-v0.yaml"],
    "lsstcam": ["lsstcam-subset.yaml"],
    "ci_hsc": ["ci_hsc-subset-skymap.yaml", "ci_hsc-subset.yaml"],
    "spatial": ["base.yaml", "spatial.yaml"],
    "datasets": ["base.yaml", "datasets.yaml"],
    "calibrations": [FIXTURES / "hsc-calibrations/export.yaml"],
}

# Dataset types that every repository gets, as far as it has data IDs for them.
TYPES = {
    "q_raw": (["exposure", "detector"], False),
    "q_calexp": (["visit", "detector"], False),
    "q_visit": (["visit"], False),
    "q_coadd": (["patch", "band"], False),
    "q_tract": (["tract"], False),
    "q_camera": (["instrument"], True),
    "q_bias": (["detector"], True),
    "q_flat": (["detector", "physical_filter"], True),
    "q_none": ([], False),
    "q_filter": (["physical_filter"], False),
    "q_unused": (["detector"], False),
}


def make(name: str, repo: str, db: str | None = None) -> None:
    """Create a repository and fill it."""
    config = Config()
    if db is not None:
        config["registry", "db"] = db
    Butler.makeRepo(repo, config=config)
    with Butler.from_config(repo, writeable=True) as butler:
        for file in FILES[name]:
            butler.import_(filename=str(DATA / file), format="yaml", without_datastore=True)
        fill(butler, random.Random(name))


def fill(butler: Butler, rng: random.Random) -> None:
    registry = butler.registry
    collections = butler.collections
    for run in ("q/run1", "q/run2", "q/empty_run"):
        collections.register(run, CollectionType.RUN)
    refs: dict[str, list[DatasetRef]] = {}
    for name, (dimensions, is_calibration) in TYPES.items():
        dataset_type = DatasetType(name, dimensions, "Exposure", universe=butler.dimensions, isCalibration=is_calibration)
        registry.registerDatasetType(dataset_type)
        refs[name] = []
        data_ids = sorted(query_data_ids(butler, dataset_type.dimensions)) if name != "q_unused" else []
        for run in ("q/run1", "q/run2"):
            some = [d for d in data_ids if rng.random() < 0.7][:150]
            refs[name] += registry.insertDatasets(dataset_type, some, run=run)
    tag(butler, rng, refs)
    certify(butler, rng, refs)
    chains = {
        "q/chain1": ["q/run1", "q/run2"],
        "q/chain2": ["q/run2", "q/tagged", "q/run1"],
        "q/chain_calib": ["q/calib1", "q/calib2"],
        "q/nested": ["q/calib2", "q/chain2", "q/empty_run"],
        "q/empty_chain": [],
    }
    for chain, children in chains.items():
        collections.register(chain, CollectionType.CHAINED)
        collections.redefine_chain(chain, children)


def query_data_ids(butler: Butler, dimensions) -> list[DataCoordinate]:
    if not dimensions:
        return [DataCoordinate.make_empty(butler.dimensions)]
    with butler.query() as query:
        return list(query._skip_governor_validation().data_ids(dimensions))


def tag(butler: Butler, rng: random.Random, refs: dict[str, list[DatasetRef]]) -> None:
    butler.collections.register("q/tagged", CollectionType.TAGGED)
    for some in refs.values():
        chosen = {ref.dataId: ref for ref in some if rng.random() < 0.4}
        butler.registry.associate("q/tagged", list(chosen.values()))


def certify(butler: Butler, rng: random.Random, refs: dict[str, list[DatasetRef]]) -> None:
    """Validity ranges around the exposures; in q/calib2 some overlap for different data IDs only, some are unbounded."""
    times = exposure_times(butler)
    for collection in ("q/calib1", "q/calib2"):
        butler.collections.register(collection, CollectionType.CALIBRATION)
        for name, (_, is_calibration) in TYPES.items():
            if not is_calibration:
                continue
            by_data_id: dict[DataCoordinate, list[DatasetRef]] = {}
            for ref in refs[name]:
                by_data_id.setdefault(ref.dataId, []).append(ref)
            for some in by_data_id.values():
                bounds = [None, *sorted(rng.sample(times, min(len(times), 2))), None]
                for begin, end in zip(bounds, bounds[1:]):
                    if rng.random() < 0.7 and (begin is None or end is None or begin < end):
                        butler.registry.certify(collection, [rng.choice(some)], Timespan(begin, end))


def exposure_times(butler: Butler) -> list[Time]:
    spans = []
    for element in ("exposure", "visit", "day_obs"):
        records = butler.query_dimension_records(element, explain=False, limit=None, instrument=governor(butler))
        spans += [record.timespan for record in records if record.timespan is not None]
    bounds = [t for span in spans for t in (span.begin, span.end) if t is not None]
    return sorted(set(bounds)) or [Time("2020-01-01", scale="tai"), Time("2021-01-01", scale="tai")]


def governor(butler: Butler) -> str:
    return butler.query_dimension_records("instrument", explain=False)[0].name
