//! The dimension universe: all elements of a repo, built from the JSON that the repo carries.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;

use super::column::{Column, ColumnType};
use super::element::{Element, ElementKind, Family};
use super::universe_config::UniverseConfig;
use super::universe_simple::simple;

/// Why a universe could not be built from its JSON.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum UniverseError {
    /// The text is not JSON of the expected shape.
    #[error("the dimension universe is not readable: {0}")]
    Json(String),
    /// The definition contradicts itself.
    #[error("the dimension universe defines '{element}' wrongly: {reason}")]
    Element {
        /// Name of the element or family at fault.
        element: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Elements depend on each other in a circle or on something missing.
    #[error("the dimension universe has a cycle or an unmet dependency among: {0}")]
    Cycle(String),
}

/// All dimension elements of a repo, in the reference's topological order.
///
/// Order: elements whose dependencies are all present are added in batches, each batch sorted by name
/// (`lsst/daf/butler/dimensions/construction.py`).
#[derive(Debug)]
pub struct Universe {
    definition: serde_json::Value,
    version: i64,
    namespace: String,
    common_skypix: String,
    elements: Vec<Element>,
    /// Every step of a translation looks names up here; they come from the repo, not from who asks.
    index: HashMap<String, usize, foldhash::fast::RandomState>,
    spatial: Vec<Family>,
    temporal: Vec<Family>,
}

/// Universe 8 of namespace `daf_butler`: what new repos get.
const UNIVERSE_8: &str = include_str!("universe8.json");

impl Universe {
    /// Build a universe from the JSON stored as `config:dimensions.json` in `butler_attributes`.
    pub fn from_json(text: &str) -> Result<Arc<Self>, UniverseError> {
        let unreadable = |e: serde_json::Error| UniverseError::Json(e.to_string());
        let definition: serde_json::Value = serde_json::from_str(text).map_err(unreadable)?;
        let mut universe = UniverseConfig::deserialize(&definition)
            .map_err(unreadable)?
            .build()?;
        universe.definition = definition;
        Ok(Arc::new(universe))
    }

    /// The definition with all defaults filled in, as the reference's server gives it to its clients
    /// (`SerializedDimensionConfig`, `lsst/daf/butler/dimensions/_config.py`).
    pub fn to_simple(&self) -> serde_json::Value {
        simple(&self.definition)
    }

    /// The JSON of the universe of new repos.
    pub fn default_json() -> &'static str {
        UNIVERSE_8
    }

    pub(super) fn new(version: i64, namespace: String, common_skypix: String) -> Self {
        Self {
            definition: serde_json::Value::Null,
            version,
            namespace,
            common_skypix,
            elements: Vec::new(),
            index: HashMap::default(),
            spatial: Vec::new(),
            temporal: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, element: Element) {
        self.index.insert(element.name.clone(), self.elements.len());
        self.elements.push(element);
    }

    pub(super) fn push_skypix(&mut self, system: &str, levels: std::ops::RangeInclusive<u32>) {
        for level in levels {
            let name = format!("{system}{level}");
            self.push(Element {
                required: vec![name.clone()],
                name,
                kind: ElementKind::SkyPix {
                    system: system.to_owned(),
                    level,
                },
                implied: Vec::new(),
                keys: vec![Column {
                    name: "id".to_owned(),
                    column_type: ColumnType::Int,
                    nullable: false,
                }],
                metadata: Vec::new(),
                is_cached: false,
                implied_union_target: None,
                always_join: false,
                populated_by: None,
                spatial: Some(system.to_owned()),
                temporal: None,
                governor: None,
            });
        }
    }

    pub(super) fn push_family(
        &mut self,
        family: Family,
        is_spatial: bool,
    ) -> Result<(), UniverseError> {
        for member in &family.members {
            let Some(&i) = self.index.get(member) else {
                return Err(UniverseError::Element {
                    element: family.name.clone(),
                    reason: format!("its member '{member}' is not an element"),
                });
            };
            let element = &mut self.elements[i];
            let slot = if is_spatial {
                &mut element.spatial
            } else {
                &mut element.temporal
            };
            if let Some(other) = slot.replace(family.name.clone()) {
                return Err(UniverseError::Element {
                    element: member.clone(),
                    reason: format!(
                        "it belongs to two families, '{other}' and '{}'",
                        family.name
                    ),
                });
            }
        }
        let families = if is_spatial {
            &mut self.spatial
        } else {
            &mut self.temporal
        };
        families.push(family);
        Ok(())
    }

    /// Version number; unique together with the namespace.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Namespace, `daf_butler` unless configured otherwise.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The skypix dimension that relates all spatial elements in the database.
    pub fn common_skypix(&self) -> &str {
        &self.common_skypix
    }

    /// All elements in topological order.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// All dimensions (elements that data IDs may name) in topological order.
    pub fn dimensions(&self) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(|e| e.is_dimension())
    }

    /// Governor dimensions in topological order.
    pub fn governors(&self) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(|e| e.is_governor())
    }

    /// Elements that are neither governors nor skypix, in topological order (`database_elements`).
    pub fn database_elements(&self) -> impl Iterator<Item = &Element> {
        self.elements
            .iter()
            .filter(|e| !e.is_governor() && !e.is_skypix())
    }

    /// Spatial families other than skypix systems, in order of name.
    pub fn spatial_families(&self) -> &[Family] {
        &self.spatial
    }

    /// Temporal families, in order of name.
    pub fn temporal_families(&self) -> &[Family] {
        &self.temporal
    }

    /// The element of this name.
    pub fn get(&self, name: &str) -> Option<&Element> {
        self.index_of(name).map(|i| &self.elements[i])
    }

    /// Position of the element of this name in [`Universe::elements`].
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// The system and level of the common skypix dimension.
    pub fn common_skypix_level(&self) -> Option<(&str, u32)> {
        match &self.get(&self.common_skypix)?.kind {
            ElementKind::SkyPix { system, level } => Some((system, *level)),
            _ => None,
        }
    }

    /// The columns that identify a record of `element`, as `(dimension, field name, type)`: the field of the element's
    /// own key keeps its name (`id`), those of other dimensions carry the dimension's name.
    pub fn required_columns<'a>(
        &'a self,
        element: &'a Element,
    ) -> Vec<(&'a str, &'a str, ColumnType)> {
        element
            .required
            .iter()
            .map(|dimension| {
                let key = self.get(dimension).and_then(Element::primary_key);
                let column_type = key.map_or(ColumnType::Int, |k| k.column_type);
                let field = match key {
                    Some(key) if *dimension == element.name => key.name.as_str(),
                    _ => dimension.as_str(),
                };
                (dimension.as_str(), field, column_type)
            })
            .collect()
    }

    /// All columns of a record of `element` in the reference's order: required, implied, remainder
    /// (`lsst/daf/butler/dimensions/_schema.py`, `DimensionRecordSchema`).
    pub fn record_columns(&self, element: &Element) -> Vec<Column> {
        let mut columns: Vec<Column> = self
            .required_columns(element)
            .into_iter()
            .map(|(_, field, column_type)| Column {
                name: field.to_owned(),
                column_type,
                nullable: false,
            })
            .collect();
        columns.extend(element.implied.iter().map(|dimension| Column {
            name: dimension.clone(),
            column_type: self.key_type(dimension),
            nullable: false,
        }));
        columns.extend(element.remainder());
        columns
    }

    /// Type of the primary key of a dimension (an integer for anything unknown).
    pub fn key_type(&self, dimension: &str) -> ColumnType {
        self.get(dimension)
            .and_then(Element::primary_key)
            .map_or(ColumnType::Int, |k| k.column_type)
    }
}
