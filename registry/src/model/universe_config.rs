//! The universe's JSON as written by any version of the reference, and how elements are built from it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::column::{Column, ColumnConfig};
use super::element::{Element, ElementKind, Family};
use super::universe::{Universe, UniverseError};

/// `DimensionConfig` of the reference (`lsst/daf/butler/dimensions/_config.py`); unknown keys are prose or settings of
/// Python classes and are passed over.
#[derive(Debug, Deserialize)]
pub(super) struct UniverseConfig {
    version: i64,
    #[serde(default = "default_namespace")]
    namespace: String,
    skypix: SkyPixConfig,
    elements: BTreeMap<String, ElementConfig>,
    #[serde(default)]
    topology: TopologyConfig,
}

fn default_namespace() -> String {
    "daf_butler".to_owned()
}

#[derive(Debug, Deserialize)]
struct SkyPixConfig {
    common: String,
    /// Where servers have them.
    #[serde(default)]
    systems: BTreeMap<String, SkyPixSystemConfig>,
    /// Where stored definitions have them.
    #[serde(flatten)]
    beside: BTreeMap<String, SkyPixSystemConfig>,
}

#[derive(Debug, Deserialize)]
struct SkyPixSystemConfig {
    class: String,
    min_level: Option<u32>,
    max_level: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
struct TopologyConfig {
    #[serde(default)]
    spatial: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    temporal: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct ElementConfig {
    #[serde(default)]
    keys: Vec<ColumnConfig>,
    #[serde(default)]
    requires: BTreeSet<String>,
    #[serde(default)]
    implies: BTreeSet<String>,
    #[serde(default)]
    metadata: Vec<ColumnConfig>,
    #[serde(default)]
    is_cached: bool,
    implied_union_target: Option<String>,
    #[serde(default)]
    governor: bool,
    #[serde(default)]
    always_join: bool,
    populated_by: Option<String>,
    storage: Option<StorageConfig>,
}

/// The storage classes of older universes, which say in a class name what `is_cached` and `implied_union_target` say
/// today.
#[derive(Debug, Deserialize)]
struct StorageConfig {
    cls: String,
    nested: Option<Box<StorageConfig>>,
    view_of: Option<String>,
}

impl StorageConfig {
    fn is_cached(&self) -> bool {
        self.nested.is_some() || self.cls.ends_with("BasicGovernorDimensionRecordStorage")
    }

    fn view_of(&self) -> Option<String> {
        match &self.nested {
            Some(nested) => nested.view_of.clone(),
            None => self.view_of.clone(),
        }
    }
}

/// What waits to be added to the universe.
enum Todo {
    System(SkyPixSystemConfig),
    Element(Box<ElementConfig>),
    Family { members: Vec<String>, spatial: bool },
}

impl Todo {
    fn depends_on(&self, name: &str) -> bool {
        match self {
            Self::System(_) => false,
            Self::Element(e) => e.requires.contains(name) || e.implies.contains(name),
            Self::Family { members, .. } => members.iter().any(|m| m == name),
        }
    }
}

impl UniverseConfig {
    /// Build all elements in the reference's order: batches of what has no dependency left, each sorted by name.
    pub(super) fn build(self) -> Result<Universe, UniverseError> {
        let mut universe = Universe::new(self.version, self.namespace, self.skypix.common.clone());
        let mut todo: BTreeMap<String, Todo> = BTreeMap::new();
        for (name, system) in self.skypix.systems.into_iter().chain(self.skypix.beside) {
            todo.insert(name, Todo::System(system));
        }
        for (name, element) in self.elements {
            todo.insert(name, Todo::Element(Box::new(element)));
        }
        let families = [
            (self.topology.spatial, true),
            (self.topology.temporal, false),
        ];
        for (group, spatial) in families {
            for (name, members) in group {
                todo.insert(name, Todo::Family { members, spatial });
            }
        }
        while !todo.is_empty() {
            let unblocked: Vec<String> = todo
                .iter()
                .filter(|(_, item)| !todo.keys().any(|other| item.depends_on(other)))
                .map(|(name, _)| name.clone())
                .collect();
            if unblocked.is_empty() {
                let names: Vec<String> = todo.into_keys().collect();
                return Err(UniverseError::Cycle(names.join(", ")));
            }
            for name in unblocked {
                if let Some(item) = todo.remove(&name) {
                    visit(&mut universe, name, item)?;
                }
            }
        }
        match universe.common_skypix_level() {
            Some(_) => Ok(universe),
            None => Err(UniverseError::Element {
                element: self.skypix.common,
                reason: "it is named as the common skypix dimension but is not one".to_owned(),
            }),
        }
    }
}

fn visit(universe: &mut Universe, name: String, item: Todo) -> Result<(), UniverseError> {
    match item {
        Todo::System(system) => {
            // Class attribute MAX_LEVEL of sphgeom's pixelizations, used when the configuration names no level.
            let built_in = match system.class.rsplit('.').next() {
                Some("HtmPixelization") => Some(24),
                Some("HealpixPixelization") => Some(17),
                _ => None,
            };
            let max_level =
                system
                    .max_level
                    .or(built_in)
                    .ok_or_else(|| UniverseError::Element {
                        element: name.clone(),
                        reason: "the skypix system has no max_level".to_owned(),
                    })?;
            universe.push_skypix(&name, system.min_level.unwrap_or(1)..=max_level.min(64));
            Ok(())
        }
        Todo::Element(config) => {
            let element = build_element(universe, name, *config)?;
            universe.push(element);
            Ok(())
        }
        Todo::Family { members, spatial } => {
            universe.push_family(Family { name, members }, spatial)
        }
    }
}

fn build_element(
    universe: &Universe,
    name: String,
    config: ElementConfig,
) -> Result<Element, UniverseError> {
    let fault = |reason: String| UniverseError::Element {
        element: name.clone(),
        reason,
    };
    let columns = |list: Vec<ColumnConfig>, nullable: bool| -> Result<Vec<Column>, UniverseError> {
        list.into_iter()
            .map(|c| c.into_column(nullable).map_err(&fault))
            .collect()
    };
    let keys = columns(config.keys, false)?;
    let metadata = columns(config.metadata, true)?;
    if keys.is_empty() && config.requires.is_empty() {
        return Err(fault(
            "it has neither keys nor required dimensions".to_owned(),
        ));
    }
    let mut requires = config.requires;
    for dependency in requires.clone() {
        let other = universe.get(&dependency).ok_or_else(|| {
            fault(format!(
                "it requires '{dependency}', which is not an element"
            ))
        })?;
        requires.extend(other.required.iter().cloned());
    }
    let pick = |wanted: &BTreeSet<String>| -> Vec<String> {
        universe
            .dimensions()
            .filter(|d| wanted.contains(&d.name))
            .map(|d| d.name.clone())
            .collect()
    };
    let implied = pick(&config.implies);
    let mut required = pick(&requires);
    let kind = match (config.governor, keys.is_empty()) {
        (true, _) => ElementKind::Governor,
        (false, true) => ElementKind::Combination,
        (false, false) => ElementKind::Dimension,
    };
    let mut governors: BTreeSet<&String> = required
        .iter()
        .chain(&implied)
        .filter_map(|d| universe.get(d)?.governor.as_ref())
        .collect();
    if kind == ElementKind::Governor {
        governors = BTreeSet::from([&name]);
    }
    let governor = match governors.len() {
        1 => governors.pop_first().cloned(),
        _ => None,
    };
    if kind != ElementKind::Combination {
        required.push(name.clone());
    }
    let storage = config.storage.as_ref();
    Ok(Element {
        is_cached: config.governor || storage.map_or(config.is_cached, StorageConfig::is_cached),
        implied_union_target: storage.map_or(config.implied_union_target, StorageConfig::view_of),
        name,
        kind,
        required,
        implied,
        keys,
        metadata,
        always_join: config.always_join,
        populated_by: config.populated_by,
        spatial: None,
        temporal: None,
        governor,
    })
}
