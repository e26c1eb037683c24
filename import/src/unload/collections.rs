//! The collections of an export.

use std::collections::BTreeSet;

use pantry_registry::Registry;
use pantry_registry::config::yaml_text;
use pantry_registry::listing::CollectionCatalog;
use pantry_registry::model::collection::{Collection, CollectionType};

use super::document::{Document, list};
use crate::Error;

/// The collections of these names in an order in which they can be registered: those that are no chains, then chains, those
/// that others have as children first (`RepoExportContext._computeSortedCollections`).
///
/// # Errors
/// A name that is no collection.
pub(super) fn sorted_collections(
    catalog: &CollectionCatalog,
    names: &[String],
    runs: &[String],
) -> Result<Vec<Collection>, Error> {
    let names: BTreeSet<&String> = names.iter().chain(runs).collect();
    let mut sorted = Vec::new();
    let mut chains = BTreeSet::new();
    for name in names {
        let collection = catalog.get(name)?;
        match collection.collection_type {
            CollectionType::Chained => drop(chains.insert(name.as_str())),
            _ => sorted.push(collection.clone()),
        }
    }
    while !chains.is_empty() {
        let waits = |chain: &&str| {
            let mut children = catalog.children(chain).iter();
            children.any(|child| chains.contains(child.as_str()))
        };
        let ready: Vec<&str> = chains.iter().copied().filter(|c| !waits(c)).collect();
        if ready.is_empty() {
            let names = chains.into_iter().collect::<Vec<_>>().join(", ");
            return Err(Error::Unsupported(format!(
                "these chains contain each other: {names}"
            )));
        }
        for chain in ready {
            sorted.push(catalog.get(chain)?.clone());
            chains.remove(chain);
        }
    }
    Ok(sorted)
}

/// Write the definitions of collections; says how many.
pub(super) fn write(
    registry: &mut Registry,
    catalog: &CollectionCatalog,
    collections: &[Collection],
    document: &mut Document,
) -> Result<u64, Error> {
    for collection in collections {
        let name = yaml_text(&collection.name);
        let doc = collection.doc.as_deref().map(yaml_text);
        let mut fields = vec![
            ("type", "collection".to_owned()),
            (
                "collection_type",
                collection.collection_type.name().to_owned(),
            ),
            ("name", name),
        ];
        fields.extend(doc.map(|doc| ("doc", doc)));
        match collection.collection_type {
            CollectionType::Run => {
                let (host, timespan) = registry.run_details(collection)?;
                let host = host.as_deref().map(yaml_text);
                fields.push(("host", host.unwrap_or_else(|| "null".to_owned())));
                let (begin, end) = timespan.map_or((None, None), |t| (t.begin(), t.end()));
                for (key, time) in [("timespan_begin", begin), ("timespan_end", end)] {
                    let time = time.map(|t| format!("!butler_time/tai/iso '{}'", t.iso()));
                    fields.push((key, time.unwrap_or_else(|| "null".to_owned())));
                }
            }
            CollectionType::Chained => {
                let children = catalog.children(&collection.name).iter();
                fields.push(("children", list("  ", children.map(String::as_str))));
            }
            CollectionType::Tagged | CollectionType::Calibration => {}
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
        document.entry(&fields)?;
    }
    Ok(u64::try_from(collections.len()).unwrap_or(u64::MAX))
}
