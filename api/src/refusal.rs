//! Why a request is not answered.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pantry_registry::RegistryError;
use pantry_registry::query::QueryError;
use serde_json::{Value, json};

/// Seconds after which a refused request may be tried again, as the reference says.
pub const RETRY_SECONDS: u32 = 5;

/// A request that is not answered. As a response it has the form of the Butler protocol; the REST router gives it that of
/// RFC 9457.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// An error of the user as the reference knows them (`lsst/daf/butler/_exceptions.py`): 422.
    User {
        /// The kind, by which the reference's client makes an exception.
        error_type: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// A request that is not as its schema says: 422 without a kind, as FastAPI answers.
    Malformed {
        /// Where: `body` or `query`, then names of fields.
        place: Vec<String>,
        /// What is wrong there.
        detail: String,
    },
    /// There is nothing of this name: 404.
    NotFound(String),
    /// Nobody has said who asks: 401.
    Unauthenticated(String),
    /// Who asks may not: 403.
    Forbidden(String),
    /// None of the forms that the client takes can be had: 406.
    NotAcceptable(String),
    /// One user asks too much at a time: 429.
    TooMany(String),
    /// The server or its database is too busy, or the database cannot be reached: 503.
    Busy(String),
    /// A fault of the server or its repo: 500. The text is for the log alone.
    Fault(String),
}

impl Refusal {
    /// A [`Refusal::Malformed`] of the request's body.
    pub fn body(detail: impl Into<String>) -> Self {
        Self::Malformed {
            place: vec!["body".to_owned()],
            detail: detail.into(),
        }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::User { .. } | Self::Malformed { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotAcceptable(_) => StatusCode::NOT_ACCEPTABLE,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What is told to who asks.
    pub fn detail(&self) -> &str {
        match self {
            Self::User { detail, .. } | Self::Malformed { detail, .. } => detail,
            Self::NotFound(detail)
            | Self::Unauthenticated(detail)
            | Self::Forbidden(detail)
            | Self::NotAcceptable(detail)
            | Self::TooMany(detail)
            | Self::Busy(detail) => detail,
            Self::Fault(_) => "the server failed; its log says why",
        }
    }

    /// The body in the form of the Butler protocol.
    pub fn to_json(&self) -> Value {
        match self {
            Self::User { error_type, detail } => {
                json!({"error_type": error_type, "detail": detail})
            }
            Self::Malformed { place, detail } => {
                json!({"detail": [{"type": "value_error", "loc": place, "msg": detail}]})
            }
            other => json!({"detail": other.detail()}),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.detail())
    }
}

impl std::error::Error for Refusal {}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status(), Json(self.to_json())).into_response();
        let headers = response.headers_mut();
        match self {
            Self::TooMany(_) | Self::Busy(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(RETRY_SECONDS));
            }
            Self::Unauthenticated(_) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<RegistryError> for Refusal {
    fn from(error: RegistryError) -> Self {
        match error {
            RegistryError::Connect { .. } | RegistryError::Lost { .. } => {
                tracing::warn!("{error}");
                Self::Busy("The database cannot be reached; try again later.".to_owned())
            }
            RegistryError::Busy { .. } => Self::Busy(
                "Another process is writing to the database; try again later.".to_owned(),
            ),
            RegistryError::TimedOut { .. } => Self::User {
                error_type: "invalid_query",
                detail: "The query took longer than this server allows; ask for less.".to_owned(),
            },
            RegistryError::Missing {
                kind: "collection",
                name,
            } => QueryError::MissingCollection(name).into(),
            RegistryError::DatasetTypeExpression(detail) => Self::User {
                error_type: "dataset_type_expression",
                detail,
            },
            other => Self::Fault(other.to_string()),
        }
    }
}

impl From<QueryError> for Refusal {
    fn from(error: QueryError) -> Self {
        match error.error_type() {
            Some(error_type) => Self::User {
                error_type,
                detail: error.to_string(),
            },
            None => match error {
                QueryError::Registry(error) => error.into(),
                other => Self::User {
                    error_type: "invalid_query",
                    detail: other.to_string(),
                },
            },
        }
    }
}
