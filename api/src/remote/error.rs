//! What goes wrong between us and a Butler server.

/// Why a server gave no answer that is one.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// Nobody listens, the name is unknown, the connection broke.
    #[error("cannot ask the Butler server at {url}: {reason}")]
    Unreachable {
        /// The address that was asked.
        url: String,
        /// What the system said.
        reason: String,
    },
    /// It does not know us, or does not let us in.
    #[error(
        "the Butler server at {url} does not let us in ({status}): {}",
        match has_token {
            true => "the token in BUTLER_RUBIN_ACCESS_TOKEN is not accepted for this repository",
            false => "set BUTLER_RUBIN_ACCESS_TOKEN to a token for it",
        }
    )]
    Refused {
        /// The address that was asked.
        url: String,
        /// 401 or 403.
        status: u16,
        /// Whether a token was sent.
        has_token: bool,
    },
    /// The error of a user, in the words of the server (`ButlerUserError`).
    #[error("{detail}")]
    User {
        /// Its kind, such as `missing_collection`.
        error_type: String,
        /// What it says.
        detail: String,
    },
    /// Another status than the protocol has.
    #[error("the server at {url} answered with status {status}{}", match body.trim() { "" => String::new(), text => format!(": {text}") })]
    Status {
        /// The address that was asked.
        url: String,
        /// The status.
        status: u16,
        /// The beginning of what it said.
        body: String,
    },
    /// Something that is not of the protocol.
    #[error("the answer of the server at {url} is not that of a Butler server: {reason}")]
    NotUnderstood {
        /// The address that was asked.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
}
