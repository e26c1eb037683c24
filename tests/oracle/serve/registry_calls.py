"""Calls about collections, dataset types, datasets and data IDs: Butler, Butler.collections and the registry shim."""

from __future__ import annotations

import uuid

from inputs import Inputs
from lsst.daf.butler import CollectionType, DataCoordinate
from lsst.daf.butler.registry import RegistryDefaults
from plain import Unordered

GLOBS = ["*", "HSC/*", "*s*", "c*/*", "[!H]*", "no-such*", "?ags"]


def collection_calls(inputs: Inputs):
    names = [*inputs.collections, "no/such"]
    for name in [*names, "a*"]:
        yield f"get_info {name}", lambda b, name=name: b.collections.get_info(name, include_parents=True, include_summary=True)
        yield f"get_info short {name}", lambda b, name=name: b.collections.get_info(name)
    for expression in [*GLOBS, [], names[:3], names[::-1][1:], [names[0], "*s*"], ["no/such", "neither"], [*names[:2], *names[:2]]]:
        for flatten in (False, True):
            for chains in (None, False, True):
                yield f"query {expression} {flatten} {chains}", lambda b, e=expression, f=flatten, c=chains: in_order(
                    e, b.collections.query(e, flatten_chains=f, include_chains=c))
        yield f"query_info {expression}", lambda b, e=expression: in_order(e, b.collections.query_info(
            e, include_parents=True, include_summary=True, include_doc=True))
        yield f"query_info few {expression}", lambda b, e=expression: in_order(e, b.collections.query_info(
            e, flatten_chains=True, include_summary=True, summary_datasets=inputs.dataset_types[:2]))
    for kind in CollectionType:
        yield f"query type {kind.name}", lambda b, kind=kind: Unordered(b.collections.query("*", collection_types=kind))
    yield "query two types", lambda b: Unordered(b.collections.query("*", {CollectionType.RUN, CollectionType.CHAINED}))
    yield "collections as a sequence", lambda b: [len(b.collections), list(b.collections), b.collections.defaults]
    yield "first default collection", lambda b: b.collections[0]
    yield "collection_chains", lambda b: b.collection_chains.get_info(names[0])


def in_order(expression, found):
    """Patterns leave the order open."""
    listed = [expression] if isinstance(expression, str) else expression
    return Unordered(found) if any("*" in e or "?" in e for e in listed) else found


def registry_collection_calls(inputs: Inputs):
    for name in [*inputs.collections, "no/such"]:
        for method in ("getCollectionType", "getCollectionChain", "getCollectionParentChains", "getCollectionDocumentation",
                       "getCollectionSummary"):
            yield f"registry.{method} {name}", lambda b, name=name, method=method: getattr(b.registry, method)(name)
    for expression in [..., "*s*", inputs.collections[:2], ["no/such"]]:
        yield f"registry.queryCollections {expression}", lambda b, e=expression: Unordered(b.registry.queryCollections(e))
        yield f"registry.queryCollections runs {expression}", lambda b, e=expression: Unordered(b.registry.queryCollections(
            e, collectionTypes=CollectionType.RUN, flattenChains=True))


def dataset_type_calls(inputs: Inputs):
    for name in [*inputs.dataset_types, *inputs.components, "no_such", "no_such.part", "not a name", ""]:
        yield f"get_dataset_type {name}", lambda b, name=name: b.get_dataset_type(name)
        yield f"registry.getDatasetType {name}", lambda b, name=name: b.registry.getDatasetType(name)
    for expression in [..., "*", "*a*", ["no_such", "*"], inputs.dataset_types[:2], inputs.components[:1], [], ["no_such", "nor_this"]]:
        yield f"registry.queryDatasetTypes {expression}", lambda b, e=expression: with_missing(b, e)


def with_missing(butler, expression):
    missing: list[str] = []
    found = butler.registry.queryDatasetTypes(expression, missing=missing)
    return [Unordered(found), Unordered(missing)]


def dataset_calls(inputs: Inputs):
    nobody = uuid.UUID(int=7)
    for ref in [*inputs.some_refs]:
        for records in (False, True):
            yield f"get_dataset {ref} {records}", lambda b, ref=ref, r=records: b.get_dataset(ref.id, dimension_records=r)
        yield f"registry.getDataset {ref}", lambda b, ref=ref: b.registry.getDataset(ref.id)
        yield f"get_dataset class {ref}", lambda b, ref=ref: b.get_dataset(
            str(ref.id), storage_class=ref.datasetType.storageClass_name)
        for chain in [*inputs.chains, ref.run, [ref.run, inputs.collections[0]], "no/such", "*"]:
            for data_id in (dict(ref.dataId.required), ref.dataId):
                yield f"find_dataset {ref} in {chain} by {type(data_id).__name__}", lambda b, ref=ref, c=chain, d=data_id: (
                    b.find_dataset(ref.datasetType.name, d, collections=c))
        data_id = dict(ref.dataId.required)
        yield f"find_dataset with records {ref}", lambda b, ref=ref, d=data_id: b.find_dataset(
            ref.datasetType, d, collections=ref.run, dimension_records=True, datastore_records=True)
        yield f"find_dataset by keywords {ref}", lambda b, ref=ref, d=data_id: b.find_dataset(
            ref.datasetType, collections=ref.run, **d)
        yield f"registry.findDataset {ref}", lambda b, ref=ref, d=data_id: b.registry.findDataset(
            ref.datasetType, d, collections=ref.run)
        yield f"find_dataset by defaults {ref}", lambda b, ref=ref: with_defaults(b, ref).find_dataset(ref.datasetType)
        for wrong in wrong_data_ids(data_id):
            yield f"find_dataset {ref} by {wrong}", lambda b, ref=ref, w=wrong: b.find_dataset(
                ref.datasetType, w, collections=ref.run)
    for ref, component in inputs.component_refs:
        name = ref.datasetType.componentTypeName(component)
        yield f"find_dataset {name}", lambda b, n=name, ref=ref: b.find_dataset(n, ref.dataId, collections=ref.run)
        yield f"registry.findDataset {name}", lambda b, n=name, ref=ref: b.registry.findDataset(n, ref.dataId, collections=ref.run)
    for ref, timespan in inputs.certified:
        where = dict(data_id=dict(ref.dataId.required), collections=inputs.calibrations)
        yield f"find_dataset {ref} at {timespan}", lambda b, r=ref, t=timespan, w=where: b.find_dataset(r.datasetType, timespan=t, **w)
        yield f"find_dataset {ref} at no time", lambda b, r=ref, w=where: b.find_dataset(r.datasetType, **w)
    for name, data_id in inputs.rewritten:
        yield f"find_dataset {name} by {data_id}", lambda b, n=name, d=data_id: b.find_dataset(n, d, collections=inputs.chains[:1])
    yield "get_dataset of nobody", lambda b: b.get_dataset(nobody)
    yield "get_dataset of no id", lambda b: b.get_dataset("nonsense")
    yield "get_many_datasets", lambda b: Unordered(b.get_many_datasets([nobody, *(ref.id for ref in inputs.refs)]))
    yield "get_many_datasets none", lambda b: b.get_many_datasets([])
    yield "find_dataset of no type", lambda b: b.find_dataset("no_such", instrument="HSC", collections="*")
    yield "find_dataset without collections", lambda b: b.find_dataset(inputs.dataset_types[0], instrument="HSC")
    yield "run", lambda b: [b.run, b.isWriteable(), b.registry.isWriteable()]
    yield "universe", lambda b: [b.dimensions, b.registry.dimensions]


def wrong_data_ids(data_id: dict):
    yield {**data_id, "no_such": 1}
    yield {k: "nothing" if isinstance(v, str) else 10**6 for k, v in data_id.items()}
    yield {k: 1 if isinstance(v, str) else "text" for k, v in data_id.items()}
    yield {**data_id, "band": "z", "physical_filter": "none"}
    for key in data_id:
        yield {k: v for k, v in data_id.items() if k != key}


def with_defaults(butler, ref):
    """The same repo, with the dataset's collection and governors as defaults."""
    governors = {name: ref.dataId[name] for name in ref.dataId.dimensions.governors}
    clone = butler.clone(collections=[ref.run], inferDefaults=False, dataId=governors)
    rest = {k: v for k, v in ref.dataId.required.items() if k not in governors}
    clone.find_dataset = lambda t, find=clone.find_dataset: find(t, rest)
    return clone


def data_id_calls(inputs: Inputs):
    for ref in inputs.some_refs:
        data_id = dict(ref.dataId.required)
        yield f"registry.expandDataId {ref}", lambda b, d=data_id: b.registry.expandDataId(d)
        yield f"registry.expandDataId standard {ref}", lambda b, ref=ref: b.registry.expandDataId(
            DataCoordinate.standardize(ref.dataId, universe=b.dimensions))
        yield f"_expand_data_ids {ref}", lambda b, ref=ref: b._expand_data_ids([ref.dataId.subset(ref.dataId.dimensions)])
        for wrong in wrong_data_ids(data_id):
            yield f"registry.expandDataId {wrong}", lambda b, w=wrong: b.registry.expandDataId(w)
    yield "registry.expandDataId empty", lambda b: b.registry.expandDataId({})
    yield "registry.defaults", registry_defaults
    yield "registry.storageClasses", lambda b: b.registry.storageClasses.getStorageClass("int").name
    yield "registry.refresh", lambda b: b.registry.refresh()
    yield "registry.caching_context", caching_context


def registry_defaults(butler):
    clone = butler.clone()
    clone.registry.defaults = RegistryDefaults(collections=list(butler.collections.query("*"))[:2], infer=True)
    return [Unordered(clone.registry.defaults.collections), clone.registry.defaults.dataId, clone.registry.defaults.run]


def caching_context(butler):
    with butler.registry.caching_context():
        return Unordered(butler.registry.queryCollections("*"))


def registry_calls(inputs: Inputs):
    for part in (collection_calls, registry_collection_calls, dataset_type_calls, dataset_calls, data_id_calls):
        yield from part(inputs)
