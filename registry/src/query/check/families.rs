//! Spatial and temporal families of elements (`registry/dimensions/static.py`).

use crate::model::dimension_group::DimensionGroup;
use crate::model::element::ElementKind;

/// Families of the elements of a group, in the universe's order.
pub(super) fn families(group: &DimensionGroup, is_spatial: bool) -> Vec<String> {
    let mut families: Vec<String> = Vec::new();
    for name in group.elements() {
        let element = group.universe().get(name);
        let family = element.and_then(|e| {
            if is_spatial {
                e.spatial.clone()
            } else {
                e.temporal.clone()
            }
        });
        families.extend(family.filter(|f| !families.contains(f)));
    }
    families
}

/// The finest element of a family among some dimensions.
pub(super) fn finest_element(
    dimensions: &DimensionGroup,
    family: &str,
    is_spatial: bool,
) -> Option<String> {
    let universe = dimensions.universe();
    let known = if is_spatial {
        universe.spatial_families()
    } else {
        universe.temporal_families()
    };
    if let Some(found) = known.iter().find(|f| f.name == family) {
        return found
            .members
            .iter()
            .find(|m| dimensions.elements().any(|e| e == m.as_str()))
            .cloned();
    }
    // A skypix system: its highest level.
    dimensions
        .names()
        .filter_map(|name| match &universe.get(name)?.kind {
            ElementKind::SkyPix { system, level } if system == family => Some((*level, name)),
            _ => None,
        })
        .max()
        .map(|(_, name)| name.to_owned())
}
