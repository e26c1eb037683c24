"""What a random query refers to beside its tree: uploaded data IDs and rows of other queries, as the remote Butler sends them."""

from __future__ import annotations

import random
import uuid

from lsst.daf.butler.queries import Query
from lsst.daf.butler.queries.tree import make_identity_query_tree
from query_facts import Facts


def key(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


def upload(rng: random.Random, facts: Facts, query: Query) -> tuple[Query, dict] | None:
    """Restrict a query to some data IDs, of which a few need not exist."""
    name = rng.choice([n for n in ("detector", "visit", "exposure", "tract", "patch", "physical_filter") if facts.records.get(n)])
    rows = {r.dataId.required_values for r in facts.records[name] if rng.random() < 0.5}
    if not rows:
        return None
    if rng.random() < 0.2:
        *first, last = max(rows)
        rows.add((*first, last + 1 if isinstance(last, int) else "absent"))
    dimensions = facts.universe.conform([name])
    own = key(rng)
    written = {"type": "upload", "key": str(own), "dimensions": list(dimensions.names), "rows": sorted(map(list, rows))}
    return Query(query._driver, query._tree.join_data_coordinate_upload(own, dimensions)), written


def materialization(rng: random.Random, query: Query, tree_json) -> tuple[Query, dict]:
    """A query over the rows of this one, as `Query.materialize` makes it, but not run."""
    tree = query._tree
    dimensions = tree.dimensions
    if rng.random() < 0.4 and dimensions:
        names = sorted(dimensions.names)
        dimensions = dimensions.universe.conform(rng.sample(names, rng.randint(1, len(names))))
    datasets = [name for name in sorted(tree.datasets) if tree.datasets[name].dimensions <= dimensions and rng.random() < 0.8]
    own = key(rng)
    written = {
        "type": "materialized",
        "key": str(own),
        "tree": tree_json(tree),
        "dimensions": list(dimensions.names),
        "datasets": datasets,
        "allow_duplicate_overlaps": rng.random() < 0.15,
    }
    new = make_identity_query_tree(dimensions.universe).join_materialization(own, dimensions=dimensions)
    for name in datasets:
        new = new.join_dataset(name, tree.datasets[name])
    return Query(query._driver, new), written
