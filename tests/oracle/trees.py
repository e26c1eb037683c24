"""Serialised trees and result specifications with what the Python Butler makes of them, as JSON lines on standard output.

    trees.py > registry/tests/query/trees.jsonl

Each line: {"kind": "tree" or "spec", "in": JSON, "out": JSON as the Butler writes it after reading} or, instead of "out", "error":
the class of the exception and "message". The universe is that of new repositories.
"""

from __future__ import annotations

import base64
import itertools
import json

from lsst.daf.butler import DimensionUniverse
from lsst.daf.butler.queries.result_specs import SerializedResultSpec
from lsst.daf.butler.queries.tree import SerializedQueryTree
from lsst.sphgeom import Box, Circle, ConvexPolygon, LonLat, UnitVector3d
from query_cases import spec_json, tree_json

UNIVERSE = DimensionUniverse()
U5 = "00000000-0000-0000-0000-000000000005"
ALL = ["visit", "exposure", "detector"]


def key(dimension="visit"):
    return {"expression_type": "dimension_key", "dimension": dimension}


def field(element, name):
    return {"expression_type": "dimension_field", "element": element, "field": name}


def dataset(name, column):
    return {"expression_type": "dataset_field", "dataset_type": name, "field": column}


def literal(kind, value):
    return {"expression_type": kind, "value": value}


def unary(operator, operand):
    return {"expression_type": "unary", "operand": operand, "operator": operator}


def binary(a, operator, b):
    return {"expression_type": "binary", "a": a, "b": b, "operator": operator}


def reverse(operand):
    return {"expression_type": "reversed", "operand": operand}


def leaf(kind, **parts):
    return {"predicate_type": kind, **parts}


def compare(a, operator, b):
    return leaf("comparison", a=a, b=b, operator=operator)


def where(*groups, dimensions=ALL, **parts):
    return {"dimensions": dimensions, **parts, "predicate": {"operands": [list(group) for group in groups]}}


def null(operand):
    return where([leaf("is_null", operand=operand)])


def encoded(region):
    return base64.b64encode(region.encode()).decode()


def literals():
    for value in [0, 1, -1, 2**63 - 1, -(2**63), 5.0, 5.5, "7", " -7 ", "7.00", "7.5", "1_000", "1__0", "_1", "x", "", True, None, [1], {}, 1e30]:
        yield literal("int", value)
    for value in ["", "a", "it's", "\u00e9\U0001f52d", "null", 1, None, True, []]:
        yield literal("string", value)
    for value in [0, 1.5, -2.25, 1e300, 5e-324, 3, "1.5", " 2 ", "1e3", "x", "", True, None, [], 2**70]:
        yield literal("float", value)
    for value in [U5, U5.replace("-", ""), f"{{{U5}}}", f"urn:uuid:{U5}", U5[:-1], U5.upper(), "", 5, None]:
        yield literal("uuid", value)
    for value in ["", "AP8=", base64.b64encode(bytes(range(64))).decode(), 5, None]:
        yield {"expression_type": "hash", "encoded": value}
    for value in [0, 1577836800000000000, 4102444800000000000, -1, "5", 1.5, None]:
        yield {"expression_type": "datetime", "nsec": value}
    for begin, end in [(0, 4102444800000000000), (4102444800000000000, 0), (1, 2), ("1", 2.0), (1, None), (1, "x")]:
        yield {"expression_type": "timespan", "begin_nsec": begin, "end_nsec": end}
    yield {"expression_type": "timespan", "begin_nsec": 1}
    corners = [UnitVector3d(LonLat.fromDegrees(*p)) for p in [(1, 1), (2, 1), (1.5, 2)]]
    point = UnitVector3d(LonLat.fromDegrees(5, 5))
    for region in [Circle(point), Box(LonLat.fromDegrees(1, 1), LonLat.fromDegrees(2, 3)), ConvexPolygon(corners), Circle.full(), Box.empty()]:
        yield {"expression_type": "region", "encoded": encoded(region)}
    for value in [5, None]:
        yield {"expression_type": "region", "encoded": value}
    yield from [{"expression_type": "int"}, {"expression_type": "absent", "value": 1}, {"value": 1}, {}, None, 5, [], literal(5, 5)]
    yield {"expression_type": "int", "value": 1, "more": 2}
    yield {"expression_type": "bool", "value": True}


def expressions():
    yield from map(key, ["visit", "instrument", "htm7", "patch", "absent", "", 5, None, "visit.id"])
    for element, name in [
        ("visit", "exposure_time"), ("visit", "region"), ("visit", "timespan"), ("visit", "id"), ("visit", "day_obs"),
        ("visit_detector_region", "region"), ("exposure", "can_see_sky"), ("skymap", "hash"), ("absent", "x"), ("visit", "absent"),
        ("htm7", "region"), ("htm7", "id"), ("detector", "full_name"), ("visit", 5), (None, "x"), ("instrument", "name"),
    ]:
        yield field(element, name)
    for operator, operand in itertools.product(["-", "begin_of", "end_of", "+"], [
        key(), field("visit", "exposure_time"), field("visit", "timespan"), key("instrument"), field("visit", "region"), literal("int", 1),
    ]):
        yield unary(operator, operand)
    operands = [key(), literal("int", 2), literal("float", 2.0), field("visit", "exposure_time"), key("instrument"), field("visit", "timespan")]
    for operator in ["+", "-", "*", "/", "%", "**"]:
        for a, b in itertools.product(operands[:4], operands):
            yield binary(a, operator, b)
    yield binary(unary("-", key()), "+", binary(key("detector"), "%", literal("int", 2)))
    yield unary("-", unary("-", unary("-", key())))
    yield {"expression_type": "unary", "operand": key()}
    yield {"expression_type": "binary", "a": key(), "operator": "+"}
    yield reverse(key())


def leaves():
    sides = [
        key(), key("instrument"), field("visit", "exposure_time"), field("visit", "timespan"), field("visit", "region"),
        field("exposure", "can_see_sky"), literal("int", 1), literal("string", "a"), literal("float", 1.0), literal("uuid", U5),
        {"expression_type": "datetime", "nsec": 5}, {"expression_type": "timespan", "begin_nsec": 5, "end_nsec": 6},
        {"expression_type": "region", "encoded": encoded(Circle(UnitVector3d(LonLat.fromDegrees(5, 5))))},
        {"expression_type": "hash", "encoded": "AP8="}, unary("begin_of", field("visit", "timespan")),
    ]
    for a, b in itertools.combinations_with_replacement(sides, 2):
        yield compare(a, "overlaps", b)
        yield compare(b, "==", a)
    for side in sides:
        yield from [compare(side, "<", side), compare(side, "glob", side), compare(key(), ">=", side)]
    for operator in ["!=", ">", ">=", "<=", "=", "OVERLAPS", None]:
        yield compare(key(), operator, literal("int", 1))
    yield leaf("comparison", a=key(), operator="==")
    for operand in [*sides, None, {}]:
        yield leaf("is_null", operand=operand)
        yield leaf("in_container", member=operand, container=[operand])
    yield leaf("in_container", member=key(), container=[])
    yield leaf("in_container", member=key(), container=[literal("int", 1), literal("string", "a")])
    yield leaf("in_container", member=key(), container=None)
    yield leaf("in_container", member=key(), container=literal("int", 1))
    yield leaf("in_range", member=key())
    for start, stop, step in [(0, None, 1), (1, 5, 2), (5, 5, 1), (5, 4, 1), (1, 2, 0), (1, 2, -1), (-5, 5, 1), ("1", 2.0, True), (None, 2, 1), (1.5, 2, 1)]:
        yield leaf("in_range", member=key(), start=start, stop=stop, step=step)
    yield leaf("in_range", member=key("instrument"), start=0, stop=3, step=1)
    yield leaf("boolean_wrapper", operand=field("exposure", "can_see_sky"))
    yield leaf("boolean_wrapper", operand=literal("int", 1))
    yield leaf("not", operand=leaf("boolean_wrapper", operand=field("exposure", "can_see_sky")))
    yield leaf("not", operand=leaf("is_null", operand=key()))
    yield leaf("not", operand=leaf("not", operand=leaf("is_null", operand=key())))
    yield leaf("not")
    yield leaf("absent", operand=key())
    yield from [{}, None, [], {"operand": key()}]
    yield from in_queries()


def in_queries():
    inner = {"dimensions": ["visit"]}
    search = {"collections": ["a"], "dimensions": ["visit"]}
    yield leaf("in_query", member=key(), column=key(), query_tree=inner)
    yield leaf("in_query", member=key(), column=key(), query_tree=where([leaf("is_null", operand=key())], dimensions=["visit"]))
    yield leaf("in_query", member=key(), column=key("instrument"), query_tree=inner)
    yield leaf("in_query", member=key(), column=key("detector"), query_tree=inner)
    yield leaf("in_query", member=field("visit", "region"), column=field("visit", "region"), query_tree=inner)
    yield leaf("in_query", member=literal("uuid", U5), column=dataset("d", "dataset_id"), query_tree={**inner, "datasets": {"d": search}})
    yield leaf("in_query", member=literal("uuid", U5), column=dataset("e", "dataset_id"), query_tree={**inner, "datasets": {"d": search}})
    yield leaf("in_query", member=literal("uuid", U5), column=dataset(-1, "dataset_id"), query_tree={**inner, "any_dataset": search})
    yield leaf("in_query", member=key(), column=key(), query_tree={"dimensions": ["absent"]})
    yield leaf("in_query", member=key(), column=key(), query_tree=None)
    yield leaf("in_query", member=key(), column=key())


def trees():
    is_null = leaf("is_null", operand=key())
    search = {"collections": ["a", "b"], "dimensions": ["visit"]}
    for dimensions in [[], ["visit"], ["visit", "visit"], ["band", "patch"], ["htm7"], ["healpix3"], ["absent"], "visit", {"visit": 1}, None, [1], [None]]:
        yield {"dimensions": dimensions}
    yield from [{}, [], None, "visit", 5]
    yield from map(null, itertools.chain(literals(), expressions()))
    for one in leaves():
        yield where([one])
    yield from [where(), where([]), where([], []), where([is_null], [is_null, is_null]), where([is_null], [])]
    yield from [where([is_null], dimensions=["detector"]), where([leaf("is_null", operand=field("patch", "region"))], dimensions=["tract"])]
    for predicate in [None, {}, [], {"operands": None}, {"operands": [None]}, {"operands": is_null}]:
        yield {"dimensions": ["visit"], "predicate": predicate}
    for datasets in [{}, None, [], {"d": search}, {"d": search, "e": {"collections": [], "dimensions": []}}, {"d": {"collections": ["a"]}},
                     {"d": {"collections": "a", "dimensions": []}}, {"d": {"collections": [1], "dimensions": []}}, {"d": None},
                     {"d": {"collections": ["a"], "dimensions": ["patch"]}}, {"d": {"collections": ["a"], "dimensions": ["absent"]}}]:
        yield {"dimensions": ["visit"], "datasets": datasets}
    for any_dataset in [None, search, {}, {"collections": [], "dimensions": ["patch"]}]:
        yield {"dimensions": ["visit"], "any_dataset": any_dataset}
    for name, column in itertools.product(["d", "absent", -1, 0, None, "-1"], ["run", "dataset_id", "collection", "timespan", "ingest_date", "calib_pkey", "absent"]):
        yield {**null(dataset(name, column)), "datasets": {"d": search}, "any_dataset": search}
    for part, groups in itertools.product(["data_coordinate_uploads", "materializations"], [
        {}, {U5: ["visit"]}, {U5.replace("-", ""): ["detector"]}, {"x": ["visit"]}, {U5: ["patch"]}, {U5: "visit"}, None, {U5: []},
    ]):
        yield {"dimensions": ["visit"], part: groups}
    for value in [True, False, 0, 1, 2, 1.0, "yes", "OFF", "x", None, []]:
        yield {"dimensions": ["visit"], "validateGovernorConstraints": value}
    yield {"dimensions": ["visit"], "more": 1}


def specs():
    plain = {"result_type": "data_coordinate", "dimensions": ["visit", "detector"]}
    refs = {"result_type": "dataset_ref", "dataset_type_name": "d", "dimensions": ["visit"], "storage_class_name": "S", "find_first": True}
    general = {"result_type": "general", "dimensions": ["visit", "htm7"], "dimension_fields": {}, "dataset_fields": {}, "find_first": False}
    yield from [plain, refs, general, {**plain, "include_dimension_records": True}, {**refs, "include_dimension_records": True}]
    for one, name in [(plain, "dimensions"), *((refs, n) for n in refs), *((general, n) for n in general)]:
        yield {k: v for k, v in one.items() if k != name}
        yield {**one, name: None}
        yield {**one, name: 5}
    for element in ["visit", "visit_definition", "htm7", "band", "absent", "", None, 5]:
        yield {"result_type": "dimension_record", "element": element}
    yield {"result_type": "dimension_record", "element": "visit", "dimensions": ["patch"]}
    for limit in [None, 0, 1, 10**15, "3", 2.0, 2.5, True, "x", []]:
        yield {**plain, "limit": limit}
    for value in [True, "no", 2, None]:
        yield {**plain, "allow_duplicate_overlaps": value}
        yield {**plain, "include_dimension_records": value}
        yield {**refs, "find_first": value}
    for one in expressions():
        yield {**plain, "order_by": [one]}
    terms = [key(), reverse(key("instrument")), field("visit", "exposure_time"), reverse(reverse(key())), field("visit", "region"),
             reverse(field("visit", "timespan")), reverse(unary("end_of", field("visit", "timespan"))), dataset("d", "run"),
             dataset("d", "ingest_date"), dataset("d", "dataset_id"), dataset(-1, "collection"), literal("int", 1), {}, None]
    for term in terms:
        yield {**refs, "order_by": [term]}
    yield {**refs, "order_by": terms[:3]}
    yield {**refs, "order_by": None}
    for fields in [{"visit": ["name"]}, {"visit": ["name", "region", "name"]}, {"visit": []}, {"detector": ["raft"]}, {"htm7": ["region"]},
                   {"visit": ["absent"]}, {"absent": ["x"]}, {"visit": "name"}, {"visit": [1]}, []]:
        yield {**general, "dimension_fields": fields}
    for fields in [{"d": ["run"]}, {"d": ["run", "dataset_id", "collection", "timespan", "ingest_date"], "e": ["collection_key", "calib_pkey"]},
                   {"d": []}, {"d": ["absent"]}, {"d": "run"}, {"d": None}]:
        yield {**general, "dataset_fields": fields}
        yield {**general, "dataset_fields": fields, "find_first": True}
    yield from [{"result_type": "absent"}, {"result_type": None}, {}, None, [], {"dimensions": ["visit"]}]


def line(kind: str, given) -> dict:
    try:
        if kind == "tree":
            out = tree_json(SerializedQueryTree(given).to_query_tree(UNIVERSE))
        else:
            out = spec_json(SerializedResultSpec(given).to_result_spec(UNIVERSE))
    except Exception as error:
        message = str(error) if type(error).__name__ == "InvalidQueryError" else None
        return {"kind": kind, "in": given, "error": type(error).__name__, "message": message}
    return {"kind": kind, "in": given, "out": out}


if __name__ == "__main__":
    for given in trees():
        print(json.dumps(line("tree", given)))
    for given in specs():
        print(json.dumps(line("spec", given)))
