-- What `pantry verify` found sound, and when. One text for SQLite and PostgreSQL: times are seconds since 1970 UTC.
CREATE TABLE verified_repo (
    id BIGINT NOT NULL PRIMARY KEY,
    -- Root of the datastore and database in words.
    name TEXT NOT NULL UNIQUE
);

-- A file is known by the first 64 bits of the BLAKE3 of its path: millions of paths would be most of the state.
CREATE TABLE verified_file (
    repo BIGINT NOT NULL REFERENCES verified_repo (id),
    file BIGINT NOT NULL,
    -- When it was there with the size of its record, when its structure was looked at, when its checksum was computed.
    sized BIGINT NOT NULL,
    structured BIGINT,
    summed BIGINT,
    PRIMARY KEY (repo, file)
);
