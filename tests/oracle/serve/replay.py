"""Sends requests to the reference's server and to another, and prints what differs.

    replay.py REFERENCE OTHER REQUESTS SEED COUNT

REFERENCE and OTHER are addresses of the same repo, REQUESTS a file with one request a line; to each of its paths go, besides
these, COUNT variations of them. Prints one JSON object: `paths` (number of requests and of those that were answered with
200, by path), and `differences`, of which there should be none.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import defaultdict
from pathlib import Path

from compare import Reference, Server, difference
from vary import Variations

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def kind(request: dict) -> str:
    """The path without what it names."""
    path = UUID.sub("ID", request["path"])
    return re.sub(r"^v1/(dataset_type|get_file|dataset)/[^/]+", r"v1/\1/NAME", path)


def words(server: Server) -> list[str]:
    """Names that the repo has, and some that it has not."""
    everything = {"search": ["*"], "collection_types": [1, 2, 3, 4], "flatten_chains": False, "include_chains": True}
    names = server.send({"method": "POST", "path": "v1/query_collections", "body": everything}).json()["collections"]
    types = server.send({"method": "POST", "path": "v1/query_dataset_types", "body": {"search": ["*"]}}).json()
    names += [t["name"] for t in types["dataset_types"]]
    names += sorted({d for t in types["dataset_types"] for d in t["dimensions"]})
    return sorted(names) + ["nope", "no/such", "HSC", "x.y"]


def main(reference: str, other: str, requests: str, seed: str, count: str) -> None:
    servers = Reference(reference), Server(other)
    rng = random.Random(int(seed))
    variations = Variations(rng, words(servers[0]))
    given = [json.loads(line) for line in Path(requests).read_text().splitlines()]
    by_kind = defaultdict(list)
    for request in given:
        by_kind[kind(request)].append(request)
    paths, differences = {}, []
    for name, some in sorted(by_kind.items()):
        all_of_kind = some + [variations.vary(rng.choice(some)) for _ in range(int(count))]
        good = 0
        for at, request in enumerate(all_of_kind):
            answers = [server.send(request) for server in servers]
            good += answers[0].status_code == 200
            if found := difference(request, *answers, is_good=at < len(some)):
                differences.append({"request": request, "difference": found,
                                    "answers": [answer.text[:600] for answer in answers]})
        paths[name] = {"requests": len(all_of_kind), "good": good}
    print(json.dumps({"paths": paths, "differences": differences}))


if __name__ == "__main__":
    main(*sys.argv[1:])
