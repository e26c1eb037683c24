"""The Python client while another process writes all the time.

    busy.py REPO URL SEED CALLS

Makes CALLS random calls, over and over until the writer has done enough. What the direct Butler answers the same before and
after, the client of our server must have answered so meanwhile; and no call may fail in the server. Prints one JSON object:
`writes`, `calls`, `compared`, `differences`.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import warnings

import absent

absent.install()

from attempt import attempt, cut, is_same, raised  # noqa: E402
from inputs import Inputs  # noqa: E402
from lsst.daf.butler import Butler  # noqa: E402
from query_calls import query_calls  # noqa: E402
from registry_calls import registry_calls  # noqa: E402

os.environ["BUTLER_RUBIN_ACCESS_TOKEN"] = "anything"

# Writes until its standard input ends; prints a line for each round of so many writes.
WRITES = 8
WRITER = """
import itertools
import sys
import threading
import absent
absent.install()
from lsst.daf.butler import Butler, CollectionType, DatasetType
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
with Butler.from_config(sys.argv[1], writeable=True) as butler:
    butler.collections.register("noise/chain", CollectionType.CHAINED)
    for i in itertools.count():
        if over.is_set():
            break
        run = f"noise/run{i}"
        butler.collections.register(run, doc=f"Number {i}.")
        butler.collections.register(run + "/files")
        butler.collections.prepend_chain("noise/chain", run)
        camera = f"Noise{i}"
        butler.registry.insertDimensionData("instrument", {"name": camera, "class_name": "none", "detector_max": 3})
        rows = [{"instrument": camera, "id": d, "full_name": str(d)} for d in range(3)]
        butler.registry.insertDimensionData("detector", *rows)
        dataset_type = DatasetType(f"noise{i % 20}", ["detector"], "StructuredDataDict", universe=butler.dimensions)
        butler.registry.registerDatasetType(dataset_type)
        with butler.transaction():
            butler.registry.insertDatasets(dataset_type, [{"instrument": camera, "detector": d} for d in range(3)], run=run)
        butler.put({"number": i}, dataset_type.name, instrument=camera, detector=0, run=run + "/files")
        if i % 3 == 2:
            butler.collections.remove_from_chain("noise/chain", f"noise/run{i - 1}")
            butler.removeRuns([f"noise/run{i - 1}"], unstore=True)
        print(i, flush=True)
"""

# At least so many of the writer's rounds.
ROUNDS = 15


def drawn(repo: str, seed: str, count: str):
    with Butler.from_config(repo) as butler:
        calls = {name: call for part in (registry_calls, query_calls) for name, call in part(Inputs(butler))}
    names = random.Random(int(seed)).sample(sorted(calls), int(count))
    return {name: calls[name] for name in names}


def answers(repo: str, calls) -> dict:
    with Butler.from_config(repo) as butler:
        return {name: attempt(call, butler) for name, call in calls.items()}


def is_between(answer) -> bool:
    """Whether a collection was removed between two requests of one call: the client resolves patterns by a request of their
    own."""
    return raised(answer) == "MissingCollectionError" and "'noise/" in answer["says"]


def main(repo: str, url: str, seed: str, count: str) -> None:
    warnings.simplefilter("ignore")
    calls = drawn(repo, seed, count)
    ours = Butler(url)
    # Where the client is not as the direct Butler anyway, it is compared with itself.
    at_rest = {name: attempt(call, ours) for name, call in calls.items()}
    before = answers(repo, calls)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, repo], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    rounds: list[str] = []
    listener = threading.Thread(target=lambda: rounds.extend(writer.stdout))
    listener.start()
    found: list[tuple[str, object]] = []
    while not found or len(rounds) < ROUNDS and writer.poll() is None:
        answers_now = [(name, attempt(call, ours)) for name, call in calls.items()]
        found += [(name, answer) for name, answer in answers_now if not is_between(answer)]
    writer.stdin.close()
    if writer.wait() != 0:
        sys.exit("the writer failed")
    listener.join()
    after = answers(repo, calls)
    steady = {name for name in calls if is_same(before[name], after[name])}
    differences = [{"call": name, "expected": cut(at_rest[name]), "found": cut(answer)} for name, answer in found
                   if raised(answer) == "ButlerServerError" or name in steady and not is_same(at_rest[name], answer)]
    print(json.dumps({"writes": len(rounds) * WRITES, "calls": len(found),
                      "compared": sum(name in steady for name, _ in found), "differences": differences}))


if __name__ == "__main__":
    main(*sys.argv[1:])
