"""Asks the reference's server and another for datasets and data IDs, and prints what differs.

    serve_datasets.py REPO REFERENCE OTHER SEED COUNT

REFERENCE and OTHER are addresses of REPO. The requests are COUNT random ones to each path: data IDs of what the repo holds,
with other keys, fields of records in place of dimensions, and wrong, missing and superfluous values. Prints one JSON object:
`answers` (number of answers by path and kind), and `differences`, of which there should be none.
"""

from __future__ import annotations

import json
import random
import sys
import uuid
from collections import Counter

import httpx2
import serve_compare
from serve_compare import Server, difference

from lsst.daf.butler import Butler

ODD = [0, 1, -1, 7, 49.0, 1.5, True, 2**63, "", "nope", "49", " 49 ", "HSC", "g", None, [], {}]
TIMES = [0, 1_395_700_000_000_000_000, 1_395_725_500_000_000_000, 1_396_300_000_000_000_000, 1_398_000_000_000_000_000,
         1_420_000_000_000_000_000, 4_102_444_800_000_000_000]


# Sets, and rows without an order.
serve_compare.UNORDERED |= {"requires", "implies", "rows"}


class Requests:
    """Draws requests for what a repo holds."""

    def __init__(self, repo: str, rng: random.Random):
        self.rng = rng
        butler = Butler.from_config(repo)
        self.universe = butler.dimensions
        self.types = sorted(butler.registry.queryDatasetTypes(), key=lambda t: t.name)
        self.collections = sorted(butler.collections.query("*"))
        self.refs, self.records = {}, {}
        for dataset_type in self.types:
            refs = butler.query_datasets(dataset_type, "*", find_first=False, with_dimension_records=True,
                                         explain=False, limit=None)
            refs.sort(key=lambda r: r.id)
            self.refs[dataset_type.name] = refs
            for ref in refs:
                for element, record in ref.dataId.records.items():
                    if record is not None:
                        self.records.setdefault(element, {})[record.dataId] = record
        self.all_refs = [ref for refs in self.refs.values() for ref in refs]

    def some(self, items):
        return self.rng.choice(list(items))

    def often(self, probability: float) -> bool:
        return self.rng.random() < probability

    def dataset_type(self) -> tuple[str, str]:
        """A name to ask for, and the dataset type that it is, or is made of."""
        dataset_type = self.some(self.types)
        name = dataset_type.name
        if self.often(0.2):
            components = sorted(dataset_type.storageClass.allComponents())
            name = f"{name}.{self.some([*components, 'nope', 'wcs', 'wcs.x'])}"
        elif self.often(0.05):
            name = self.some(["nope", "nope.wcs", "1bad", "a b", "", ".", f"{name}.", "é"])
        return name, dataset_type.name

    def data_id(self, name: str) -> dict:
        """The data ID of a dataset, maybe with fields of its records instead, or with something wrong."""
        refs = self.refs[name] or self.all_refs
        data_id = self.some(refs).dataId
        values = dict(data_id.required)
        self.guessed = False
        if self.often(0.3):
            values |= dict(data_id.mapping)
        for dimension in sorted(values):
            element = self.universe[dimension]
            record = data_id.records.get(dimension)
            fields = [f for f in element.schema.names if f not in ("region", "timespan", "hash")]
            if record is None or not self.often(0.3):
                continue
            for field in self.rng.sample(fields, min(self.some([1, 1, 1, 2]), len(fields))):
                value = getattr(record, field)
                # More than one visit may have most of the fields: which one the reference takes depends on a set's order.
                if not isinstance(value, int | str) or (dimension == "visit" and field not in ("id", "name")):
                    continue
                if self.often(0.7):
                    values.pop(dimension, None)
                kinds = [f"{dimension}.{field}", field]
                # Which dimension the reference takes a field without one for, and which of several such fields first, depends
                # on a set's order too.
                if field in ("id", "name") or self.guessed:
                    kinds.remove(field)
                if field in ("full_name", "obs_id"):
                    kinds.append(dimension)
                values[chosen := self.some(kinds)] = value
                self.guessed |= chosen == field
        for _ in range(self.some([0, 0, 0, 1, 2])):
            self.spoil(values)
        return values

    def spoil(self, values: dict) -> None:
        """Change, add or take away one value."""
        change = self.rng.random()
        if values and change < 0.3:
            values.pop(self.some(sorted(values)))
        elif change < 0.6:
            element = self.some(sorted(self.records))
            record = self.some(self.records[element].values())
            values |= dict(self.rng.sample(sorted(record.dataId.required.items()), 1))
        else:
            keys = [*values, "instrument", "detector", "band", "tract", "htm7", "healpix3", "exposure", "day_obs", "nope",
                    "nope.x", "detector.nope", "seq_num", "raft", "visit_detector_region", "visit_detector_region.region"]
            key, value = self.some(keys), self.some(ODD)
            # The reference takes text for the number of a pixel.
            values[key] = 7 if key in ("htm7", "healpix3") and isinstance(value, str) else value

    def some_collections(self) -> list:
        found = self.rng.sample(self.collections, min(self.some([1, 1, 2, 3]), len(self.collections)))
        if self.often(0.1):
            found.append(self.some(["nope", "*", "HSC*", "zz*", "*calib*", 3]))
        return [] if self.often(0.03) else found

    def timespan(self):
        if self.often(0.05):
            return self.some([[0], "x", [5, 1], [None, 1], [1.0, "2"], [0, 2**70]])
        times = sorted(self.rng.sample(TIMES, 2))
        return self.some([None, times, times, [TIMES[2], TIMES[2] + 1], [TIMES[-1], 0]])

    def find_dataset(self) -> dict:
        name, known = self.dataset_type()
        body = {"dataset_type": name, "data_id": self.data_id(known), "collections": self.some_collections(),
                "timespan": self.timespan()}
        if self.often(0.4):
            default = self.some(self.all_refs).dataId
            body["default_data_id"] = {k: v for k, v in default.required.items() if self.often(0.6)}
            if self.often(0.1):
                self.spoil(body["default_data_id"])
        if self.often(0.3):
            body["dimension_records"] = self.some([True, False, "yes", 1, 2, None])
        if self.often(0.03):
            body.pop(self.some(sorted(body)))
        return {"method": "POST", "path": "v1/find_dataset", "body": body}

    def expand_data_id(self) -> dict:
        elements = self.rng.sample(sorted(self.records), self.some([1, 1, 2]))
        values: dict = {}
        for element in elements:
            values |= dict(self.some(self.records[element].values()).dataId.required)
        if self.often(0.3):
            values |= dict(self.some(self.all_refs).dataId.mapping)
        for _ in range(self.some([0, 0, 1, 2])):
            self.spoil(values)
        return {"method": "POST", "path": "v1/expand_data_id", "body": {"data_id": values}}

    def an_id(self) -> str:
        return str(self.some(self.all_refs).id if self.often(0.9) else uuid.UUID(int=self.rng.getrandbits(128)))

    def dataset(self) -> dict:
        request = {"method": "GET", "path": f"v1/dataset/{self.an_id()}"}
        if self.often(0.5):
            request["parameters"] = {"dimension_records": self.some(["true", "1", "no", "", "x"])}
        return request

    def datasets(self) -> dict:
        ids = [self.an_id() for _ in range(self.some([0, 1, 2, 30]))]
        if self.often(0.05):
            ids.append(self.some([3, None, "x", ids[:1]]))
        return {"method": "POST", "path": "v1/datasets", "body": {"dataset_ids": ids}}

    def a_dataset_type(self) -> dict:
        return {"method": "GET", "path": f"v1/dataset_type/{self.dataset_type()[0] or 'x'}"}


def send(server: Server, request: dict):
    """The answer. The reference closes a connection after a fault of its own, which may be seen too late."""
    try:
        return server.send(request)
    except httpx2.TransportError:
        return server.send(request)


def main(repo: str, reference: str, other: str, seed: str, count: str) -> None:
    servers = Server(reference), Server(other)
    requests = Requests(repo, random.Random(int(seed)))
    many = [str(ref.id) for ref in requests.all_refs[:1]] * 10_000
    given = [{"method": "GET", "path": "v1/universe"},
             {"method": "POST", "path": "v1/datasets", "body": {"dataset_ids": many}},
             {"method": "POST", "path": "v1/datasets", "body": {"dataset_ids": [*many, many[0]]}}]
    for make in (requests.find_dataset, requests.expand_data_id, requests.dataset, requests.datasets, requests.a_dataset_type):
        given += [make() for _ in range(int(count))]
    answers, differences = Counter(), []
    for request in given:
        both = [send(server, request) for server in servers]
        kind = both[0].json().get("error_type") if both[0].status_code == 422 else both[0].status_code
        answers[f"{'/'.join(request['path'].split('/')[:2])} {kind}"] += 1
        if found := difference(request, *both):
            differences.append({"request": request, "difference": found, "answers": [a.text[:600] for a in both]})
    print(json.dumps({"answers": dict(sorted(answers.items())), "differences": differences}))


if __name__ == "__main__":
    main(*sys.argv[1:])
