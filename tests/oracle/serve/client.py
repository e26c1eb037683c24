"""The Python client against a server, compared with the direct Butler on the same repo.

    client.py REPO OURS REFERENCE RECORD [PART...]

REPO is a folder, OURS and REFERENCE are addresses of it at two servers. Each call goes to the direct Butler and to the client
of our server. Where the two differ, the client of the reference's server has the last word: its client is not the same as
the direct Butler in everything (it cannot serve files, so there is no such word about those). RECORD gets the requests that
the client made. PART is one of `registry`, `query`, `files`; all by default. Prints one JSON object: `calls`, `as_reference` (names of the calls where it had the last word),
`differences`, `not_called` (methods that the client implements and nobody called), `implemented_now` (methods that should
raise NotImplementedError and do not).
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
from file_calls import file_calls  # noqa: E402
from inputs import Inputs  # noqa: E402
from lsst.daf.butler import Butler, ButlerUserError  # noqa: E402
from plain import plain  # noqa: E402
from query_calls import query_calls  # noqa: E402
from record import recorded  # noqa: E402
from registry_calls import registry_calls  # noqa: E402

os.environ["BUTLER_RUBIN_ACCESS_TOKEN"] = "anything"


def attempt(call, butler):
    """What a call gives, or the kind of error that it raises."""
    try:
        return plain(call(butler))
    except Exception as error:
        is_users = isinstance(error, ButlerUserError)
        return {"raises": type(error).__name__, "is_users": is_users, "says": str(error)[:300]}


def raised(found) -> str | None:
    return found.get("raises") if isinstance(found, dict) else None


def is_same(one, other) -> bool:
    if raised(one) and raised(other):
        return raised(one) == raised(other)
    return one == other


def compare(calls, direct: Butler, ours: Butler, reference: Butler | None):
    """Names of calls where the reference's client was asked, and the differences that remain."""
    count, asked, differences = 0, [], []
    for name, call in calls:
        count += 1
        expected, found = attempt(call, direct), attempt(call, ours)
        if is_same(expected, found):
            continue
        if reference is not None:
            by_reference = attempt(call, reference)
            # Where the reference's server fails, ours should say what is wrong with the question.
            is_refused = raised(by_reference) == "ButlerServerError" and isinstance(found, dict) and found.get("is_users", False)
            if is_refused or is_same(by_reference, found):
                asked.append(name)
                continue
            expected = {"direct": expected, "reference": by_reference}
        differences.append({"call": name, "expected": cut(expected), "found": cut(found)})
    return count, asked, differences


def cut(value) -> str:
    value = json.dumps(value, sort_keys=True)
    return value if len(value) < 1000 else value[:1000] + "..."


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
            count, asked, differences = 0, [], []
            for part in parts or PARTS:
                judge = None if part == "files" else reference
                of_part = compare(PARTS[part](inputs), direct, ours, judge)
                count, asked, differences = count + of_part[0], asked + of_part[1], differences + of_part[2]
            ours.close()
            not_called = sorted(methods.implemented() - set(calls))
    Path(record).write_text("".join(json.dumps(request) + "\n" for request in requests.values()))
    print(json.dumps({
        "calls": count, "as_reference": asked, "differences": differences, "not_called": not_called,
        "implemented_now": not_implemented(ours), "unimplemented": len(methods.unimplemented()),
    }))


if __name__ == "__main__":
    main(*sys.argv[1:])
