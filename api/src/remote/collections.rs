//! The collections of a server's repo.

use std::collections::BTreeMap;

use pantry_registry::collection_summaries::CollectionSummary;
use pantry_registry::listing::CollectionCatalog;
use pantry_registry::model::collection::{Collection, CollectionType};
use serde::Deserialize;
use serde_json::json;

use super::{RemoteButler, RemoteError};

/// A collection as the server tells of it (`CollectionInfo`, `lsst/daf/butler/_butler_collections.py`).
#[derive(Deserialize)]
struct CollectionInfo {
    name: String,
    r#type: i64,
    #[serde(default)]
    children: Vec<String>,
    #[serde(default)]
    dataset_types: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct CollectionInfos {
    collections: Vec<CollectionInfo>,
}

impl RemoteButler {
    /// All collections with their children and dataset types. Their numbers are made up, in the order of the answer.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub fn collections(&self) -> Result<CollectionCatalog, RemoteError> {
        let path = "query_collection_info";
        let request = json!({
            "expression": ["*"],
            "collection_types": CollectionType::ALL.map(CollectionType::code),
            "flatten_chains": false,
            "include_chains": true,
            "include_parents": false,
            "include_summary": true,
            "include_doc": false,
            "summary_datasets": null,
        });
        let infos: CollectionInfos = self.connection.post(path, &request)?;
        let mut collections = Vec::new();
        let mut chains = BTreeMap::new();
        let mut summaries = BTreeMap::new();
        for (info, id) in infos.collections.into_iter().zip(1..) {
            let Some(collection_type) = CollectionType::from_code(info.r#type) else {
                let reason = format!("collection '{}' is of type {}", info.name, info.r#type);
                return Err(self.connection.not_understood(path, &reason));
            };
            if collection_type == CollectionType::Chained {
                chains.insert(info.name.clone(), info.children);
            } else {
                let summary = CollectionSummary {
                    dataset_types: info.dataset_types.into_iter().flatten().collect(),
                    ..CollectionSummary::default()
                };
                summaries.insert(info.name.clone(), summary);
            }
            collections.push(Collection {
                id,
                name: info.name,
                collection_type,
                doc: None,
            });
        }
        Ok(CollectionCatalog::new(collections, chains, summaries))
    }
}
