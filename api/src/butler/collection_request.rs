//! What requests for collections ask (`QueryCollectionInfoRequestModel` in `server_models.py`).

use std::collections::BTreeSet;

use pantry_registry::RegistryError;
use pantry_registry::listing::CollectionCatalog;
use pantry_registry::model::collection::{Collection, CollectionType};
use pantry_registry::model::glob::Wildcard;
use serde_json::Value;

use super::request::Fields;
use crate::refusal::Refusal;

/// Which collections are looked for.
pub struct Search {
    /// Their names.
    pub wildcard: Wildcard,
    types: Vec<CollectionType>,
    flatten_chains: bool,
    include_chains: bool,
}

impl Search {
    /// Read a request whose field `expression` has names and patterns.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn of(request: &Fields<'_>, expression: &str) -> Result<Self, Refusal> {
        let types = request.list("collection_types")?.iter().map(|value| {
            let wrong = "Input should be 1, 2, 3 or 4";
            collection_type(value).ok_or_else(|| request.fail("collection_types", wrong))
        });
        Ok(Self {
            wildcard: Wildcard::parse_list(&request.texts(expression)?),
            types: types.collect::<Result<_, _>>()?,
            flatten_chains: request.flag("flatten_chains")?,
            include_chains: request.flag("include_chains")?,
        })
    }

    /// The collections.
    ///
    /// # Errors
    /// [`RegistryError::Missing`] for a name that is no collection.
    pub fn resolve<'a>(
        &self,
        catalog: &'a CollectionCatalog,
    ) -> Result<Vec<&'a Collection>, RegistryError> {
        let chains = Some(self.include_chains);
        catalog.resolve(&self.wildcard, &self.types, self.flatten_chains, chains)
    }
}

/// What is to be told of each collection.
pub struct Details {
    /// Its documentation.
    pub doc: bool,
    /// The chains that it is in.
    pub parents: bool,
    /// The dataset types that it may hold.
    pub summary: bool,
    /// Of them only these; all if `None`.
    pub dataset_types: Option<BTreeSet<String>>,
}

impl Details {
    /// Read a request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn of(request: &Fields<'_>) -> Result<Self, Refusal> {
        let dataset_types = match request.required("summary_datasets")? {
            Value::Null => None,
            _ => Some(request.texts("summary_datasets")?.into_iter().collect()),
        };
        Ok(Self {
            doc: request.flag("include_doc")?,
            parents: request.flag("include_parents")?,
            summary: request.flag("include_summary")?,
            dataset_types,
        })
    }
}

/// A type by its number; pydantic takes some texts for one.
fn collection_type(value: &Value) -> Option<CollectionType> {
    let number = match value {
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    let mut all = CollectionType::ALL.into_iter();
    all.find(|t| t.code() as f64 == number)
}
