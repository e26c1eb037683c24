"""Reads YAML documents as the Python Butler does and writes what it understood, in a form that loses nothing.

Standard input: a JSON object {"documents": [text, ...], "files": [path, ...], "generate": [seed, ...],
"rewrite": [{"text": text, "options": options of yaml.dump}, ...]}.
Standard output: a JSON list with one element for each of them in that order: {"value": ...} or {"error": "..."},
and for generated and rewritten documents also {"text": "..."}.
"""

import datetime
import json
import logging
import random
import struct
import sys
import uuid
import warnings

import lsst.sphgeom as sphgeom
import yaml
from astropy.time import Time
from lsst.daf.butler import Timespan
from lsst.daf.butler.time_utils import TimeConverter

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
EPOCH = datetime.datetime(1970, 1, 1)


def canonical(value):
    """Make a JSON value with the type of everything in it."""
    if value is None:
        return ["null"]
    if isinstance(value, bool):
        return ["bool", value]
    if isinstance(value, int):
        return ["int", str(value)]
    if isinstance(value, float):
        return ["float", "nan" if value != value else struct.pack(">d", value).hex()]
    if isinstance(value, str):
        return ["str", value]
    if isinstance(value, bytes):
        return ["bytes", value.hex()]
    if isinstance(value, uuid.UUID):
        return ["uuid", str(value)]
    if isinstance(value, Time):
        return ["time", TimeConverter().astropy_to_nsec(value)]
    if isinstance(value, Timespan):
        return ["timespan", *value.nsec]
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return ["datetime", (value - EPOCH) // datetime.timedelta(microseconds=1)]
    if isinstance(value, datetime.date):
        midnight = datetime.datetime(value.year, value.month, value.day)
        return ["date", (midnight - EPOCH) // datetime.timedelta(microseconds=1)]
    if isinstance(value, sphgeom.Region):
        return ["region", value.encode().hex()]
    if isinstance(value, (list, tuple)):
        return ["seq", [canonical(element) for element in value]]
    if isinstance(value, set):
        return ["set", sorted((canonical(element) for element in value), key=json.dumps)]
    if isinstance(value, dict):
        return ["map", sorted(([canonical(k), canonical(v)] for k, v in value.items()), key=json.dumps)]
    raise TypeError(f"unexpected {type(value)}")


def read(text):
    """Read a document as the Butler's import does."""
    try:
        return {"value": canonical(yaml.safe_load(text))}
    except RecursionError:
        return {"error": "recursion"}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}


WORDS = [
    "calexp", "HSC/raw/all", "a: b", "a #b", "#a", "- a", "-", "?", "? a", ":", "::", "x:", ":x", "it's", 'say "x"', "",
    " lead", "trail ", "two\nlines", "two\n\nmore\n", "\n", "\n lead", "end\n", "tab\there", "0o17", "017", "1e5", "08", "1_000",
    "1:30", "12:30:45", "yes", "No", "on", "null", "~", "Null", "true", ".inf", "-.inf", ".nan", "1.5", "1.", ".5", "0x1F", "0b11",
    "2020-01-01", "2020-01-01 10:00:00", "<<", "=", "*x", "&x", "!x", "%x", "@x", "`x`", "|", ">", "[a]", "{a}", "a, b", "[", "}",
    "é", "naïve café", "日本語 text", "\u2028", "\x85", "\ufeff", "\x07", "\x1b[0m", "😀", "a\\b", "'", '"', "''", "---", "...", "--- a",
    "a long line of words that goes on and on until it has to be folded somewhere by the emitter of the dump",
    "a  double  spaced   line of words that goes on and on until it    has to be folded somewhere by the emitter",
    "word " * 40, "x" * 200, "a" * 90 + " " + "b" * 90, "multi\nline text that is\n\n  indented in part\n and folded for being much too long\n",
    "# comment like\nsecond", "a\n# b", "1.0.2", "2cd9e1c3-0000", "e5", "1e+5", "1.0e+5", "+1", "-0", "0", "00", "1__0", "_1", "0x", "0b",
]  # fmt: skip


class Maker:
    """Makes random values of the kinds that exports hold."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        self.shared = []

    def scalar(self):
        r = self.r
        kind = r.randrange(18)
        if kind < 7:
            return r.choice(WORDS)
        if kind == 7:
            return "".join(r.choice("ab:#-?'\" \n\\{}[],&*!|>%@`0.é") for _ in range(r.randrange(30)))
        if kind == 8:
            return r.choice([0, 1, -1, 10**6, 2**63 - 1, -(2**63), 2**63, 10**30, r.randrange(-10**9, 10**9)])
        if kind == 9:
            return r.choice([0.0, -0.0, 1.5, 1e300, 5e-324, float("inf"), float("-inf"), float("nan"), r.uniform(-1, 1), r.uniform(-1e9, 1e9)])
        if kind == 10:
            return r.choice([True, False, None])
        if kind == 11:
            return uuid.UUID(int=r.getrandbits(128))
        if kind == 12:
            return TimeConverter().nsec_to_astropy(r.randrange(4102444800) * 10**9 + r.randrange(10**9))
        if kind == 13:
            a = r.randrange(4102444800 * 10**9)
            return Timespan(None, None, _nsec=(r.choice([0, a]), r.choice([a - 5, a + 1, a + 10**10, 4102444800 * 10**9])))
        if kind == 14:
            return bytes(r.getrandbits(8) for _ in range(r.choice([0, 1, 5, 20, 60, 100])))
        if kind == 15:
            return datetime.datetime(2020, 1, 2, 3, 4, 5, r.choice([0, 678901])) + datetime.timedelta(days=r.randrange(900))
        if kind == 16:
            return datetime.date(2020, 1, 2) + datetime.timedelta(days=r.randrange(900))
        center = sphgeom.UnitVector3d(sphgeom.LonLat.fromDegrees(r.uniform(0, 360), r.uniform(-89, 89)))
        circle = sphgeom.Circle(center, sphgeom.Angle.fromDegrees(r.uniform(0.1, 3)))
        if r.random() < 0.5:
            return circle
        ra, dec = r.uniform(0, 360), r.uniform(-80, 80)
        corners = [(ra, dec), (ra + 1, dec), (ra + 1, dec + 1), (ra, dec + 1)]
        points = [sphgeom.UnitVector3d(sphgeom.LonLat.fromDegrees(*c)) for c in corners]
        return sphgeom.ConvexPolygon(points)

    def key(self):
        r = self.r
        if r.random() < 0.85:
            return r.choice(["instrument", "detector", "visit", "id", "name", "path", "region", "timespan", "a b", "x"]) + str(r.randrange(20))
        key = self.scalar()
        while isinstance(key, (sphgeom.Region, Timespan, Time, float)):
            key = self.scalar()
        return key

    def value(self, depth):
        r = self.r
        if self.shared and r.random() < 0.1:
            return r.choice(self.shared)
        kind = r.random()
        if depth == 0 or kind < 0.5:
            value = self.scalar()
        elif kind < 0.7:
            value = [self.value(depth - 1) for _ in range(r.randrange(5))]
        elif kind < 0.97:
            value = {self.key(): self.value(depth - 1) for _ in range(r.randrange(6))}
        else:
            value = {r.choice(WORDS) for _ in range(r.randrange(4))}
        if r.random() < 0.15:
            self.shared.append(value)
        return value

    def text(self):
        r = self.r
        value = {self.key(): self.value(4) for _ in range(r.randrange(1, 6))} if r.random() < 0.9 else self.value(3)
        options = {
            "default_flow_style": r.choice([False, False, False, None, True]),
            "default_style": r.choice([None, None, None, None, "'", '"', "|", ">"]),
            "sort_keys": False,
            "width": r.choice([10, 20, 40, 80, 80, 200, 10000]),
            "indent": r.choice([None, 2, 4, 7]),
            "allow_unicode": r.choice([None, True]),
            "explicit_start": r.choice([None, None, None, True]),
            "explicit_end": r.choice([None, None, None, True]),
        }
        return yaml.dump(value, **options)


def main():
    request = json.load(sys.stdin)
    answers = [read(text) for text in request.get("documents", [])]
    for path in request.get("files", []):
        with open(path, "rb") as stream:
            answers.append(read(stream.read()))
    for seed in request.get("generate", []):
        text = Maker(seed).text()
        answers.append({"text": text, **read(text)})
    for order in request.get("rewrite", []):
        text = yaml.dump(yaml.safe_load(order["text"]), **order["options"])
        answers.append({"text": text, **read(text)})
    json.dump(answers, sys.stdout)


main()
