"""The Python client against a server, compared with the direct Butler on the same repo.

    client.py REPO OURS REFERENCE RECORD [PART...]

REPO is a folder, OURS and REFERENCE are addresses of it at two servers. Each call goes to the direct Butler and to the client
of our server. Where the two differ, the client of the reference's server has the last word: its client is not the same as
the direct Butler in everything (its server cannot serve files, so about those it only says what is refused). RECORD gets the
requests that the client made. PART is one of `registry`, `query`, `files`; all by default. Prints one JSON object:

    calls, values      how many calls there were, and how many of them raised nothing
    as_reference       names of the calls where the reference's client had the last word
    differences        what differs all the same
    not_called         methods that the client implements and nobody called
    unimplemented      how many methods raise NotImplementedError
    implemented_now    those of them that did not
"""

from __future__ import annotations

import json
import os
import sys
import warnings
from pathlib import Path

import absent

absent.install()

import methods  # noqa: E402
from attempt import attempt, cut, is_same, raised  # noqa: E402
from file_calls import file_calls  # noqa: E402
from inputs import Inputs  # noqa: E402
from lsst.daf.butler import Butler  # noqa: E402
from query_calls import query_calls  # noqa: E402
from record import recorded  # noqa: E402
from registry_calls import registry_calls  # noqa: E402

os.environ["BUTLER_RUBIN_ACCESS_TOKEN"] = "anything"


def compare(calls, direct: Butler, ours: Butler, reference: Butler, *, are_files: bool):
    """How many calls there were and how many gave a value, the names of those where the reference's client was asked, and the
    differences that remain."""
    count, values, asked, differences = 0, 0, [], []
    for name, call in calls:
        count += 1
        expected, found = attempt(call, direct), attempt(call, ours)
        values += raised(found) is None
        if is_same(expected, found):
            continue
        is_refused = raised(found) == "NotImplementedError" or isinstance(found, dict) and found.get("is_users", False)
        if is_refused or not are_files:
            by_reference = attempt(call, reference)
            # Where the reference's server fails, ours should say what is wrong with the question.
            is_better = raised(by_reference) == "ButlerServerError" and is_refused
            if is_better or is_same(by_reference, found):
                asked.append(name)
                continue
            expected = {"direct": expected, "reference": by_reference}
        differences.append({"call": name, "expected": cut(expected), "found": cut(found)})
    return count, values, asked, differences


def not_implemented(butler: Butler) -> list[str]:
    with butler.query() as query:
        owners = {type(o): o for o in (butler, butler.collections, butler.registry, query._driver, butler._file_transfer_source)}
        found = [(cls, name, methods.call_unimplemented(owners[cls], name)) for cls, name in methods.unimplemented()]
    return [f"{cls.__name__}.{name}: {raised}" for cls, name, raised in found if raised != "NotImplementedError"]


PARTS = {"registry": registry_calls, "query": query_calls, "files": file_calls}


def main(repo: str, url: str, reference_url: str, record: str, *parts: str) -> None:
    warnings.simplefilter("ignore")
    with Butler.from_config(repo) as direct:
        inputs = Inputs(direct)
        with recorded(url) as requests, methods.counted() as calls:
            ours, reference = Butler(url), Butler(reference_url)
            sums = [0, 0, [], []]
            for part in parts or PARTS:
                of_part = compare(PARTS[part](inputs), direct, ours, reference, are_files=part == "files")
                sums = [one + more for one, more in zip(sums, of_part)]
            ours.close()
            not_called = sorted(methods.implemented() - set(calls))
    Path(record).write_text("".join(json.dumps(request) + "\n" for request in requests.values()))
    print(json.dumps({
        **dict(zip(("calls", "values", "as_reference", "differences"), sums)), "not_called": not_called,
        "implemented_now": not_implemented(ours), "unimplemented": len(methods.unimplemented()),
    }))


if __name__ == "__main__":
    main(*sys.argv[1:])
