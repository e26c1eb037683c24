"""What astropy says of FITS files: one JSON object a file (`fits_facts.py FILE...`).

    {"file": name, "complaints": [...], "hdus": [{"kind", "name", "version", "header", "data", "span", "cards", "columns"}]}

Cards are [keyword, value, comment] with values tagged by their kind; columns are lists of values, None where there is none.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np
from astropy.io import fits
from astropy.table import Table


def card(card) -> list:
    try:
        value = card.value
    except fits.VerifyError:
        return [card.keyword, "invalid", None]
    if card.keyword in ("", "COMMENT", "HISTORY"):
        return [card.keyword, "text", str(value).rstrip()]
    if isinstance(value, fits.card.Undefined):
        kind, value = "undefined", None
    elif isinstance(value, bool):
        kind = "logical"
    elif isinstance(value, int):
        kind, value = "integer", str(value)
    elif isinstance(value, float):
        kind = "float"
    elif isinstance(value, complex):
        kind, value = "complex", [value.real, value.imag]
    else:
        kind = "string"
    return [card.keyword, kind, value, card.comment]


def cell(value):
    if value is np.ma.masked:
        return None
    if isinstance(value, (bytes, np.bytes_)):
        value = value.decode("latin-1")
    if isinstance(value, str):
        return value.rstrip(" ")
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    return None if np.isnan(value) else float(value)


def columns(path: str, number: int) -> dict:
    """Columns with one value a row."""
    table = Table.read(path, hdu=number)
    return {name: [cell(v) for v in table[name]] for name in table.colnames
            if table[name].ndim == 1 and table[name].dtype != object}


def facts(path: str) -> dict:
    found = {"file": Path(path).name, "hdus": [], "complaints": []}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            with fits.open(path, memmap=False, disable_image_compression=True, character_as_bytes=False) as hdus:
                for hdu in hdus:
                    info = hdu.fileinfo()
                    # Before the verification, which adds some.
                    cards = [card(c) for c in hdu.header.cards]
                    try:
                        hdu.verify("exception")
                    except Exception as error:
                        found["complaints"].append(f"{type(error).__name__}: {error}")
                    one = {"kind": type(hdu).__name__, "name": hdu.name, "version": hdu.ver, "header": info["hdrLoc"],
                           "data": info["datLoc"], "span": info["datSpan"], "size": hdu.size,
                           "cards": cards}
                    if "damaged" not in path and isinstance(hdu, (fits.BinTableHDU, fits.TableHDU)) and hdu.header["NAXIS1"]:
                        one["columns"] = columns(path, len(found["hdus"])) if "ZIMAGE" not in hdu.header else {}
                    found["hdus"].append(one)
        except Exception as error:
            found["complaints"].append(f"{type(error).__name__}: {error}")
    found["complaints"] += [str(w.message) for w in caught]
    return found


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(facts(name)))
