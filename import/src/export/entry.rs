//! The entries of an export's `data`: what each must say.

use pantry_registry::model::collection::CollectionType;

use super::{ExportedCollection, ExportedDatasetType};
use crate::yaml::{Mapping, Node};

/// One entry without its list of records.
#[derive(Debug)]
pub enum Entry {
    /// Records of a dimension element.
    Dimension {
        /// Name of the element.
        element: String,
    },
    /// A collection.
    Collection(ExportedCollection),
    /// A dataset type.
    DatasetType(ExportedDatasetType),
    /// Datasets of one type in one run.
    Datasets {
        /// Name of the dataset type.
        dataset_type: String,
        /// Name of the run.
        run: String,
    },
    /// Datasets of a TAGGED or CALIBRATION collection.
    Associations {
        /// Name of the collection.
        collection: String,
        /// Whether datasets come with validity ranges.
        is_calibration: bool,
    },
}

/// Read the head of an entry; `Err` says in words what is wrong. Warnings are appended to `warnings`.
pub fn parse(header: &Mapping, line: u64, warnings: &mut Vec<String>) -> Result<Entry, String> {
    match text(header, "type")?.as_str() {
        "dimension" => Ok(Entry::Dimension {
            element: text(header, "element")?,
        }),
        "collection" => collection(header, line, warnings).map(Entry::Collection),
        // How runs were exported before collections had documentation.
        "run" => Ok(Entry::Collection(ExportedCollection {
            name: text(header, "name")?,
            collection_type: CollectionType::Run,
            doc: None,
            children: Vec::new(),
            line,
        })),
        "dataset_type" => dataset_type(header, line).map(Entry::DatasetType),
        "dataset" => Ok(Entry::Datasets {
            dataset_type: text(header, "dataset_type")?,
            run: text(header, "run")?,
        }),
        "associations" => associations(header),
        other => Err(format!("entries of type '{other}' are not known")),
    }
}

fn associations(header: &Mapping) -> Result<Entry, String> {
    let collection_type = collection_type(header)?;
    if !matches!(
        collection_type,
        CollectionType::Tagged | CollectionType::Calibration
    ) {
        return Err(format!(
            "associations of a {collection_type} collection are not possible"
        ));
    }
    Ok(Entry::Associations {
        collection: text(header, "collection")?,
        is_calibration: collection_type == CollectionType::Calibration,
    })
}

fn collection(
    header: &Mapping,
    line: u64,
    warnings: &mut Vec<String>,
) -> Result<ExportedCollection, String> {
    let name = text(header, "name")?;
    let collection_type = collection_type(header)?;
    let mut children = Vec::new();
    if collection_type == CollectionType::Chained {
        let list = match header.get("children") {
            Some(Node::Seq(list)) => list,
            _ => {
                return Err(format!(
                    "CHAINED collection '{name}' has no list of children"
                ));
            }
        };
        for child in list {
            match (child, child.as_str()) {
                (_, Some(child)) => children.push(child.to_owned()),
                (Node::Seq(pair), _) if pair.len() == 2 => {
                    let child = pair[0].as_str();
                    children.push(
                        child
                            .ok_or_else(|| {
                                format!("chain '{name}' has a child whose name is not a string")
                            })?
                            .to_owned(),
                    );
                    warnings.push(format!(
                        "CHAINED collection '{name}' restricts the search of its children, which no longer exists and is ignored"
                    ));
                }
                _ => {
                    return Err(format!(
                        "chain '{name}' has a child whose name is not a string"
                    ));
                }
            }
        }
    }
    Ok(ExportedCollection {
        doc: optional_text(header, "doc")?,
        name,
        collection_type,
        children,
        line,
    })
}

fn dataset_type(header: &Mapping, line: u64) -> Result<ExportedDatasetType, String> {
    let name = text(header, "name")?;
    let dimensions: Option<Vec<String>> = match header.get("dimensions") {
        Some(Node::Seq(list)) => list.iter().map(|d| d.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    let is_calibration = match header.get("is_calibration") {
        None => false,
        Some(Node::Bool(value)) => *value,
        Some(other) => {
            return Err(format!(
                "is_calibration must be true or false, not {}",
                other.kind()
            ));
        }
    };
    Ok(ExportedDatasetType {
        dimensions: dimensions
            .ok_or_else(|| format!("dataset type '{name}' has no list of dimension names"))?,
        storage_class: text(header, "storage_class")?,
        name,
        is_calibration,
        line,
    })
}

fn collection_type(header: &Mapping) -> Result<CollectionType, String> {
    let name = text(header, "collection_type")?;
    CollectionType::from_name(&name).ok_or_else(|| format!("collection type '{name}' is not known"))
}

fn optional_text(header: &Mapping, key: &str) -> Result<Option<String>, String> {
    match header.get(key) {
        None | Some(Node::Null) => Ok(None),
        Some(node) => match node.as_str() {
            Some(value) => Ok(Some(value.to_owned())),
            None => Err(format!("'{key}' must be a string, not {}", node.kind())),
        },
    }
}

fn text(header: &Mapping, key: &str) -> Result<String, String> {
    optional_text(header, key)?.ok_or_else(|| format!("the entry has no '{key}'"))
}
