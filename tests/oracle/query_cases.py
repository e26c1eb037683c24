"""Random queries over a repository, made through the reference's own Query interface."""

from __future__ import annotations

import json
import random

import pydantic
import query_inputs
from lsst.daf.butler import ButlerUserError
from lsst.daf.butler.queries import Query
from lsst.daf.butler.queries.convert_args import convert_where_args
from lsst.daf.butler.queries.result_specs import SerializedResultSpec
from lsst.daf.butler.queries.tree import SerializedQueryTree, make_column_literal
from query_facts import Facts
from query_texts import Texts

TREE = pydantic.TypeAdapter(SerializedQueryTree)
SPEC = pydantic.TypeAdapter(SerializedResultSpec)


def tree_json(tree) -> dict:
    return json.loads(TREE.dump_json(SerializedQueryTree.from_validated(tree)))


def spec_json(spec) -> dict:
    written = json.loads(SPEC.dump_json(SerializedResultSpec.from_validated(spec)))
    # Sets have no order of their own.
    for fields in (written.get("dimension_fields", {}), written.get("dataset_fields", {})):
        for name in fields:
            fields[name].sort()
    return written


def bind_json(bind: dict) -> dict:
    def one(value):
        if isinstance(value, list | tuple):
            return [one(v) for v in value]
        return json.loads(make_column_literal(value).model_dump_json())

    return {name: one(value) for name, value in bind.items()}


class Case:
    """One random query."""

    def __init__(self, facts: Facts, driver, seed: str):
        self.rng = random.Random(seed)
        self.facts = facts
        self.query = Query(driver)
        self.texts: list[dict] = []
        self.inputs: list[dict] = []

    def draw(self) -> dict:
        rng = self.rng
        for _ in range(rng.choice([0, 0, 0, 1, 1, 2])):
            self.join_dataset(self.dataset_type())
        if rng.random() < 0.6:
            self.join_dimensions()
        if rng.random() < 0.06:
            self.join_upload()
        if rng.random() < 0.1:
            self.materialize()
        kind = rng.choice(["data_ids"] * 3 + ["datasets"] * 3 + ["dimension_records"] * 2 + ["general"] * 2 + ["calibrations"])
        names = []
        if kind == "calibrations":
            kind, names = self.join_calibration()
        elif kind == "datasets":
            names = [self.dataset_type()]
            self.join_dataset(*names)
        self.filter()
        if rng.random() < 0.04:
            self.filter_by_query()
        results = self.attempt(getattr(self, kind), *names)
        if results is None:
            results = self.query.data_ids()
        results = self.finish(results)
        tree, spec = tree_json(results._tree), spec_json(results._spec)
        if rng.random() < 0.06:
            self.spoil(tree, spec)
        self.bend(tree, spec)
        return {"tree": tree, "spec": spec, "texts": self.texts, "inputs": self.inputs, **self.ways()}

    def ways(self) -> dict:
        """How the query is asked: what it leaves open, and how exactly its rows are counted."""
        rng, facts = self.rng, self.facts
        default = {}
        if rng.random() < 0.1:
            governors = [g for g in ("instrument", "skymap") if facts.values[g]]
            default = {g: rng.choice(facts.values[g]) for g in governors if rng.random() < 0.7}
        mostly = [True] * 3 + [False]
        return {
            "default_data_id": default,
            "count": {"exact": rng.choice(mostly), "discard": rng.choice(mostly)},
            "any": {"execute": rng.random() < 0.85, "exact": rng.random() < 0.6},
            "explain": {"execute": rng.random() < 0.5},
        }

    def attempt(self, action, *args):
        try:
            return action(*args)
        except (ButlerUserError, LookupError, TypeError, ValueError, NotImplementedError):
            return None

    def dataset_type(self) -> str:
        names = sorted(self.facts.dataset_types)
        used = [n for n in names if self.facts.ids[n]]
        return self.rng.choice(used * 5 + names)

    def collections(self, name: str) -> list[str]:
        rng, facts = self.rng, self.facts
        holders = facts.holders[name] or facts.collections
        found = rng.sample(holders, min(len(holders), rng.choice([1, 1, 2, 3])))
        if rng.random() < 0.2:
            found.insert(rng.randint(0, len(found)), rng.choice(facts.collections))
        if not any(facts.is_calibration(c) for c in found) or rng.random() < 0.6:
            return found
        return [c for c in found if not facts.is_calibration(c)] or found

    def join_dataset(self, name: str) -> None:
        if name not in self.query.constraint_dataset_types:
            self.query = self.query.join_dataset_search(name, self.collections(name))

    def join_dimensions(self) -> None:
        populated = self.facts.populated()
        dimensions = self.rng.sample(populated, min(len(populated), self.rng.choice([1, 1, 2, 2, 3])))
        if self.rng.random() < 0.1:
            dimensions.append(self.rng.choice([self.facts.universe.commonSkyPix.name, "htm6", "healpix5"]))
        self.query = self.query.join_dimensions(dimensions)

    def join_upload(self) -> None:
        joined = query_inputs.upload(self.rng, self.facts, self.query)
        if joined is not None:
            self.query, written = joined
            self.inputs.append(written)

    def materialize(self) -> None:
        """Go on with the rows of what there is."""
        self.filter()
        self.query, written = query_inputs.materialization(self.rng, self.query, tree_json)
        self.inputs.append(written)
        if self.rng.random() < 0.4:
            self.join_dataset(self.dataset_type())

    def join_calibration(self) -> tuple[str, list[str]]:
        """Calibrations of exposures or visits, or of no time at all, which is ambiguous.

        Gives the kind of result and what that takes.
        """
        rng, facts = self.rng, self.facts
        names = [n for n, t in facts.dataset_types.items() if t.isCalibration() and facts.ids[n]]
        name = rng.choice(sorted(names))
        certified = [c for c in facts.holders[name] if facts.is_calibration(c)] or facts.collections
        searched = rng.sample(certified, rng.randint(1, len(certified)))
        searched += rng.sample(facts.holders[name], rng.choice([0, 0, 0, 1]))
        if name not in self.query.constraint_dataset_types:
            self.query = self.query.join_dataset_search(name, searched)
        timed = [d for d in ("exposure", "visit", "day_obs") if facts.values.get(d)]
        if timed and rng.random() < 0.8:
            self.query = self.query.join_dimensions([rng.choice(timed)])
        spans = [s for d in timed for s in facts.fields[d, "timespan"]]
        if spans and rng.random() < 0.4:
            prefix = "" if "." in name else f"{name}."
            self.where(f"{prefix}timespan OVERLAPS :during", {"during": rng.choice(spans)})
        if rng.random() < 0.6:
            return "datasets", [name]
        return rng.choice(["general", "general", "data_ids"]), []

    def filter(self) -> None:
        """Give governors values, mostly, and add texts."""
        rng = self.rng
        if rng.random() < 0.9:
            for governor in ("instrument", "skymap"):
                if governor in self.query.constraint_dimensions.names and self.facts.values[governor]:
                    value = rng.choice(self.facts.values[governor] * 9 + ["absent"])
                    if rng.random() < 0.5:
                        self.query = self.query.where({governor: value})
                    else:
                        self.where(f"{governor} = '{value}'", {})
        elif rng.random() < 0.4:
            self.query = self.query._skip_governor_validation()
        for _ in range(rng.choice([0, 1, 1, 1, 2])):
            datasets = sorted(self.query.constraint_dataset_types)
            texts = Texts(rng, self.facts, self.query.constraint_dimensions, datasets)
            self.where(texts.text(), texts.bind)

    def where(self, text: str, bind: dict) -> None:
        """Add a text to the query, and to the texts with what the reference makes of it."""
        query = self.query
        dimensions, datasets = query.constraint_dimensions, query.constraint_dataset_types
        found = {"text": text, "bind": bind_json(bind), "dimensions": list(dimensions.names), "datasets": sorted(datasets)}
        self.texts.append(found)
        try:
            predicate = convert_where_args(dimensions, datasets, text, bind=bind)
        except Exception as error:
            found["error"] = getattr(error, "error_type", None)
            found["message"] = str(error)
            return
        found["predicate"] = json.loads(predicate.model_dump_json())
        with_filter = self.attempt(query.where, predicate)
        if with_filter is not None:
            self.query = with_filter

    def filter_by_query(self) -> None:
        """A dimension is among those of another query, or is not."""
        rng, facts = self.rng, self.facts
        names = [name for name in self.query.constraint_dimensions.names if facts.values.get(name)]
        if not names:
            return
        name = rng.choice(names)
        dimensions = facts.universe[name].minimal_group
        inner = Query(self.query._driver).join_dimensions(dimensions)
        if rng.random() < 0.5:
            fitting = [n for n, t in facts.dataset_types.items() if t.dimensions <= dimensions and facts.ids[n]]
            for dataset_type in fitting and [rng.choice(sorted(fitting))]:
                inner = inner.join_dataset_search(dataset_type, self.collections(dataset_type))
        for governor in ("instrument", "skymap"):
            if governor in dimensions.names:
                inner = inner.where({governor: rng.choice(facts.values[governor])})
        if rng.random() < 0.7:
            texts = Texts(rng, facts, dimensions, [])
            inner = self.attempt(inner.where, texts.key_comparison()) or inner
        column = getattr(self.query.expression_factory, name)
        predicate = self.attempt(column.in_query, column, inner)
        if predicate is not None:
            predicate = predicate if rng.random() < 0.7 else predicate.logical_not()
            self.query = self.attempt(self.query.where, predicate) or self.query

    # Kinds of results --------------------------------------------------------------------------------------------------

    def data_ids(self):
        names = list(self.query.constraint_dimensions.names)
        if names and self.rng.random() < 0.4:
            results = self.query.data_ids(self.rng.sample(names, self.rng.randint(0, min(len(names), 2))))
        else:
            results = self.query.data_ids()
        return results.with_dimension_records() if self.rng.random() < 0.2 else results

    def datasets(self, name: str):
        results = self.query.datasets(name, find_first=self.rng.random() < 0.6)
        return results.with_dimension_records() if self.rng.random() < 0.2 else results

    def dimension_records(self):
        names = [e for e in self.query.constraint_dimensions.elements if self.facts.universe[e].has_own_table or e == "band"]
        return self.query.dimension_records(self.rng.choice(names * 4 + self.facts.populated()))

    def general(self):
        rng, query = self.rng, self.query
        dimension_fields, dataset_fields = {}, {}
        for name in query.constraint_dimensions.elements:
            fields = sorted(self.facts.universe[name].schema.remainder.names)
            if fields and name not in self.facts.universe.skypix_dimensions.names and rng.random() < 0.4:
                dimension_fields[name] = set(rng.sample(fields, rng.randint(1, min(3, len(fields)))))
        for name in query.constraint_dataset_types:
            if rng.random() < 0.7:
                fields = ["dataset_id", "run", "collection", "ingest_date", "timespan"]
                dataset_fields[name] = set(rng.sample(fields, rng.randint(1, 3)))
        names = list(query.constraint_dimensions.names)
        dimensions = rng.sample(names, rng.randint(0, min(len(names), 3)))
        find_first = len(dataset_fields) == 1 and rng.random() < 0.5
        if "timespan" in next(iter(dataset_fields.values()), ()):
            find_first = False
        results = query.general(dimensions, dimension_fields=dimension_fields, dataset_fields=dataset_fields, find_first=find_first)
        return results.with_dimension_records() if rng.random() < 0.2 else results

    def finish(self, results):
        rng = self.rng
        if rng.random() < 0.5:
            ordered = self.attempt(lambda: results.order_by(*[self.order_term(results) for _ in range(rng.choice([1, 1, 2, 3]))]))
            results = ordered or results
        if rng.random() < 0.25:
            results = results.limit(rng.choice([0, 1, 2, 5, 20]))
        return results

    def order_term(self, results) -> str:
        """A column to sort by, mostly one that the rows have."""
        columns = [str(c) for c in results._spec.get_result_columns() if c.field not in ("region", "hash", "dataset_id")]
        if columns and self.rng.random() < 0.7:
            term = self.rng.choice(columns)
            term += self.rng.choice([".begin", ".end"]) if term.endswith("timespan") else ""
            return self.rng.choice(["", "-"]) + term
        terms = list(results.dimensions.names)
        for name in results.dimensions.elements:
            if name not in self.facts.universe.skypix_dimensions.names:
                terms += [f"{name}.{field}" for field in self.facts.universe[name].schema.remainder.names]
        for name in sorted(self.query.constraint_dataset_types):
            terms += [f"{name}.run", f"{name}.ingest_date", f"{name}.collection", f"{name}.dataset_id", f"{name}.timespan"]
        terms += ["timespan.begin", "name"]
        term = self.rng.choice(terms)
        if term.endswith("timespan"):
            term += self.rng.choice([".begin", ".end"])
        return self.rng.choice(["", "-"]) + term

    # What only the serialised form can say ------------------------------------------------------------------------------

    def bend(self, tree: dict, spec: dict) -> None:
        rng = self.rng
        if rng.random() < 0.06:
            spec["allow_duplicate_overlaps"] = True
        if spec["result_type"] == "general" and len(spec["dataset_fields"]) == 1 and rng.random() < 0.15:
            spec["find_first"] = True
        free = [name for name in tree["datasets"] if name not in json.dumps([spec, tree["predicate"]])]
        if free and rng.random() < 0.08:
            tree["any_dataset"] = tree["datasets"].pop(rng.choice(free))

    # Faults ------------------------------------------------------------------------------------------------------------

    def spoil(self, tree: dict, spec: dict) -> None:
        """Make a fault that the Query interface would not let pass."""
        rng = self.rng
        faults = ["order", "dimensions", "element", "field"]
        if tree["datasets"]:
            faults += ["dataset_type", "collection", "search_dimensions", "no_collections"] * 2
        fault = rng.choice(faults)
        name = next(iter(tree["datasets"]), None)
        match fault:
            case "order":
                spec["order_by"] = [{"expression_type": "dimension_key", "dimension": "tract"}]
            case "dimensions":
                tree["dimensions"] = tree["dimensions"][:1]
            case "element" if spec["result_type"] == "dimension_record":
                spec["element"] = "absent"
            case "field" if spec["result_type"] == "general":
                spec["dataset_fields"]["absent"] = ["run"]
            case "dataset_type":
                tree["datasets"] = {k if k != name else "absent": v for k, v in tree["datasets"].items()}
            case "collection":
                tree["datasets"][name]["collections"].append("absent")
            case "search_dimensions":
                tree["datasets"][name]["dimensions"] = []
            case "no_collections":
                tree["datasets"][name]["collections"] = []
