"""The requests of bench/serve, as the Python client makes them.

    python bench/serve_requests.py URL SUMMARY

URL is a repository's at a server, SUMMARY the summary.json of its export. Prints one JSON object: lists of requests
``{"method", "path", "body"}`` by case, and how many rows the stream has.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/oracle/serve"))

from lsst.daf.butler import Butler  # noqa: E402
from record import recorded  # noqa: E402

EACH = 400


def main(url: str, summary: str) -> None:
    s = json.loads(Path(summary).read_text())
    instrument, collections = s["instrument"], s["collections"]
    butler = Butler(url)
    with butler.query() as query:
        refs = list(query.datasets("calexp", collections["single"]).limit(EACH))
    cases = {"dataset by id": [], "find_dataset through a chain": [], "2-filter query": [], "stream": []}
    for ref in refs:
        with recorded(url) as found:
            butler.get_dataset(ref.id)
        cases["dataset by id"] += list(found.values())[-1:]
        with recorded(url) as found:
            found_ref = butler.find_dataset("calexp", ref.dataId, collections=collections["chain"])
        assert found_ref is not None and found_ref.id == ref.id, (found_ref, ref)
        cases["find_dataset through a chain"] += list(found.values())[-1:]
        with recorded(url) as found, butler.query() as query:
            where = f"visit = {ref.dataId['visit']} AND detector = {ref.dataId['detector']}"
            rows = list(query.datasets("calexp", collections["single"]).where(where, instrument=instrument))
        assert [row.id for row in rows] == [ref.id], (rows, ref)
        cases["2-filter query"] += [r for r in found.values() if r["path"] == "v1/query/execute"][-1:]
    with recorded(url) as found, butler.query() as query:
        rows = sum(1 for _ in query.datasets("deepCoadd_calexp", collections["main"], find_first=False))
    cases["stream"] = [r for r in found.values() if r["path"] == "v1/query/execute"][-1:]
    print(json.dumps({"cases": cases, "rows": rows}))


if __name__ == "__main__":
    main(*sys.argv[1:])
