"""What the Python Butler makes of where-expressions: writes the expected values of the tests of `query/expression`.

`python expressions.py OUT [SEED COUNT]` writes one JSON object per line: context, expression, and the predicate (`str`, `json`) or the
error (`error` is the class, `message` its text). Without a seed the chosen and the generated expressions of the committed file.
"""

from __future__ import annotations

import json
import logging
import random
import re
import sys
import uuid
import warnings

import astropy.time
import lsst.sphgeom
from lsst.daf.butler import DimensionUniverse, Timespan
from lsst.daf.butler.queries._expression_strings import convert_expression_string_to_predicate
from lsst.daf.butler.queries._identifiers import IdentifierContext
from lsst.daf.butler.queries.expressions.parser import parse_expression

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
UNIVERSE = DimensionUniverse()
CONTEXTS = [
    (["visit", "detector"], []),
    (["exposure", "detector", "physical_filter"], ["raw"]),
    (["visit", "detector", "tract", "patch"], ["bias", "calexp"]),
]
TIME = astropy.time.Time("2020-01-01T00:00:00", format="isot", scale="tai")
BINDS = {
    "num": 5,
    "flt": 1.5,
    "text": "HSC",
    "pos": "CIRCLE 1 2 3",
    "seq": [1, 2, 3],
    "words": ("a", "b"),
    "none": [],
    "mixed": [1, "a"],
    "when": TIME,
    "span": Timespan(TIME, None),
    "id": uuid.UUID("00000000-0000-0000-0000-000000000001"),
    "hash": b"abc",
    "spot": lsst.sphgeom.Circle(lsst.sphgeom.UnitVector3d(1, 0, 0), lsst.sphgeom.Angle(0.5)),
    "day_obs": 20200101,
    "null": 7,
}


def chosen() -> list[str]:
    """The lines of the file next to this one; `\\n` and the like are Python's escapes."""
    path = __file__.replace(".py", ".txt")
    with open(path, encoding="utf-8") as lines:
        rows = [line.rstrip("\n") for line in lines]
    return [row.encode("latin-1", "backslashreplace").decode("unicode_escape") for row in rows if not row.startswith("#")]


ATOMS = """visit exposure detector instrument tract patch band day_obs physical_filter skymap healpix9 htm7 visit.exposure_time
    exposure.obs_id exposure_time timespan visit.timespan visit.timespan.begin timespan.end raw.run calexp.run run collection
    dataset_id raw.ingest_date ingest_date bias.timespan bias.timespan.end visit.region patch.region region detector.full_name
    full_name visit.visit_system visit.id visit.name exposure.can_see_sky can_see_sky has_simulated exposure.has_simulated
    instrument.class_name nothing visit.nothing raw.nothing null NULL num flt text seq words none mixed when span id hash spot :num
    :flt :text :seq :none :when :span :id :spot :nothing 1 0 -3 +4 2.5 1e3 .5 7. 'HSC' '' 'a b' 1..5 1..9:2 -3..-1
    T'2020-01-01' T'2020-01-01T12:00:00' T'mjd/58849.5/utc' T'58849.25' UUID('00000000-0000-0000-0000-000000000002') POINT(1,2)
    CIRCLE(10,-20,0.5) BOX(1,2,3,4) POLYGON(0,0,10,0,10,10) REGION('CIRCLE 10 20 0.5') visit_detector_region.region
    GLOB(instrument,'H*') GLOB(detector.full_name,:text) foo(1)""".split("\n")
ATOMS = [a for row in ATOMS for a in row.split()] + ["REGION(:pos)", "'a b'", "T'2020-01-01 01:02:03.5'"]
ATOMS = [a for a in ATOMS if a not in ("'a", "b'", "REGION('CIRCLE", "10", "20", "0.5')")]
COMPARISONS = ["=", "!=", "<", ">", "<=", ">=", "OVERLAPS", "overlaps"]


class Generator:
    """Random expressions of the grammar, and mutations of them that mostly are none."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def item(self) -> str:
        kind = self.random.random()
        if kind < 0.6:
            return self.random.choice(["1", "-2", "3", "1..4", "2..10:3", "-5..5", "'HSC'", "'r'", "2.5"])
        return self.random.choice(ATOMS)

    def value(self, depth: int) -> str:
        r = self.random
        kind = r.random()
        if depth <= 0 or kind < 0.6:
            return r.choice(ATOMS)
        if kind < 0.75:
            return f"{self.value(depth - 1)} {r.choice('+-*/%')} {self.value(depth - 1)}"
        if kind < 0.83:
            return f"{r.choice(['-', '+', '- '])}{self.value(depth - 1)}"
        if kind < 0.93:
            return f"({self.value(depth - 1)})"
        return f"({self.value(depth - 1)}, {self.value(depth - 1)})"

    def truth(self, depth: int) -> str:
        r = self.random
        kind = r.random()
        if depth <= 0 or kind < 0.4:
            return f"{self.value(1)} {r.choice(COMPARISONS)} {self.value(1)}"
        if kind < 0.55:
            items = ", ".join(self.item() for _ in range(r.randint(1, 3)))
            return f"{self.value(1)} {r.choice(['', 'NOT ', 'not '])}{r.choice(['IN', 'in'])} ({items})"
        if kind < 0.75:
            return f"{self.truth(depth - 1)} {r.choice(['AND', 'OR', 'and', 'Or'])} {self.truth(depth - 1)}"
        if kind < 0.85:
            return f"NOT {self.truth(depth - 1)}"
        if kind < 0.97:
            return f"({self.truth(depth - 1)})"
        return self.value(2)

    def likely(self) -> str:
        """One whose types mostly agree, so that not only errors come out."""
        r = self.random
        pairs = [
            (["visit", "detector", "exposure", "visit.id", "day_obs", "tract", "num", "3", "exposure.obs_id"], ["1", "-7", "num", ":num", "visit", "4 + 2", "2 * (3 - 1)", "NULL"]),
            (["instrument", "band", "text", "detector.full_name", "skymap", "visit.name", "raw.run"], ["'HSC'", ":text", "text", "null", "'x''"[:3]]),
            (["visit.exposure_time", "exposure_time", "flt", "exposure.exposure_time"], ["1.5", "3", "-2.5", "flt", "visit.exposure_time * 2.0", "null"]),
            (["visit.timespan", "exposure.timespan", "span", "bias.timespan"], ["(T'2020-01-01', T'2021-01-01')", "span", "T'58849.5'", "(null, when)", "(:when, NULL)"]),
            (["visit.timespan.begin", "exposure.timespan.end", "when", "raw.ingest_date"], ["T'2020-01-01'", "T'mjd/58849.125/tt'", "when", "visit.timespan.end"]),
            (["visit.region", "patch.region", "visit_detector_region.region", "spot"], ["POINT(1,2)", "CIRCLE(1,2,3)", "BOX(0,0,1,1)", "spot", "REGION(:pos)", "patch.region"]),
            (["exposure.can_see_sky", "exposure.has_simulated"], [""]),
        ]
        left, right = r.choice(pairs)
        a, b = r.choice(left), r.choice(right)
        if b == "":
            term = a
        elif "timespan" in a and "begin" not in a and "end" not in a or "region" in a or a in ("span", "spot"):
            term = f"{a} OVERLAPS {b}" if r.random() < 0.8 else f"{b} overlaps {a}"
        elif r.random() < 0.3 and b not in ("null", "NULL"):
            term = f"{a} {r.choice(['', 'NOT '])}IN ({self.item()}, {self.item()})"
        else:
            term = f"{a} {r.choice(COMPARISONS[:6])} {b}"
        kind = r.random()
        if kind < 0.35:
            return term
        if kind < 0.5:
            return f"NOT ({self.likely()} {r.choice(['AND', 'OR'])} {self.likely()})"
        if kind < 0.8:
            return f"{term} {r.choice(['AND', 'OR'])} {self.likely()}"
        return f"({term}) {r.choice(['AND', 'OR'])} NOT {self.likely()}"

    def mutated(self, text: str) -> str:
        r = self.random
        for _ in range(r.randint(1, 2)):
            at = r.randint(0, len(text))
            match r.randint(0, 2):
                case 0:
                    text = text[:at] + r.choice(list("'(),.:=<>!+-*/%0 5eTtnN_\n") + ["..", " IN ", " NOT ", " AND ", "é"]) + text[at:]
                case 1:
                    text = text[:at] + text[at + 1 :]
                case 2:
                    other = r.randint(0, len(text))
                    text = text[: min(at, other)] + text[max(at, other) :] if abs(at - other) < 6 else text
        return text

    def expression(self) -> str:
        while True:
            kind = self.random.random()
            if kind < 0.5:
                text = self.likely()
            elif kind < 0.75:
                text = self.truth(3)
            else:
                text = self.mutated(self.truth(2) if self.random.random() < 0.5 else self.likely())
            # Normal form doubles with every nesting; the reference takes all memory for it.
            if len(re.findall(r"\b(and|or)\b", text, re.IGNORECASE)) <= 5:
                return text


def outcome(context: int, expression: str) -> dict:
    dimensions, datasets = CONTEXTS[context]
    answer = {"context": context, "expression": expression}
    identifiers = IdentifierContext(UNIVERSE.conform(dimensions), set(datasets), BINDS)
    try:
        tree = parse_expression(expression)
        answer["tree"] = shape(tree)
    except Exception:
        answer["tree"] = None
    try:
        predicate = convert_expression_string_to_predicate(expression, context=identifiers, universe=UNIVERSE)
        answer["str"] = str(predicate)
        answer["json"] = json.loads(predicate.model_dump_json())
    except Exception as error:
        answer["error"] = type(error).__name__
        answer["message"] = str(error)
    return answer


def shape(node) -> str:
    """The structure of a syntax tree, with all brackets; times are left out, they have a test of their own."""
    match type(node).__name__:
        case "NoneType":
            return ""
        case "BinaryOp":
            return f"[{shape(node.lhs)} {node.op} {shape(node.rhs)}]"
        case "UnaryOp":
            return f"[{node.op} {shape(node.operand)}]"
        case "IsIn":
            return f"[{shape(node.lhs)} {'NOT ' if node.not_in else ''}IN {' '.join(shape(v) for v in node.values)}]"
        case "Parens":
            return f"({shape(node.expr)})"
        case "TimeLiteral":
            return "T"
        case "NumericLiteral" | "Identifier" | "BindName" | "RangeLiteral" | "StringLiteral" | "UuidLiteral":
            return str(node)
        case name:
            return f"{name.removesuffix('Node')}<{' '.join(shape(c) for c in node.children)}>"


def main() -> None:
    out, *numbers = sys.argv[1:]
    cases: list[tuple[int, str]] = []
    if numbers:
        seed, count = map(int, numbers)
        generator = Generator(seed)
        cases = [(i % len(CONTEXTS), generator.expression()) for i in range(count)]
    else:
        cases = [(i % len(CONTEXTS), text) for i, text in enumerate(chosen())]
        generator = Generator(20261121)
        cases += [(i % len(CONTEXTS), generator.expression()) for i in range(300)]
    with open(out, "w", encoding="utf-8") as lines:
        for context, expression in cases:
            print(json.dumps(outcome(context, expression), ensure_ascii=False), file=lines)


if __name__ == "__main__":
    main()
