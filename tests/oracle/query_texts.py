"""Where-expressions drawn from the grammar, with values that a repository has and some that it has not."""

from __future__ import annotations

import random
import uuid

from astropy.time import Time
from lsst.daf.butler import Timespan
from lsst.sphgeom import LonLat
from query_facts import Facts

COMPARISONS = ["=", "=", "=", "!=", "<", ">", "<=", ">="]
FAULTS = [
    "visit = ", "visit IS NULL", "visit BETWEEN 1 AND 2", "nonsense = 1", "visit.nonsense = 1", "visit = 'text'", "visit + 1",
    "detector IN (1, 'a')", "timespan", "instrument LIKE 'H%'", "visit.region > 1", "detector = 1 AND", "(detector = 1",
    "detector = 1.5.2", "T'yesterday' < visit.timespan.begin", "GLOB(detector, '1*')", "GLOB(instrument, detector)",
    "POINT(1) OVERLAPS visit.region", "detector = :absent", "visit.timespan = 5", "NOT detector", "detector = 'x' + 1",
    "visit.exposure_time % 2.0 = 1.0", "detector IN (5..1)", "(T'2020-01-01', T'2021-01-01', NULL) OVERLAPS visit.timespan",
    "visit.timespan OVERLAPS visit.region", "CIRCLE(1, 2, 3) OVERLAPS POINT(1, 2)", "raw.dataset_id = UUID('x')", "visit.name.begin",
    "a.b.c.d = 1", "detector ? 1", "dataset_id = 5", "exposure.can_see_sky = 1", "instrument IN ('a', )", "visit.region = NULL = NULL",
]


class Texts:
    """Draws texts for queries over some dimensions and dataset types."""

    def __init__(self, rng: random.Random, facts: Facts, dimensions, datasets: list[str]):
        self.rng = rng
        self.facts = facts
        self.dimensions = dimensions
        self.datasets = datasets
        self.bind: dict = {}
        elements = [facts.universe[name] for name in dimensions.elements]
        self.columns: dict[str, list[tuple[str, str, list]]] = {}
        for element in elements:
            if element.name in facts.universe.dimensions.names:
                kind = element.primary_key.type
                self.add(kind, self.key_name(element), facts.values.get(element.name) or [0, 1, 7])
            for spec in element.schema.remainder:
                if element.name not in facts.universe.skypix_dimensions.names:
                    self.add(spec.type, self.field_name(element.name, spec.name), facts.fields[element.name, spec.name])

    def add(self, kind: str, name: str, values: list) -> None:
        self.columns.setdefault(kind, []).append((name, values))

    def key_name(self, element) -> str:
        return self.rng.choice([element.name] * 5 + [f"{element.name}.{element.primary_key.name}"])

    def field_name(self, element: str, field: str) -> str:
        return self.rng.choice([f"{element}.{field}"] * 9 + [field])

    def column(self, *kinds: str) -> tuple[str, list] | None:
        found = [c for kind in kinds for c in self.columns.get(kind, ())]
        return self.rng.choice(found) if found else None

    # Texts -------------------------------------------------------------------------------------------------------------

    def text(self) -> str:
        if self.rng.random() < 0.06:
            return self.rng.choice(FAULTS)
        return self.predicate(self.rng.choice([0, 0, 1, 1, 2, 3]))

    def predicate(self, depth: int) -> str:
        rng = self.rng
        if depth == 0:
            return self.leaf()
        form = rng.random()
        if form < 0.35:
            return f"{self.predicate(depth - 1)} AND {self.predicate(depth - 1)}"
        if form < 0.65:
            return f"({self.predicate(depth - 1)} OR {self.predicate(depth - 1)})"
        if form < 0.75:
            return f"{self.predicate(depth - 1)} OR {self.predicate(depth - 1)}"
        if form < 0.9:
            return f"NOT ({self.predicate(depth - 1)})"
        return f"({self.predicate(depth - 1)})"

    def leaf(self) -> str:
        forms = [self.key_comparison] * 5 + [self.key_in] * 4 + [self.field_comparison] * 5 + [self.null, self.glob, self.boolean]
        forms += [self.overlap_time] * 2 + [self.overlap_sky] * 2 + [self.time_comparison, self.arithmetic, self.two_columns]
        if self.datasets:
            forms += [self.dataset_field] * 4
        for _ in range(10):
            text = self.rng.choice(forms)()
            if text is not None:
                return text
        return "1 = 1"

    def key_comparison(self) -> str | None:
        keys = [d for d in self.dimensions.names]
        if not keys:
            return None
        element = self.facts.universe[self.rng.choice(keys)]
        value = self.value(element.primary_key.type, self.facts.values.get(element.name) or [1])
        sides = [self.key_name(element), self.literal(value)]
        if self.rng.random() < 0.15:
            sides.reverse()
        return f" {self.rng.choice(COMPARISONS)} ".join(sides)

    def key_in(self) -> str | None:
        column = self.column("int", "string")
        if column is None:
            return None
        name, values = column
        if not values:
            return None
        negated = self.rng.choice(["", "", "NOT "])
        if isinstance(values[0], int) and self.rng.random() < 0.5:
            start = self.value("int", values)
            stop = start + self.rng.choice([0, 1, 3, 10, 1000])
            stride = self.rng.choice(["", "", ":2", ":3"])
            return f"{name} {negated}IN ({start}..{stop}{stride}, {self.value('int', values)})"
        kind = "int" if isinstance(values[0], int) else "string"
        drawn = [self.value(kind, values) for _ in range(self.rng.randint(1, 4))]
        if self.rng.random() < 0.2:
            return f"{name} {negated}IN (:{self.bound(self.rng.choice([list, tuple])(drawn))})"
        return f"{name} {negated}IN ({', '.join(map(self.literal, drawn))})"

    def field_comparison(self) -> str | None:
        column = self.column("int", "string", "float", "float")
        if column is None or not column[1]:
            return None
        name, values = column
        kind = "string" if isinstance(values[0], str) else "float" if isinstance(values[0], float) else "int"
        return f"{name} {self.rng.choice(COMPARISONS)} {self.literal(self.value(kind, values))}"

    def null(self) -> str | None:
        column = self.column("int", "string", "float", "region", "timespan", "bool")
        return column and self.rng.choice(["{} = NULL", "{} != NULL", "NULL = {}", "NOT ({} = NULL)"]).format(column[0])

    def boolean(self) -> str | None:
        column = self.column("bool")
        return column and self.rng.choice(["{}", "NOT {}"]).format(column[0])

    def glob(self) -> str | None:
        column = self.column("string")
        if column is None or not column[1]:
            return None
        value = str(self.rng.choice(column[1]))
        middle = len(value) // 2
        patterns = [value[:middle] + "*", "*" + value[middle:], "?" + value[1:], value, "*", value + "?", value[:1] + "*" + value[-1:]]
        return f"GLOB({column[0]}, {self.literal(self.rng.choice(patterns))})"

    def two_columns(self) -> str | None:
        a, b = self.column("int", "float"), self.column("int", "float")
        return a and b and f"{a[0]} {self.rng.choice(COMPARISONS)} {b[0]}"

    def arithmetic(self) -> str | None:
        column = self.column("int")
        if column is None or not column[1]:
            return None
        name, values = column
        form = self.rng.choice(["{} % 2 = {}", "{} + 1 > {}", "-{} < {}", "{} * 2 - 1 != {}", "({} + 1) / 2 = {}", "{} = 1 + {}"])
        return form.format(name, self.rng.choice([0, 1, self.value("int", values)]))

    def time_comparison(self) -> str | None:
        column = self.column("timespan")
        if column is None:
            return None
        return f"{column[0]}.{self.rng.choice(['begin', 'end'])} {self.rng.choice(COMPARISONS)} {self.literal(self.instant(column[1]))}"

    def overlap_time(self) -> str | None:
        column = self.column("timespan")
        if column is None:
            return None
        name, values = column
        other = self.column("timespan")
        form = self.rng.random()
        if form < 0.5:
            bounds = sorted([self.instant(values), self.instant(values)])
            texts = [self.rng.choice([self.literal(t)] * 4 + ["NULL"]) for t in bounds]
            right = f"({texts[0]}, {texts[1]})"
        elif form < 0.75:
            right = self.literal(self.instant(values))
        elif form < 0.85 and values:
            right = ":" + self.bound(self.rng.choice(values))
        else:
            right = other[0]
        return self.rng.choice([f"{name} OVERLAPS {right}", f"{right} OVERLAPS {name}"])

    def overlap_sky(self) -> str | None:
        column = self.column("region")
        if column is None:
            return None
        name, regions = column
        center = LonLat(self.rng.choice(regions).getBoundingCircle().getCenter()) if regions else LonLat.fromDegrees(10, 10)
        ra = round(center.getLon().asDegrees() + self.rng.choice([0, 0, 0.1, 1, 20]), 5) % 360
        dec = max(-89.0, min(89.0, round(center.getLat().asDegrees() + self.rng.choice([0, 0, 0.1, -1]), 5)))
        size = self.rng.choice([0.01, 0.1, 0.5, 2.0])
        corners = f"({ra}, {dec}), ({ra + size}, {dec}), ({ra + size / 2}, {min(dec + size, 89.5)})"
        form = self.rng.choice([
            f"POINT({ra}, {dec})", f"CIRCLE({ra}, {dec}, {size})", f"BOX({ra}, {dec}, {size}, {size})", f"POLYGON({corners})",
            f"REGION('CIRCLE {ra} {dec} {size}')", f"REGION('RANGE {ra} {ra + size} {dec} {dec + size}')",
        ])
        return self.rng.choice([f"{name} OVERLAPS {form}", f"{form} OVERLAPS {name}"])

    def dataset_field(self) -> str | None:
        name = self.rng.choice(self.datasets)
        field = self.rng.choice(["dataset_id", "run", "collection", "ingest_date", "timespan"])
        prefix = self.rng.choice([f"{name}."] * 4 + [""])
        if "." in name:
            prefix = ""
        facts = self.facts
        match field:
            case "dataset_id":
                ids = facts.ids.get(name) or [uuid.UUID(int=5)]
                return f"{prefix}dataset_id = UUID('{self.rng.choice(ids)}')"
            case "run" | "collection":
                value = self.rng.choice(facts.collections)
                return f"{prefix}{field} {self.rng.choice(COMPARISONS)} {self.literal(value)}"
            case "ingest_date":
                time = self.rng.choice(["T'2000-01-01'", "T'2090-01-01'"])
                return f"{prefix}ingest_date {self.rng.choice(COMPARISONS)} {time}"
        spans = [s for (_, f), some in facts.fields.items() if f == "timespan" for s in some]
        return f"{prefix}timespan OVERLAPS {self.literal(self.instant(spans))}"

    # Values ------------------------------------------------------------------------------------------------------------

    def value(self, kind: str, values: list):
        if values and self.rng.random() < 0.85:
            return self.rng.choice(values)
        return {"int": self.rng.choice([0, 3, 99999]), "float": 0.5}.get(kind, "absent")

    def instant(self, spans: list[Timespan]) -> Time:
        bounds = [t for span in spans for t in (span.begin, span.end) if t is not None]
        return self.rng.choice(bounds) if bounds and self.rng.random() < 0.8 else Time("2020-01-01T00:00:00", scale="tai")

    def bound(self, value) -> str:
        name = f"b{len(self.bind)}"
        self.bind[name] = value
        return name

    def literal(self, value) -> str:
        if self.rng.random() < 0.08:
            return self.rng.choice([":", ""]) + self.bound(value)
        match value:
            case str():
                return f"'{value}'"
            case Time():
                forms = [f"T'{value.tai.isot}/tai'", f"T'{value.utc.isot}'", f"T'mjd/{float(value.tai.mjd)!r}'", f"T'{value.utc.iso}'"]
                return self.rng.choice(forms)
        return repr(value)
