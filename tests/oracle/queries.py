"""Random queries over a repository and the Python Butler's answers to them, in one process that lives as long as its input.

Reads one request a line from standard input, each a JSON object with one key, and answers each with a line of JSON:

    {"make": {"name": NAME, "repo": FOLDER, "db": URL or null}}  makes a repository of query_repos.py     -> {}
    {"open": FOLDER}                                             opens it for what follows               -> {}
    {"universe": {}}                                             its dimensions as stored                -> {"universe": TEXT}
    {"generate": {"seed": N, "count": M}}                        queries N.0 to N.(M-1)                  -> {"cases": [CASE...]}
    {"execute": {"tree", "spec", INPUTS}}                        -> {"columns": [NAME...], "rows": [[VALUE...]...]}
    {"count": {"tree", "spec", INPUTS, "exact", "discard"}}      -> {"count": N}
    {"any": {"tree", INPUTS, "execute", "exact"}}                -> {"any": BOOL}
    {"explain": {"tree", INPUTS, "execute"}}                     -> {"messages": [TEXT...]}

INPUTS are "inputs", a list of uploads and materialisations as the remote Butler's `additional_query_inputs`, and
"default_data_id". A CASE has tree, spec and these as they are asked, what else is asked with by the name of the request, and the
texts of its where-expressions with what became of each: the predicate, or the error. Any answer may be {"error": error_type or
null, "class": NAME, "message": TEXT} instead, or {"skipped": WHY} where the answer is too large or takes too long.

Values: integers, texts, floats, truth values and null as they are, but floats that are no numbers as texts; UUIDs hyphenated;
timespans [begin, end) and times in TAI nanoseconds; regions and bytes in hex. Rows: data_coordinate has all dimension keys,
required first; dimension_record all fields of the element; dataset_ref the keys of the data ID, run, id; general its columns in
their order. Data IDs with records have them after that, an object by element, general rows those of elements that are no columns.
"""

from __future__ import annotations

import contextlib
import json
import math
import resource
import signal
import sys
import uuid
import warnings

import absent

absent.install()

import astropy.time  # noqa: E402
import query_repos  # noqa: E402
from lsst.daf.butler import Butler, ButlerUserError, DataCoordinate, Timespan  # noqa: E402
from lsst.daf.butler.queries.result_specs import SerializedResultSpec  # noqa: E402
from lsst.daf.butler.queries.tree import SerializedQueryTree  # noqa: E402
from lsst.daf.butler.time_utils import TimeConverter  # noqa: E402
from lsst.sphgeom import Region  # noqa: E402
from query_cases import Case  # noqa: E402
from query_facts import Facts  # noqa: E402

warnings.simplefilter("ignore")

MAX_ROWS = 20_000
MAX_SECONDS = 20
MAX_BYTES = 4 << 30


class TooMuch(Exception):
    """An answer that is not worth waiting for."""


def normal(value):
    """A value as JSON."""
    match value:
        case float() if not math.isfinite(value):
            return repr(value)
        case uuid.UUID():
            return str(value)
        case Timespan():
            return list(value.nsec)
        case Region():
            return value.encode().hex()
        case bytes():
            return value.hex()
        case astropy.time.Time():
            return TimeConverter().astropy_to_nsec(value)
    return value


class Session:
    """Requests of one client."""

    def __init__(self):
        self.butler = None
        self.facts = None

    def make(self, name: str, repo: str, db: str | None = None):
        query_repos.make(name, repo, db)
        return {}

    def open(self, repo: str):
        self.butler = Butler.from_config(repo)
        self.facts = None
        return {}

    def universe(self):
        return {"universe": json.dumps(self.butler.dimensions.dimensionConfig.toDict())}

    def generate(self, seed: int, count: int):
        self.facts = self.facts or Facts(self.butler)
        cases = []
        with self.driver() as driver:
            for number in range(count):
                cases.append({"name": f"{seed}.{number}", **Case(self.facts, driver, f"{seed}.{number}").draw()})
        return {"cases": cases}

    @contextlib.contextmanager
    def driver(self, inputs=(), default_data_id=None):
        universe = self.butler.dimensions
        default = default_data_id or {}
        default = DataCoordinate.standardize(default, dimensions=universe.conform(default.keys()))
        with self.butler._query_driver((), default) as driver:
            for given in inputs:
                dimensions, key = universe.conform(given["dimensions"]), uuid.UUID(given["key"])
                if given["type"] == "upload":
                    driver.upload_data_coordinates(dimensions, [tuple(row) for row in given["rows"]], key=key)
                else:
                    tree, datasets = SerializedQueryTree(given["tree"]).to_query_tree(universe), frozenset(given["datasets"])
                    driver.materialize(tree, dimensions, datasets, given["allow_duplicate_overlaps"], key=key)
            yield driver

    def execute(self, tree, spec, **inputs):
        universe = self.butler.dimensions
        tree = SerializedQueryTree(tree).to_query_tree(universe)
        spec = SerializedResultSpec(spec).to_result_spec(universe)
        spec.validate_tree(tree)
        rows = []
        with self.driver(**inputs) as driver:
            columns, convert = converter(spec)
            for page in driver.execute(spec, tree):
                rows += convert(page)
                if len(rows) > MAX_ROWS:
                    raise TooMuch(f"more than {MAX_ROWS} rows")
        return {"columns": columns, "rows": rows}

    def count(self, tree, spec, exact=True, discard=True, **inputs):
        universe = self.butler.dimensions
        tree = SerializedQueryTree(tree).to_query_tree(universe)
        spec = SerializedResultSpec(spec).to_result_spec(universe)
        spec.validate_tree(tree)
        with self.driver(**inputs) as driver:
            return {"count": driver.count(tree, spec, exact=exact, discard=discard)}

    def any(self, tree, execute=True, exact=True, **inputs):
        tree = SerializedQueryTree(tree).to_query_tree(self.butler.dimensions)
        with self.driver(**inputs) as driver:
            return {"any": driver.any(tree, execute=execute, exact=exact)}

    def explain(self, tree, execute=False, **inputs):
        tree = SerializedQueryTree(tree).to_query_tree(self.butler.dimensions)
        with self.driver(**inputs) as driver:
            return {"messages": list(driver.explain_no_results(tree, execute=execute))}


def record_json(record) -> dict | None:
    return record and {name: normal(value) for name, value in record.toDict().items()}


def records(data_id) -> dict:
    """The records of an expanded data ID by element; skypix have none."""
    found = {}
    for element in data_id.dimensions.elements:
        if element not in data_id.universe.skypix_dimensions.names:
            found[element] = record_json(data_id.records[element])
    return found


def general_rows(columns, page) -> list[list]:
    """Rows of a page of general results, with the records that the page has beside them; skypix have none."""
    rows = [[normal(value) for value in row] for row in page.rows]
    if page.dimension_records is None:
        return rows
    by_key = {}
    for element, some in page.dimension_records.items():
        if element.name not in element.universe.skypix_dimensions.names:
            by_key[element] = {record.dataId.required_values: record_json(record) for record in some}
    for row in rows:
        values = dict(zip(columns, row))
        row.append({e.name: some.get(tuple(values[d] for d in e.minimal_group.required)) for e, some in by_key.items()})
    return rows


def converter(spec):
    """Names of the columns of a result, and a function that makes rows of a page of it."""
    expanded = getattr(spec, "include_dimension_records", False)
    keys = list(spec.dimensions.data_coordinate_keys)
    extra = ["records"] if expanded else []

    def data_id_row(data_id, *more):
        row = [normal(data_id[key]) for key in keys] + [normal(value) for value in more]
        return row + [records(data_id)] if expanded else row

    match spec.result_type:
        case "data_coordinate":
            return keys + extra, lambda page: [data_id_row(data_id) for data_id in page.rows]
        case "dataset_ref":
            return [*keys, "run", "id", *extra], lambda page: [data_id_row(ref.dataId, ref.run, ref.id) for ref in page.rows]
        case "dimension_record":
            fields = [*spec.element.schema.names]
            return fields, lambda page: [[normal(record.get(name)) for name in fields] for record in page.rows]
    columns = spec.get_result_columns()
    columns = [columns.get_qualified_name(*column) for column in columns]
    return columns + extra, lambda page: general_rows(columns, page)


def answer(session: Session, line: str) -> dict:
    (name, arguments), = json.loads(line).items()
    if isinstance(arguments, str):
        arguments = {"repo": arguments}

    def stop(*_):
        raise TooMuch(f"more than {MAX_SECONDS} seconds")

    if name in ("execute", "count", "any", "explain"):
        signal.signal(signal.SIGALRM, stop)
        signal.alarm(MAX_SECONDS)
    try:
        return getattr(session, name)(**arguments)
    except TooMuch as why:
        return {"skipped": str(why)}
    except MemoryError:
        return {"skipped": f"more than {MAX_BYTES} bytes of memory"}
    except Exception as error:
        if "out of memory" in str(error):
            return {"skipped": f"more than {MAX_BYTES} bytes of memory"}
        error_type = error.error_type if isinstance(error, ButlerUserError) else None
        return {"error": error_type, "class": type(error).__name__, "message": str(error)}
    finally:
        signal.alarm(0)


if __name__ == "__main__":
    # An answer that fills the machine's memory would end more than this process.
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_BYTES, MAX_BYTES))
    session = Session()
    # What the Butler prints must not end up among the answers.
    out = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        print(json.dumps(answer(session, line)), file=out, flush=True)
