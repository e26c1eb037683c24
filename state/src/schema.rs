//! The tables as diesel sees them; their SQL is in `migrations/state/`.

diesel::table! {
    /// API tokens.
    token (id) {
        /// Public part of the token, 16 hexadecimal digits.
        id -> Text,
        /// Whom it was given to; unique among those that are not revoked.
        name -> Nullable<Text>,
        /// BLAKE3 of the token, 64 hexadecimal digits.
        hash -> Text,
        /// Globs of repository labels, a JSON array of text.
        repos -> Text,
        /// Globs of collections, a JSON array of text; NULL for all.
        collections -> Nullable<Text>,
        /// `read` or `write`.
        role -> Text,
        /// Times are seconds since 1970 UTC.
        created -> BigInt,
        /// First moment at which it is no longer valid; NULL for never.
        expires -> Nullable<BigInt>,
        /// When it was revoked.
        revoked -> Nullable<BigInt>,
        /// When it was last used, within some minutes.
        last_used -> Nullable<BigInt>,
    }
}

diesel::table! {
    /// Rules: files below a prefix that are elsewhere too.
    replica_rule (prefix, copy) {
        /// What URIs of records begin with.
        prefix -> Text,
        /// What stands in its place in the URI of the copy.
        copy -> Text,
        /// Lower ones are tried first.
        rank -> BigInt,
    }
}

diesel::table! {
    /// Single files that are elsewhere too.
    replica (uri, copy) {
        /// The URI of a record.
        uri -> Text,
        /// That of the copy.
        copy -> Text,
        /// Lower ones are tried first.
        rank -> BigInt,
    }
}

diesel::table! {
    /// Repos of which verifications are remembered.
    verified_repo (id) {
        /// From its name.
        id -> BigInt,
        /// Root of the datastore and database in words.
        name -> Text,
    }
}

diesel::table! {
    /// Files that were found sound. Times are seconds since 1970 UTC.
    verified_file (repo, file) {
        /// The repo.
        repo -> BigInt,
        /// From the path.
        file -> BigInt,
        /// When it was there and had its size.
        sized -> BigInt,
        /// When its structure was looked at.
        structured -> Nullable<BigInt>,
        /// When its checksum was computed.
        summed -> Nullable<BigInt>,
    }
}
