"""The contents of a repository's tables as sorted JSON lines; with two repositories, what differs (exit code 1).

    dump.py [options] REPO [OTHER]

REPO is a repository folder, an SQLite file or a PostgreSQL URL. So that repositories filled by different programs at
different times compare equal, ingest dates become "<time>" and ids that the database made become names: collections,
dataset types, dimension groups (also in the names of the tags and calibs tables). The prose of the stored universe is
left out, and so are row numbers of calibs tables.
"""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from collections import Counter

from tables import Database


def without_prose(tree):
    """A universe without its `doc` entries."""
    if isinstance(tree, dict):
        return {k: without_prose(v) for k, v in tree.items() if k != "doc"}
    return [without_prose(v) for v in tree] if isinstance(tree, list) else tree


class Names:
    """What generated ids stand for."""

    def __init__(self, database: Database, tables: list[str]):
        self.collections = {r["collection_id"]: r["name"] for r in database.rows("collection")}
        self.dataset_types = {r["id"]: r["name"] for r in database.rows("dataset_type")}
        # Group 0 has no dimensions and no row.
        groups: dict[int, list[str]] = {0: []} | {r["id"]: [] for r in database.rows("dimension_graph_key")}
        for row in database.rows("dimension_graph_definition"):
            groups[row["dimension_graph_id"]].append(row["dimension_name"])
        self.groups = {key: ",".join(sorted(names)) for key, names in groups.items()}
        self.tables = {t: self.table(t) for t in tables}

    def table(self, name: str) -> str:
        """A tags or calibs table by its dimensions, any other as it is called."""
        stem, _, number = name.rpartition("_")
        if stem in ("dataset_tags", "dataset_calibs") and number.isdigit():
            return f"{stem}[{self.groups[int(number)]}]"
        return name


class Dump:
    """The lines of one database."""

    def __init__(self, database: Database, args: argparse.Namespace):
        self.database, self.args = database, args
        self.tables = [t for t in database.tables() if t not in args.skip and (not args.only or t in args.only)]
        self.names = Names(database, database.tables())
        self.uuids = self.describe_uuids() if args.map_uuid7 else {}

    def describe_uuids(self) -> dict[str, str]:
        """UUIDv7 -> "type@run{data ID}", for ids that a put made."""
        runs = {r["id"]: r["run_id"] for r in self.database.rows("dataset") if uuid.UUID(r["id"]).version == 7}
        found = {}
        own = {"dataset_type_id", "dataset_id", "collection_id"}
        for table in self.database.tables():
            if not table.startswith("dataset_tags_"):
                continue
            for row in self.database.rows(table):
                if runs.get(row["dataset_id"]) == row["collection_id"]:
                    data_id = ",".join(f"{k}={v}" for k, v in sorted(row.items()) if k not in own)
                    found[row["dataset_id"]] = (f"{self.names.dataset_types[row['dataset_type_id']]}@"
                                                f"{self.names.collections[row['collection_id']]}{{{data_id}}}")
        return found

    def maps(self, table: str) -> dict[str, object]:
        """Column -> function that makes its values comparable; None drops the column."""
        names, changed = self.names, {}
        if not self.args.keep_ids:
            collection, dataset_type, group = names.collections.get, names.dataset_types.get, names.groups.get
            changed |= {"collection_id": collection, "dataset_type_id": dataset_type}
            if table == "dataset":
                changed["run_id"] = collection
            elif table == "collection_chain":
                changed |= {"parent": collection, "child": collection}
            elif table == "dataset_type":
                changed |= {"id": dataset_type, "dimensions_key": group, "tag_association_table": names.tables.get,
                            "calibration_association_table": names.tables.get}
            elif table == "dimension_graph_key":
                changed["id"] = group
            elif table == "dimension_graph_definition":
                changed["dimension_graph_id"] = group
            elif table.startswith("dataset_calibs_"):
                changed["id"] = None
        if table == "dataset" and not self.args.keep_times:
            changed["ingest_date"] = lambda time: "<time>" if isinstance(time, int) and time > 0 else time
        if self.uuids:
            changed |= {c: lambda i: self.uuids.get(i, i) for c in ("dataset_id",)}
            if table == "dataset":
                changed["id"] = lambda i: self.uuids.get(i, i)
        return changed

    def lines(self):
        """One JSON array [table, row] for each row, in no order."""
        encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
        for table in self.tables:
            prefix = "[" + encode(table if self.args.keep_ids else self.names.tables[table]) + ","
            changed = self.maps(table)
            for row in self.database.rows(table):
                for column in changed.keys() & row.keys():
                    if changed[column] is None:
                        del row[column]
                    else:
                        row[column] = changed[column](row[column])
                if table == "butler_attributes" and row["name"].endswith("dimensions.json"):
                    row["value"] = without_prose(json.loads(row["value"]))
                yield prefix + encode(row) + "]"


def differences(left, right, limit: int) -> int:
    """Print the lines that only one side has; returns how many."""
    count = Counter(left)
    count.subtract(right)
    lines = sorted((line, n) for line, n in count.items() if n)
    for line, n in lines[:limit]:
        print(("- " if n > 0 else "+ ") + line + (f" ({abs(n)} times)" if abs(n) > 1 else ""))
    if len(lines) > limit:
        print(f"... and {len(lines) - limit} more")
    return len(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo")
    parser.add_argument("other", nargs="?")
    parser.add_argument("--namespace", help="PostgreSQL schema of REPO")
    parser.add_argument("--other-namespace", help="PostgreSQL schema of OTHER")
    parser.add_argument("--keep-ids", action="store_true", help="leave ids as they are")
    parser.add_argument("--keep-times", action="store_true", help="leave ingest dates as they are")
    parser.add_argument("--map-uuid7", action="store_true", help="replace UUIDv7 by type, run and data ID")
    parser.add_argument("--only", action="append", default=[], metavar="TABLE")
    parser.add_argument("--skip", action="append", default=[], metavar="TABLE")
    parser.add_argument("--limit", type=int, default=40, help="how many differing lines are printed")
    args = parser.parse_args()
    dumped = Dump(Database(args.repo, args.namespace), args).lines()
    if args.other is None:
        sys.stdout.writelines(line + "\n" for line in sorted(dumped))
        return 0
    other = Dump(Database(args.other, args.other_namespace), args).lines()
    return 1 if differences(dumped, other, args.limit) else 0


if __name__ == "__main__":
    sys.exit(main())
