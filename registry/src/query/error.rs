//! What can go wrong with a query.

use crate::error::RegistryError;
use crate::model::data_coordinate::MissingDimension;
use crate::model::dimension_group::UnknownDimension;

/// An error of a query. The kinds are those of the reference's user errors (`lsst/daf/butler/_exceptions.py`), by which its
/// clients tell them apart.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The query contradicts itself or the repo (`InvalidQueryError`).
    #[error("{0}")]
    Invalid(String),
    /// A query that neither the reference nor this program can answer (`UnimplementedQueryError`).
    #[error("{0}")]
    Unimplemented(String),
    /// A dimension that the universe does not have (`DimensionNameError`).
    #[error("{0}")]
    DimensionName(String),
    /// A dataset type that is not registered (`MissingDatasetTypeError`).
    #[error("Dataset type '{0}' has not been registered.")]
    MissingDatasetType(String),
    /// A collection that does not exist (`MissingCollectionError`).
    #[error("No collection with name '{0}' found.")]
    MissingCollection(String),
    /// A dataset type that is not as the query has it (`DatasetTypeError`).
    #[error("{0}")]
    DatasetType(String),
    /// Text that is no name of a dataset type (`DatasetTypeExpressionError`).
    #[error("{0}")]
    DatasetTypeExpression(String),
    /// A component that datasets of a type do not have (`UnknownComponentError`).
    #[error("{0}")]
    UnknownComponent(String),
    /// Values by which a data ID cannot be completed (`DimensionValueError`).
    #[error("{0}")]
    DimensionValue(String),
    /// A data ID of things that the repo does not have (`DataIdValueError`).
    #[error("{0}")]
    DataIdValue(String),
    /// A data ID whose values contradict each other (`InconsistentDataIdError`).
    #[error("{0}")]
    InconsistentDataId(String),
    /// Several validity ranges match one data ID (`CalibrationLookupError`).
    #[error("{0}")]
    CalibrationLookup(String),
    /// No collection was named, and the repo has no default (`NoDefaultCollectionError`).
    #[error("No collections provided and no default collections.")]
    NoDefaultCollection,
    /// The registry failed.
    #[error(transparent)]
    Registry(RegistryError),
}

impl From<RegistryError> for QueryError {
    fn from(error: RegistryError) -> Self {
        match error {
            // The reference fails at it with the words of the server.
            RegistryError::Unsortable => Self::Invalid(error.to_string()),
            other => Self::Registry(other),
        }
    }
}

impl From<MissingDimension> for QueryError {
    fn from(error: MissingDimension) -> Self {
        Self::DimensionName(error.to_string())
    }
}

impl From<UnknownDimension> for QueryError {
    fn from(error: UnknownDimension) -> Self {
        Self::DimensionName(error.to_string())
    }
}

impl QueryError {
    /// An [`QueryError::Invalid`].
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(message.into())
    }

    /// The reference's name of the kind, as its server sends it; `None` for what is no user error there.
    pub fn error_type(&self) -> Option<&'static str> {
        match self {
            Self::Invalid(_) => Some("invalid_query"),
            Self::Unimplemented(_) => Some("unimplemented_query"),
            Self::DimensionName(_) => Some("dimension_name"),
            Self::MissingDatasetType(_) => Some("missing_dataset_type"),
            Self::MissingCollection(_) => Some("missing_collection"),
            Self::CalibrationLookup(_) => Some("calibration_lookup"),
            Self::DatasetTypeExpression(_) => Some("dataset_type_expression"),
            Self::UnknownComponent(_) => Some("unknown_component"),
            Self::DimensionValue(_) => Some("dimension_value"),
            Self::DataIdValue(_) => Some("data_id_value"),
            Self::InconsistentDataId(_) => Some("inconsistent_data_id"),
            Self::DatasetType(_) | Self::NoDefaultCollection | Self::Registry(_) => None,
        }
    }
}
