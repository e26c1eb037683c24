"""Reads addresses of the REST as users do, with pandas and astropy: the address of a repo and paths below it in, for each path
what each program has got out: columns, the rows' ids or first column as texts, and types.
"""

from __future__ import annotations

import json
import sys

import pandas
from astropy.table import Table


def frame(table):
    first = "id" if "id" in table.columns else table.columns[0]
    return {"columns": list(table.columns), "rows": [str(value) for value in table[first]],
            "types": {name: str(kind) for name, kind in table.dtypes.items()}}


def read(repo, path):
    url = f"{repo}/{path}{'&' if '?' in path else '?'}format="
    votable = Table.read(url + "votable")
    return {
        "parquet": frame(pandas.read_parquet(url + "parquet")),
        "csv": frame(pandas.read_csv(url + "csv")),
        "jsonl": frame(pandas.read_json(url + "jsonl", lines=True)),
        "votable": frame(votable.to_pandas()),
        "ascii": frame(Table.read(url + "csv", format="ascii.csv").to_pandas()),
    }


if __name__ == "__main__":
    print(json.dumps([read(sys.argv[1], path) for path in sys.argv[2:]]))
