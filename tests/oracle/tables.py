"""Where a repository's database is, and its tables as plain rows; SQLite and PostgreSQL, without the Butler."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import yaml
from psycopg import sql
from psycopg.types.range import Range


class Database:
    """The tables of one repository.

    ``where`` is a repository folder (its butler.yaml is read), an SQLite file, or a PostgreSQL URL in SQLAlchemy's or
    libpq's form; ``namespace`` is the PostgreSQL schema, by default that of butler.yaml, else ``public``.
    """

    def __init__(self, where: str, namespace: str | None = None):
        url = where
        if "://" not in where and Path(where).is_dir():
            registry = yaml.safe_load((Path(where) / "butler.yaml").read_text()).get("registry", {})
            url = registry.get("db", "sqlite:///<butlerRoot>/gen3.sqlite3").replace("<butlerRoot>", where)
            namespace = namespace or registry.get("namespace")
        if url.startswith("postgresql"):
            self.sqlite, self.namespace = None, namespace or "public"
            self.postgres = psycopg.connect("postgresql" + url[url.index("://"):])
        else:
            self.postgres = None
            self.sqlite = sqlite3.connect(f"file:{url.removeprefix('sqlite:///')}?mode=ro", uri=True)

    def tables(self) -> list[str]:
        """Names of all tables, sorted."""
        if self.sqlite:
            found = self.sqlite.execute("SELECT name FROM sqlite_master WHERE type = 'table'"
                                        " AND name NOT LIKE 'sqlite!_%' ESCAPE '!'")
        else:
            found = self.postgres.execute("SELECT table_name::text FROM information_schema.tables"
                                          " WHERE table_schema = %s", (self.namespace,))
        return sorted(row[0] for row in found)

    def rows(self, table: str) -> Iterator[dict]:
        """All rows in no order, values as JSON can hold them: bytes and UUIDs as hex, ranges as text."""
        if self.sqlite:
            cursor = self.sqlite.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield {n: v.hex() if type(v) is bytes else v for n, v in zip(names, row)}
            return
        query = sql.SQL("SELECT * FROM {}").format(sql.Identifier(self.namespace, table))
        with self.postgres.cursor("rows") as cursor:
            cursor.itersize = 20000
            for row in cursor.execute(query):
                names = [column.name for column in cursor.description]
                yield {n: plain(v) if type(v) in (bytes, memoryview, uuid.UUID, Range) else v
                       for n, v in zip(names, row)}


def plain(value) -> str:
    """A PostgreSQL value as text."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, Range):
        return str(value)
    return bytes(value).hex()
