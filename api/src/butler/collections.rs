//! Collections: which there are, how they are chained, what they hold (`lsst/daf/butler/_butler_collections.py`).

use axum::Json;
use axum::body::Bytes;
use pantry_registry::Registry;
use pantry_registry::listing::{CollectionCatalog, search_dataset_types};
use pantry_registry::model::collection::{Collection, CollectionType};
use pantry_registry::model::glob::Wildcard;
use serde_json::{Map, Value, json};

use super::collection_request::{Details, Search};
use super::parameters::Parameters;
use super::request::{Fields, parse};
use super::wire::dataset_type_to_json;
use crate::asked::Asked;
use crate::refusal::Refusal;

/// Collections that go into one look-up of their parents.
const PIECE: usize = 500;

/// `GET v1/collection_info`: one collection. What was not asked for is left out.
pub async fn info(asked: Asked, parameters: Parameters) -> Result<Json<Value>, Refusal> {
    let name = parameters.text("name")?.to_owned();
    let with_doc = parameters.flag("include_doc")?;
    let with_parents = parameters.flag("include_parents")?;
    let question = move |registry: &mut Registry| {
        let collection = registry.collection(&name)?;
        let mut info = Map::new();
        info.insert("name".to_owned(), json!(name));
        let collection_type = collection.collection_type;
        info.insert("type".to_owned(), json!(collection_type.code()));
        let children = registry.chain_children(&name)?;
        info.insert("children".to_owned(), json!(children));
        if with_doc {
            let doc = collection.doc.as_ref().filter(|doc| !doc.is_empty());
            info.insert("doc".to_owned(), json!(doc));
        }
        if with_parents {
            let parents = registry.parent_chains(&[&collection])?.remove(&name);
            info.insert("parents".to_owned(), json!(parents.unwrap_or_default()));
        }
        Ok::<_, Refusal>(Value::Object(info))
    };
    let answer = asked.repo.ask(move |registry| registry.read(question));
    Ok(Json(answer.await?))
}

/// `GET v1/collection_summary`: dataset types and governors that a collection may hold.
pub async fn summary(asked: Asked, parameters: Parameters) -> Result<Json<Value>, Refusal> {
    let name = parameters.text("name")?.to_owned();
    let question = move |registry: &mut Registry| {
        let names = [name.clone()];
        let catalog = CollectionCatalog::read_for(registry, &literal(&names))?;
        let summary = catalog.summary(&name);
        let types: Vec<String> = summary.dataset_types.into_iter().collect();
        let types = search_dataset_types(registry, &literal(&types))?.found;
        let types: Vec<Value> = types
            .iter()
            .map(|t| dataset_type_to_json(&t.dataset_type))
            .collect();
        let summary = json!({"dataset_types": types, "governors": summary.governors});
        Ok::<_, Refusal>(json!({"summary": summary}))
    };
    let answer = asked.repo.ask(move |registry| registry.read(question));
    Ok(Json(answer.await?))
}

/// Names that are no patterns, whatever is in them.
fn literal(names: &[String]) -> Wildcard {
    Wildcard::Some {
        names: names.to_vec(),
        patterns: Vec::new(),
    }
}

/// `POST v1/query_collections`: names of the collections that an expression means.
pub async fn query(asked: Asked, body: Bytes) -> Result<Json<Value>, Refusal> {
    let body = parse(&body)?;
    let search = Search::of(&Fields::of(&body)?, "search")?;
    let question = move |registry: &mut Registry| {
        let catalog = CollectionCatalog::read_for(registry, &search.wildcard)?;
        let found = search.resolve(&catalog)?;
        let names: Vec<&str> = found.iter().map(|c| c.name.as_str()).collect();
        Ok::<_, Refusal>(json!({"collections": names}))
    };
    let answer = asked.repo.ask(move |registry| registry.read(question));
    Ok(Json(answer.await?))
}

/// `POST v1/query_collection_info`: the collections that an expression means, as the client wants to know them.
pub async fn query_info(asked: Asked, body: Bytes) -> Result<Json<Value>, Refusal> {
    let body = parse(&body)?;
    let fields = Fields::of(&body)?;
    let search = Search::of(&fields, "expression")?;
    let details = Details::of(&fields)?;
    let question = move |registry: &mut Registry| {
        let catalog = CollectionCatalog::read_for(registry, &search.wildcard)?;
        let found = search.resolve(&catalog)?;
        let mut infos = Vec::with_capacity(found.len());
        for piece in found.chunks(PIECE) {
            let mut parents = match details.parents {
                true => registry.parent_chains(piece)?,
                false => Default::default(),
            };
            for collection in piece {
                let mut info = info_to_json(collection, &catalog, &details);
                if details.parents {
                    info["parents"] = json!(parents.remove(&collection.name).unwrap_or_default());
                }
                infos.push(info);
            }
        }
        Ok::<_, Refusal>(json!({"collections": infos}))
    };
    let answer = asked.repo.ask(move |registry| registry.read(question));
    Ok(Json(answer.await?))
}

/// A `CollectionInfo`, without its parents.
fn info_to_json(collection: &Collection, catalog: &CollectionCatalog, details: &Details) -> Value {
    let doc = collection.doc.as_deref().filter(|_| details.doc);
    let children = match collection.collection_type {
        CollectionType::Chained => catalog.children(&collection.name),
        _ => &[],
    };
    let types = details.summary.then(|| {
        let mut types = catalog.dataset_types(&collection.name);
        if let Some(wanted) = &details.dataset_types {
            types.retain(|name| wanted.contains(*name));
        }
        types
    });
    json!({
        "name": collection.name,
        "type": collection.collection_type.code(),
        "doc": doc.unwrap_or(""),
        "children": children,
        "parents": null,
        "dataset_types": types,
    })
}
