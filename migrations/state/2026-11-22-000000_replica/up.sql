-- Where else files are. One text for SQLite and PostgreSQL.

-- All files whose URI begins with one prefix are also at another.
CREATE TABLE replica_rule (
    prefix TEXT NOT NULL,
    copy TEXT NOT NULL,
    rank BIGINT NOT NULL,
    PRIMARY KEY (prefix, copy)
);

-- One file is also elsewhere.
CREATE TABLE replica (
    uri TEXT NOT NULL,
    copy TEXT NOT NULL,
    rank BIGINT NOT NULL,
    PRIMARY KEY (uri, copy)
);
