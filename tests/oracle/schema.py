"""The schema of a repository's database as sorted text; with two repositories, what differs (exit code 1).

    schema.py REPO [OTHER]

SQLite: each statement of sqlite_master as it stands, and the pragmas that the file keeps. PostgreSQL: columns with
types, defaults and identity, constraints, indexes and sequences as the server prints them, without the name of the
schema; comments, which are prose, only with --comments. In tags and calibs tables the number of the dimension group stays: it is part of what is compared.
"""

from __future__ import annotations

import argparse
import sys

from dump import differences
from tables import Database

PRAGMAS = ("user_version", "application_id", "journal_mode", "auto_vacuum", "encoding", "page_size")

COLUMNS = """
SELECT table_name, ordinal_position, column_name, data_type, udt_name, character_maximum_length, numeric_precision,
       numeric_scale, datetime_precision, is_nullable, column_default, is_identity, identity_generation,
       identity_start, identity_increment, is_generated, generation_expression, collation_name
FROM information_schema.columns WHERE table_schema = %s"""
CONSTRAINTS = """
SELECT t.relname, c.conname, c.contype::text, c.condeferrable, c.condeferred, pg_get_constraintdef(c.oid)
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = %s"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = %s"
SEQUENCES = """
SELECT sequencename, data_type::text, start_value, min_value, max_value, increment_by, cycle
FROM pg_sequences WHERE schemaname = %s"""
COMMENTS = """
SELECT t.relname, d.objsubid, d.description FROM pg_description d JOIN pg_class t ON t.oid = d.objoid
JOIN pg_namespace n ON n.oid = t.relnamespace WHERE d.classoid = 'pg_class'::regclass AND n.nspname = %s"""


def sqlite_lines(database: Database):
    """sqlite_master and pragmas."""
    for kind, name, text in database.sqlite.execute("SELECT type, name, sql FROM sqlite_master"):
        yield f"{kind} {name}: {text}"
    for pragma in PRAGMAS:
        yield f"pragma {pragma}: {database.sqlite.execute(f'PRAGMA {pragma}').fetchone()[0]}"


def postgres_lines(database: Database, comments: bool):
    """The catalogue of one schema."""
    schema = database.namespace
    queries = {"column": COLUMNS, "constraint": CONSTRAINTS, "index": INDEXES, "sequence": SEQUENCES}
    for kind, query in (queries | ({"comment": COMMENTS} if comments else {})).items():
        for row in database.postgres.execute(query, (schema,)):
            line = f"{kind} " + " | ".join("-" if value is None else str(value) for value in row)
            yield line.replace(f'"{schema}".', "").replace(f"{schema}.", "")


def lines(where: str, namespace: str | None, comments: bool) -> list[str]:
    """The schema of one repository, sorted."""
    database = Database(where, namespace)
    return sorted(sqlite_lines(database) if database.sqlite else postgres_lines(database, comments))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo")
    parser.add_argument("other", nargs="?")
    parser.add_argument("--namespace", help="PostgreSQL schema of REPO")
    parser.add_argument("--other-namespace", help="PostgreSQL schema of OTHER")
    parser.add_argument("--comments", action="store_true", help="comments on tables and columns too (PostgreSQL)")
    parser.add_argument("--limit", type=int, default=40, help="how many differing lines are printed")
    args = parser.parse_args()
    found = lines(args.repo, args.namespace, args.comments)
    if args.other is None:
        sys.stdout.writelines(line + "\n" for line in found)
        return 0
    return 1 if differences(found, lines(args.other, args.other_namespace, args.comments), args.limit) else 0


if __name__ == "__main__":
    sys.exit(main())
