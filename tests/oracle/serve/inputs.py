"""What a repo has, for the arguments of calls; asked of the direct Butler."""

from __future__ import annotations

import warnings
from itertools import islice

from lsst.daf.butler import Butler, CollectionType, Timespan


class Inputs:
    """Names, datasets and data IDs of a repo."""

    def __init__(self, butler: Butler):
        self.universe = butler.dimensions
        registry = butler.registry
        self.collections = sorted(butler.collections.query("*"))
        self.chains = sorted(butler.collections.query("*", CollectionType.CHAINED))
        self.calibrations = sorted(butler.collections.query("*", CollectionType.CALIBRATION))
        types = sorted(registry.queryDatasetTypes())
        self.dataset_types = [t.name for t in types]
        self.by_type = {
            t.name: sorted(butler.query_datasets(t, collections="*", find_first=False, explain=False, limit=None)) for t in types
        }
        self.refs = [ref for refs in self.by_type.values() for ref in refs]
        self.some_refs = [ref for refs in self.by_type.values() for ref in islice(refs, 2)]
        # The storage classes of a full installation are not there; those that are tell their components.
        self.component_refs = [(ref, c) for refs in self.by_type.values() for ref in refs[:1] for c in components(ref)]
        self.components = [f"{ref.datasetType.name}.{c}" for ref, c in self.component_refs]
        self.certified = list(certified(butler, self))
        self.rewritten = list(rewritten(butler, self))


def components(ref) -> list[str]:
    found = ref.datasetType.storageClass.allComponents()
    return sorted(found)[:3]


def certified(butler: Butler, inputs: Inputs):
    """Calibrations with times at which they are valid, at which they are not, and at which two are."""
    for name in inputs.dataset_types:
        if not butler.get_dataset_type(name).isCalibration():
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = list(butler.registry.queryDatasetAssociations(name, collections=inputs.calibrations))
        for association in found:
            if association.timespan is not None:
                yield association.ref, association.timespan
                yield association.ref, Timespan(None, None)
                if association.timespan.end is not None:
                    yield association.ref, Timespan.fromInstant(association.timespan.end)


def rewritten(butler: Butler, inputs: Inputs):
    """Data IDs by other fields than the keys."""
    for name, refs in inputs.by_type.items():
        for ref in refs[:1]:
            records = butler.registry.expandDataId(ref.dataId).records
            if "exposure" in ref.dataId.dimensions:
                exposure = records["exposure"]
                base = {k: v for k, v in ref.dataId.required.items() if k != "exposure"}
                yield name, {**base, "exposure.obs_id": exposure.obs_id}
                yield name, {**base, "day_obs": exposure.day_obs, "seq_num": exposure.seq_num}
                yield name, {**base, "seq_num": exposure.seq_num}
            if "detector" in ref.dataId.dimensions:
                detector = records["detector"]
                base = {k: v for k, v in ref.dataId.required.items() if k != "detector"}
                yield name, {**base, "detector": detector.full_name}
                yield name, {**base, "detector.full_name": detector.full_name}
                yield name, {**base, "raft": detector.raft, "name_in_raft": detector.name_in_raft}
            if "visit" in ref.dataId.dimensions:
                visit = records["visit"]
                base = {k: v for k, v in ref.dataId.required.items() if k != "visit"}
                yield name, {**base, "visit": visit.name}
                yield name, {**base, "visit.name": visit.name}
                yield name, {**base, "day_obs": visit.day_obs, "seq_num": visit.seq_num}
