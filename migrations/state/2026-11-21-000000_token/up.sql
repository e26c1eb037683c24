-- API tokens. One text for SQLite and PostgreSQL: times are seconds since 1970 UTC, lists are JSON arrays of text.
CREATE TABLE token (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    hash TEXT NOT NULL,
    repos TEXT NOT NULL,
    collections TEXT,
    role TEXT NOT NULL CHECK (role IN ('read', 'write')),
    created BIGINT NOT NULL,
    expires BIGINT,
    revoked BIGINT,
    last_used BIGINT
);

-- The name of a revoked token may be given again.
CREATE UNIQUE INDEX token_live_name ON token (name) WHERE revoked IS NULL;
