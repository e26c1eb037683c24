//! The head of an export: versions of format and universe.

use pantry_registry::model::universe::Universe;

use crate::yaml::{Mapping, Node};

/// Which changes of the universe since the export was written must be made up for
/// (`YamlRepoImportBackend.__init__`, `lsst/daf/butler/transfers/_yaml.py`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Migrations {
    /// `visit.visit_system` became `visit_system_membership` records (universe 2).
    pub visit_system: bool,
    /// `visit.seeing` was dropped (universe 1).
    pub visit_seeing: bool,
    /// `exposure.group_name` became the dimension `group` (universe 6).
    pub group: bool,
    /// `exposure.day_obs` became a dimension (universe 6).
    pub exposure_day_obs: bool,
    /// `visit.day_obs` became a dimension (universe 6).
    pub visit_day_obs: bool,
    /// `visit.day_obs` did not exist (before universe 1).
    pub add_visit_day_obs: bool,
}

/// Check the head of an export against the repo's universe; `Err` says in words why it cannot be read.
///
/// Returns the migrations to apply and warnings.
pub fn check(header: &Mapping, universe: &Universe) -> Result<(Migrations, Vec<String>), String> {
    check_version(header.get("version"))?;
    let version = match header.get("universe_version") {
        None => 0,
        Some(Node::Int(v)) => *v,
        Some(other) => {
            return Err(format!(
                "universe_version must be an integer, not {}",
                other.kind()
            ));
        }
    };
    let namespace = match header.get("universe_namespace") {
        None => "daf_butler",
        Some(node) => node
            .as_str()
            .ok_or_else(|| format!("universe_namespace must be a string, not {}", node.kind()))?,
    };
    let mut warnings = Vec::new();
    if namespace != universe.namespace() || version > universe.version() {
        warnings.push(format!(
            "the export is of universe {namespace}:{version}, the repo of {}:{}; importing what both define",
            universe.namespace(),
            universe.version()
        ));
    }
    Ok((migrations(version, namespace, universe), warnings))
}

fn check_version(version: Option<&Node>) -> Result<(), String> {
    let text = match version {
        None => return Err("the export has no version".to_owned()),
        // Exports from before the format had a version.
        Some(Node::Int(0)) => return Ok(()),
        Some(node) => node.as_str().ok_or_else(|| {
            format!(
                "version must be a string such as 1.0.2, not {}",
                node.kind()
            )
        })?,
    };
    let parts: Option<Vec<u32>> = text.split('.').map(|p| p.parse().ok()).collect();
    match parts.as_deref() {
        Some([1, 0, _]) => Ok(()),
        Some([_, _, _]) => Err(format!(
            "export format version {text} cannot be read, only 0 and 1.0.x; upgrade pantry or export with an older Butler"
        )),
        _ => Err(format!("'{text}' is not an export format version")),
    }
}

fn migrations(version: i64, namespace: &str, universe: &Universe) -> Migrations {
    if namespace != "daf_butler" {
        return Migrations::default();
    }
    let implies = |element: &str, dimension: &str| {
        universe
            .get(element)
            .is_some_and(|e| e.implied.iter().any(|d| d == dimension))
    };
    let visit_metadata = |name: &str| {
        universe
            .get("visit")
            .is_some_and(|e| e.metadata.iter().any(|c| c.name == name))
    };
    Migrations {
        visit_system: version < 2 && universe.get("visit_system_membership").is_some(),
        visit_seeing: version < 1 && universe.get("visit").is_some() && !visit_metadata("seeing"),
        group: version < 6 && implies("exposure", "group"),
        exposure_day_obs: version < 6 && implies("exposure", "day_obs"),
        visit_day_obs: version < 6 && implies("visit", "day_obs"),
        add_visit_day_obs: version < 1
            && (implies("visit", "day_obs") || visit_metadata("day_obs")),
    }
}
