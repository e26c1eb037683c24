"""What the REST must answer: rows of the direct Butler. A JSON object {"repo", "questions"} in, a list of lists of rows out.

A question is an object with `of` and the arguments of the Butler's method. Regions are in hexadecimal, and so are hashes; bounds
of timespans are TAI to the nanosecond.
"""

from __future__ import annotations

import json
import sys

from astropy.time import Time
from lsst.daf.butler import Butler
from lsst.daf.butler.time_utils import TimeConverter
from lsst.sphgeom import Region


def when(nanoseconds: int) -> str:
    time = TimeConverter().nsec_to_astropy(nanoseconds)
    return Time(time, format="isot", precision=9, scale="tai").value


def fields(record):
    for name, value in record.toDict().items():
        if name == "timespan":
            for i, bound in enumerate(("begin", "end")):
                known = value is not None and (value.begin, value.end)[i] is not None
                yield f"timespan_{bound}", when(value.nsec[i]) if known else None
        elif isinstance(value, Region):
            yield name, value.encode().hex()
        else:
            yield name, value.hex() if isinstance(value, bytes) else value


def once(refs):
    """Without repetition: the reference gives a dataset for each collection that it is in."""
    return dict.fromkeys(refs)


def datasets(butler, question):
    rows = []
    for name in question["types"]:
        refs = butler.query_datasets(name, collections=question["collections"], find_first=question["find_first"],
                                     where=question.get("where", ""), bind=question.get("bind"), limit=None,
                                     explain=False, with_dimension_records=True)
        for ref in once(refs):
            rows.append({"type": name, "run": ref.run, "id": str(ref.id), **ref.dataId.mapping})
    return rows


def data_ids(butler, question):
    with butler.query() as query:
        if "datasets" in question:
            query = query.join_dataset_search(question["datasets"], question["collections"])
        found = query.data_ids(question["dimensions"]).where(question.get("where", ""), bind=question.get("bind"))
        return [dict(data_id.mapping) for data_id in found.with_dimension_records()]


def dimension_records(butler, question):
    found = butler.query_dimension_records(question["element"], where=question.get("where", ""), limit=None,
                                           explain=False)
    return [dict(fields(record)) for record in found]


def collections(butler, question):
    found = butler.collections.query_info("*", include_parents=True)
    return [{"name": info.name, "type": info.type.name, "children": list(info.children)} for info in found]


def dataset_types(butler, question):
    return [{"name": t.name, "dimensions": list(t.dimensions.names), "storage_class": t.storageClass_name,
             "is_calibration": t.isCalibration()} for t in butler.registry.queryDatasetTypes(...)]


def covers(butler, question):
    """Regions of records and of datasets' data IDs against a circle, one by one."""
    from lsst.sphgeom import DISJOINT, Angle, Circle, LonLat, UnitVector3d

    center = UnitVector3d(LonLat.fromDegrees(question["ra"], question["dec"]))
    circle = Circle(center, Angle.fromDegrees(question["radius"])) if question["radius"] else Circle(center)
    rows = []
    for element in question["elements"]:
        for record in butler.query_dimension_records(element, limit=None, explain=False):
            if record.region is not None and not circle.relate(record.region) & DISJOINT:
                rows.append({"element": element, **record.dataId.required})
    for name in question["types"]:
        refs = butler.query_datasets(name, collections="*", find_first=False, limit=None, explain=False,
                                     with_dimension_records=True)
        for ref in once(refs):
            region = ref.dataId.region
            if region is not None and not circle.relate(region) & DISJOINT:
                rows.append({"element": "dataset", "type": name, "id": str(ref.id), "run": ref.run})
    return rows


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    with Butler.from_config(asked["repo"]) as butler:
        print(json.dumps([globals()[q["of"]](butler, q) for q in asked["questions"]]))
