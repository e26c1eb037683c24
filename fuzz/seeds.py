"""Writes the seeds of a fuzz target, one file each: `python3 fuzz/seeds.py expression|query_tree FOLDER`."""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent


def expressions() -> list[str]:
    """The expressions chosen by hand, and those of the committed answers of the reference."""
    rows = (ROOT / "tests/oracle/expressions.txt").read_text(encoding="utf-8").splitlines()
    chosen = [row.encode("latin-1", "backslashreplace").decode("unicode_escape") for row in rows if not row.startswith("#")]
    answers = ROOT / "registry/src/query/expression/tests/expressions.jsonl"
    return chosen + [json.loads(line)["expression"] for line in answers.read_text(encoding="utf-8").splitlines()]


def trees() -> list[str]:
    """The trees and result specifications that the reference was asked about."""
    lines = (ROOT / "registry/tests/query/trees.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.dumps(json.loads(line)["in"]) for line in lines]


def main() -> None:
    target, folder = sys.argv[1:]
    out = pathlib.Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    texts = {"expression": expressions, "query_tree": trees}[target]()
    for number, text in enumerate(dict.fromkeys(texts)):
        (out / f"seed-{number}").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
