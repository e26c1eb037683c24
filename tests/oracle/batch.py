"""Many runs of the Python Butler in one process, because starting it takes longer than most of what tests ask of it.

Reads one step a line from standard input, each a JSON list, and answers each with a line of JSON:

    ["butler", ARGUMENT...]      the command line                  -> null, or what went wrong
    ["load", REPO, FILE...]      as load.py                        -> null, or what went wrong
    ["open", REPO]               opens writeable and queries       -> {dataset type: number of datasets}
    ["same", REPO, OTHER]        as dump.py with two repositories  -> text of the differences, empty when there are none
    ["rows", REPO]               as dump.py with one               -> list of lines
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys

import absent

absent.install()

import dump  # noqa: E402
import load  # noqa: E402
from lsst.daf.butler import Butler  # noqa: E402
from lsst.daf.butler.cli.butler import cli  # noqa: E402
from tables import Database  # noqa: E402

OPTIONS = argparse.Namespace(namespace=None, other_namespace=None, keep_ids=False, keep_times=False, map_uuid7=False,
                             only=[], skip=[], limit=40)


def attempt(action) -> str | None:
    """What went wrong, in a line."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            action()
    except SystemExit as end:
        return None if not end.code else f"exit {end.code}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def butler(*args: str):
    def action():
        # The exit code of a command that failed; what a command that did not fail returns is not looked at.
        code = cli.main(args=list(args), prog_name="butler", standalone_mode=False)
        if isinstance(code, int):
            sys.exit(code)

    return attempt(action)


def load_files(repo: str, *files: str):
    return attempt(lambda: load.main(repo, *files))


def open_repo(repo: str):
    with Butler.from_config(repo, writeable=True) as opened:
        found = {}
        for dataset_type in opened.registry.queryDatasetTypes():
            refs = opened.query_datasets(dataset_type, collections="*", find_first=False, explain=False, limit=None)
            found[dataset_type.name] = len(refs)
        return found


def rows(repo: str):
    return sorted(dump.Dump(Database(repo), OPTIONS).lines())


def same(repo: str, other: str):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        dump.differences(rows(repo), rows(other), OPTIONS.limit)
    return text.getvalue()


STEPS = {"butler": butler, "load": load_files, "open": open_repo, "same": same, "rows": rows}

if __name__ == "__main__":
    for line in sys.stdin:
        step, *args = json.loads(line)
        print(json.dumps(STEPS[step](*args)), flush=True)
