"""Tables in the formats of the REST as rows of JSON: a list of [format, file] in, a list of [rows, types] out.

They are read by what users read them with: pyarrow, csv, json and astropy.
"""

from __future__ import annotations

import csv
import json
import sys

import numpy as np
import pyarrow.ipc
import pyarrow.parquet
from astropy.io import votable
from astropy.table import Table


def plain(value):
    if isinstance(value, bytes):
        return value.hex()
    if value is np.ma.masked or value is None:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    return str(value) if not isinstance(value, (str, int, float, bool, list)) else value


def arrow(table):
    def cell(scalar):
        if scalar.is_valid and "timestamp" in str(scalar.type):
            whole, rest = divmod(scalar.value, 10**9)
            return f"{np.datetime64(whole, 's')}.{rest:09d}"
        return plain(scalar.as_py())
    rows = [dict(zip(table.column_names, map(cell, row))) for row in zip(*table.columns)]
    return rows, {field.name: str(field.type) for field in table.schema}


def read(name, file):
    if name == "parquet":
        return arrow(pyarrow.parquet.read_table(file))
    if name == "arrow":
        with pyarrow.ipc.open_stream(file) as stream:
            return arrow(stream.read_all())
    if name == "csv":
        with open(file, newline="") as lines:
            return list(csv.DictReader(lines)), {}
    if name == "jsonl":
        with open(file) as lines:
            return [json.loads(line) for line in lines], {}
    if name == "votable":
        votable.validate(file, output=None, xmllint=False)
        parsed = votable.parse(file, verify="exception")
        table = Table.read(file)
        fields = parsed.get_first_table().fields
        rows = [{c: plain(row[c]) for c in table.colnames} for row in table]
        types = {f.name: [f.datatype, f.arraysize, f.ucd, str(f.unit) if f.unit else None, f.xtype] for f in fields}
        return rows, types
    raise ValueError(name)


if __name__ == "__main__":
    print(json.dumps([read(*one) for one in json.load(sys.stdin)]))
