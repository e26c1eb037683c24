"""Queries: Butler.query, its short forms, and the queries of the registry shim."""

from __future__ import annotations

import astropy.table
from inputs import Inputs
from lsst.daf.butler import Timespan
from plain import Unordered

DIMENSIONS = [[], ["instrument"], ["detector"], ["visit"], ["visit", "detector"], ["exposure"], ["patch"], ["tract", "band"],
              ["physical_filter"], ["day_obs"], ["htm7"], ["visit", "tract"], ["patch", "visit", "detector"]]
ELEMENTS = ["instrument", "detector", "physical_filter", "visit", "exposure", "skymap", "tract", "patch", "visit_detector_region",
            "visit_definition", "day_obs", "group", "visit_system", "visit_system_membership", "band", "htm7", "no_such"]
WHERE = ["instrument = 'HSC'", "instrument IN ('HSC', 'Cam') AND detector > 0", "band = 'g'", "visit > 11", "skymap LIKE '%'",
         "instrument = 'HSC' AND visit IN (1000..1006:2)", "no_such = 3", "detector = 'text'", "instrument = 'nobody'",
         "instrument = 'Cam' AND visit.exposure_time > 29.0", "instrument = 'HSC' OR instrument = 'Cam'", "(", "htm7 = 254018",
         "visit.timespan OVERLAPS (T'2014-01-01', T'2027-01-01')", "instrument = inst", "tract = 9813 AND patch IN (ids)"]
BIND = {"inst": "HSC", "ids": (27, 28)}


def data_id_calls(inputs: Inputs):
    for dimensions in DIMENSIONS:
        for where in ["", *WHERE]:
            yield f"query_data_ids {dimensions} {where!r}", lambda b, d=dimensions, w=where: Unordered(b.query_data_ids(
                d, where=w, bind=BIND, explain=False, with_dimension_records="=" in w))
        yield f"query_data_ids explained {dimensions}", lambda b, d=dimensions: Unordered(b.query_data_ids(
            d, instrument="nobody"))
        yield f"registry.queryDataIds {dimensions}", lambda b, d=dimensions: Unordered(b.registry.queryDataIds(d))
        yield f"registry.queryDataIds expanded {dimensions}", lambda b, d=dimensions: Unordered(
            b.registry.queryDataIds(d).expanded())
    yield "query_data_ids sorted", lambda b: b.query_data_ids(["visit"], order_by="-visit", limit=2, explain=False)
    yield "query_data_ids sorted by timespan", lambda b: b.query_data_ids(["visit"], order_by="-timespan.begin", explain=False)
    yield "query_data_ids of no dimension", lambda b: b.query_data_ids(["no_such"])
    for name in inputs.dataset_types[:4]:
        yield f"registry.queryDataIds of {name}", lambda b, n=name: Unordered(b.registry.queryDataIds(
            ["instrument"], datasets=n, collections=inputs.chains))
        yield f"registry.queryDataIds count of {name}", lambda b, n=name: b.registry.queryDataIds(
            ["instrument"], datasets=n, collections=inputs.chains).count()


def dimension_record_calls(inputs: Inputs):
    for element in ELEMENTS:
        for where in ["", *WHERE[:4]]:
            yield f"query_dimension_records {element} {where!r}", lambda b, e=element, w=where: Unordered(
                b.query_dimension_records(e, where=w, explain=False))
        yield f"query_dimension_records limited {element}", lambda b, e=element: len(
            b.query_dimension_records(e, limit=2, explain=False))
        yield f"registry.queryDimensionRecords {element}", lambda b, e=element: Unordered(b.registry.queryDimensionRecords(e))
    yield "query_dimension_records sorted", lambda b: b.query_dimension_records("visit", order_by=["-exposure_time", "id"], explain=False)
    yield "query_dimension_records explained", lambda b: b.query_dimension_records("visit", instrument="nobody")
    yield "query_dimension_records by keyword", lambda b: Unordered(b.query_dimension_records("detector", instrument="HSC", explain=False))


def dataset_calls(inputs: Inputs):
    for name in [*inputs.dataset_types, "no_such"]:
        for collections in ["*", inputs.chains, inputs.collections[:2], "no/such", []]:
            for first in (True, False):
                yield f"query_datasets {name} {collections} {first}", lambda b, n=name, c=collections, f=first: Unordered(
                    b.query_datasets(n, c, find_first=f and c != "*", explain=False))
        yield f"query_datasets explained {name}", lambda b, n=name: b.query_datasets(n, inputs.chains, where="instrument = 'nobody'")
        yield f"query_datasets with records {name}", lambda b, n=name: Unordered(b.query_datasets(
            n, "*", find_first=False, with_dimension_records=True, explain=False))
        yield f"query_datasets by data ID {name}", lambda b, n=name: Unordered(b.query_datasets(
            n, inputs.chains, data_id={"instrument": "HSC"}, explain=False))
        yield f"query_datasets sorted {name}", lambda b, n=name: b.query_datasets(
            n, "*", find_first=False, order_by=["dataset_id"], limit=3, explain=False)
        yield f"query_datasets warned {name}", lambda b, n=name: len(b.query_datasets(
            n, "*", find_first=False, order_by=["dataset_id"], limit=-1, explain=False))
        yield f"registry.queryDatasets {name}", lambda b, n=name: Unordered(b.registry.queryDatasets(n, collections=inputs.chains))
        yield f"registry.queryDatasets first {name}", lambda b, n=name: Unordered(b.registry.queryDatasets(
            n, collections=inputs.chains, findFirst=True, where="instrument = 'HSC'"))
        yield f"registry.queryDatasetAssociations {name}", lambda b, n=name: Unordered(
            [a.ref, a.collection, a.timespan] for a in b.registry.queryDatasetAssociations(n, collections="*"))
    yield "registry.queryDatasets *", lambda b: Unordered(b.registry.queryDatasets("*a*", collections="*"))


def all_dataset_calls(inputs: Inputs):
    for names in ["*", "*a*", inputs.dataset_types[:3], ["no_such"], ["*", "no_such"], []]:
        for collections in ["*", inputs.chains, "no/such"]:
            for first in (True, False):
                yield f"query_all_datasets {names} {collections} {first}", lambda b, n=names, c=collections, f=first: Unordered(
                    b.query_all_datasets(c, name=n, find_first=f))
        yield f"query_all_datasets where {names}", lambda b, n=names: Unordered(b.query_all_datasets(
            inputs.chains, name=n, where="instrument = inst", bind={"inst": "HSC"}))
        yield f"query_all_datasets data ID {names}", lambda b, n=names: Unordered(b.query_all_datasets(
            inputs.chains, name=n, data_id={"instrument": "HSC"}, detector=50))
        yield f"query_all_datasets limited {names}", lambda b, n=names: len(b.query_all_datasets(
            "*", name=n, find_first=False, limit=4))
        yield f"query_all_datasets warned {names}", lambda b, n=names: len(b.query_all_datasets(
            "*", name=n, find_first=False, limit=-4))


def query_object_calls(inputs: Inputs):
    for name, call in [*QUERIES.items()]:
        yield f"query: {name}", lambda b, call=call: in_query(b, inputs, call)


def in_query(butler, inputs, call):
    with butler.query() as query:
        return call(query, inputs)


def uploaded(query, inputs):
    with_detector = [r for r in inputs.refs if "detector" in r.dataId.dimensions]
    data_ids = [ref.dataId.subset(inputs.universe.conform(["detector"])) for ref in with_detector]
    return Unordered(query.join_data_coordinates(data_ids).data_ids(["detector"]).with_dimension_records())


def uploaded_table(query, inputs):
    table = astropy.table.Table({"instrument": ["HSC", "HSC", "Cam"], "detector": [49, 7, 1]})
    return Unordered(query.join_data_coordinate_table(table).data_ids(["detector", "physical_filter"]))


def materialized(query, inputs):
    name = inputs.dataset_types[-1]
    query = query.join_dataset_search(name, inputs.collections).materialize()
    return [Unordered(query.datasets(name, inputs.collections, find_first=False)), query.any(), query.constraint_dataset_types,
            Unordered(query.data_ids(query.constraint_dimensions))]


def materialized_twice(query, inputs):
    query = query.where(instrument="HSC").join_dimensions(["visit", "detector"]).materialize(dimensions=["visit"])
    query = query.join_dimensions(["patch"]).materialize(dimensions=["visit", "patch"])
    return Unordered(query.data_ids(["visit", "patch"]))


def general(query, inputs):
    name = next(n for n in inputs.dataset_types if "instrument" in inputs.by_type[n][0].dimensions)
    query = query.join_dataset_search(name, inputs.collections)
    found = query.general(["instrument"], dimension_fields={"instrument": {"class_name"}},
                          dataset_fields={name: {"run", "dataset_id", "ingest_date", "collection"}}, find_first=False)
    return [Unordered(found), found.count(), Unordered(found.with_dimension_records())]


def general_tuples(query, inputs):
    name = inputs.dataset_types[-1]
    query = query.join_dataset_search(name, inputs.collections)
    dimensions = inputs.by_type[name][0].dimensions
    found = query.general(dimensions, dataset_fields={name: ...}, find_first=False)
    dataset_type = inputs.by_type[name][0].datasetType
    return Unordered([row.data_id, row.refs, row.raw_row] for row in found.iter_tuples(dataset_type))


def counts(query, inputs):
    return [[results.count(), results.count(exact=False), results.count(discard=True), results.any(),
             results.any(execute=False, exact=False), list(results.explain_no_results())]
            for results in (query.data_ids(["patch"]), query.data_ids(["visit", "detector"]), query.dimension_records("visit"))]


def counts_of_datasets(query, inputs):
    found = [query.datasets(name, inputs.collections, find_first=False) for name in inputs.dataset_types]
    return [[results.count(), results.any(), results.where("instrument = 'nobody'").any()] for results in found]


def reasons(query, inputs):
    return [list(query.datasets(name, inputs.collections, find_first=False).where(
        "instrument = 'nobody' OR skymap = 'nowhere'").explain_no_results(execute=execute))
        for name in inputs.dataset_types for execute in (True, False)]


def expressions(query, inputs):
    x = query.expression_factory
    past = Timespan(None, None)
    return [Unordered(query.where(x.detector.id < 51, x.not_(x.instrument == "Cam")).data_ids(["detector"])),
            Unordered(query.where(x.visit.timespan.overlaps(past)).data_ids(["visit"])),
            Unordered(query.where(x.any(x.band == "g", x.band.in_iterable(["r"]))).data_ids(["physical_filter"])),
            Unordered(query.where(x.literal(3) < x.detector).data_ids(["detector"])),
            list(query.dimension_records("detector").order_by(x.detector.full_name.desc).limit(2))]


def closed(query, inputs):
    rows = iter(query.data_ids(["detector"]))
    query._driver.__exit__(None, None, None)
    return list(rows)


def broken_off(query, inputs):
    return type(next(iter(query.data_ids(["detector"]).order_by("detector")))).__name__


QUERIES = {
    "upload": uploaded,
    "table": uploaded_table,
    "empty upload": lambda q, i: q.join_data_coordinates([]),
    "materialize": materialized,
    "materialize twice": materialized_twice,
    "general": general,
    "general tuples": general_tuples,
    "general by names": lambda q, i: Unordered(q.general(["detector"], "detector.full_name", "instrument.detector_max")),
    "general without search": lambda q, i: list(q.general(["detector"], dataset_fields={"x": {"run"}}, find_first=True)),
    "counts": counts,
    "counts of datasets": counts_of_datasets,
    "reasons": reasons,
    "expressions": expressions,
    "closed": closed,
    "broken off": broken_off,
    "unknown order": lambda q, i: list(q.data_ids(["detector"]).order_by("no_such")),
    "dimensions": lambda q, i: Unordered(q.join_dimensions(["visit"]).where(band="g").data_ids(["visit"])),
    "limits": lambda q, i: [len(list(q.data_ids(["detector"]).limit(n))) for n in (0, 1, 2)],
    "default collections": lambda q, i: q.datasets(i.dataset_types[0]).count(),
}


def query_calls(inputs: Inputs):
    for part in (data_id_calls, dimension_record_calls, dataset_calls, all_dataset_calls, query_object_calls):
        yield from part(inputs)
