//! Tables of which records overlap which: with the common skypix dimension, and the legacy ones that stay empty
//! (`lsst/daf/butler/registry/dimensions/static.py`).

use super::dimension_tables::add_dimension;
use super::table::{ColumnSpec, ForeignKeySpec, OnDelete, SqlType, TableSpec};
use crate::model::element::Element;
use crate::model::universe::{Universe, UniverseError};

/// Name of the table of overlaps between an element and the common skypix dimension.
pub fn skypix_overlap_name(element: &str) -> String {
    format!("{element}_skypix_overlap")
}

/// Name of the table of governor values for which overlaps between an element and skypix are materialised.
pub fn skypix_overlap_summary_name(element: &str) -> String {
    format!("{element}_skypix_overlap_summary")
}

/// Elements whose records have a region in a table of their own, in the universe's order.
pub fn spatial_elements(universe: &Universe) -> impl Iterator<Item = &Element> {
    universe
        .database_elements()
        .filter(|e| e.spatial.is_some() && e.has_own_table())
}

/// All overlap tables of a universe.
pub fn overlap_tables(universe: &Universe) -> Result<Vec<TableSpec>, UniverseError> {
    let mut tables = Vec::new();
    for element in spatial_elements(universe) {
        let governor = governor_of(element)?;
        tables.push(skypix_overlap_summary(universe, element, governor));
        tables.push(skypix_overlap(universe, element, governor));
    }
    tables.extend(legacy_overlaps(universe)?);
    Ok(tables)
}

fn governor_of(element: &Element) -> Result<&str, UniverseError> {
    element
        .governor
        .as_deref()
        .ok_or_else(|| UniverseError::Element {
            element: element.name.clone(),
            reason: "it is spatial but does not depend on exactly one governor dimension"
                .to_owned(),
        })
}

fn skypix_columns() -> Vec<ColumnSpec> {
    vec![
        ColumnSpec::key("skypix_system", SqlType::String { length: 16 }),
        ColumnSpec::key("skypix_level", SqlType::SmallInt),
    ]
}

fn skypix_overlap_summary(universe: &Universe, element: &Element, governor: &str) -> TableSpec {
    let name = skypix_overlap_summary_name(&element.name);
    let mut table = TableSpec::new(name, skypix_columns());
    add_dimension(&mut table, universe, governor, true);
    table
}

fn skypix_overlap(universe: &Universe, element: &Element, governor: &str) -> TableSpec {
    let mut table = TableSpec::new(skypix_overlap_name(&element.name), skypix_columns());
    let to_summary: Vec<String> = ["skypix_system", "skypix_level", governor]
        .map(str::to_owned)
        .to_vec();
    table.foreign_keys.push(ForeignKeySpec {
        table: skypix_overlap_summary_name(&element.name),
        source: to_summary.clone(),
        target: to_summary,
        on_delete: OnDelete::Cascade,
    });
    for dimension in &element.required {
        add_dimension(&mut table, universe, dimension, true);
    }
    table.add_column(ColumnSpec::key("skypix_index", SqlType::BigInt));
    let by_index = ["skypix_system", "skypix_level", "skypix_index"].map(str::to_owned);
    table.indexes.push(
        by_index
            .into_iter()
            .chain(element.required.clone())
            .collect(),
    );
    table
}

/// Tables for overlaps between elements of two spatial families: never filled, but part of the schema
/// (`_make_legacy_overlap_tables`).
fn legacy_overlaps(universe: &Universe) -> Result<Vec<TableSpec>, UniverseError> {
    let mut families: Vec<(&str, Vec<&Element>)> = Vec::new();
    for element in spatial_elements(universe) {
        let family = element.spatial.as_deref().unwrap_or_default();
        match families.iter_mut().find(|(name, _)| *name == family) {
            Some((_, members)) => members.push(element),
            None => families.push((family, vec![element])),
        }
    }
    let mut tables = Vec::new();
    for (i, (_, ours)) in families.iter().enumerate() {
        for (_, theirs) in &families[i + 1..] {
            for (a, b) in ours.iter().flat_map(|a| theirs.iter().map(move |b| (a, b))) {
                let swap = universe.index_of(&a.name) > universe.index_of(&b.name);
                let (first, second) = if swap { (b, a) } else { (a, b) };
                tables.extend(legacy_overlap(universe, first, second)?);
            }
        }
    }
    Ok(tables)
}

fn legacy_overlap(
    universe: &Universe,
    first: &Element,
    second: &Element,
) -> Result<[TableSpec; 2], UniverseError> {
    let governors = [governor_of(first)?, governor_of(second)?];
    if governors[0] == governors[1] {
        return Err(UniverseError::Element {
            element: first.name.clone(),
            reason: format!(
                "it and '{}' are of different spatial families but share the governor '{}'",
                second.name, governors[0]
            ),
        });
    }
    let stem = format!("{}_{}_overlap", first.name, second.name);
    let mut summary = TableSpec::new(format!("{stem}_summary"), Vec::new());
    let mut overlap = TableSpec::new(stem, Vec::new());
    for governor in governors {
        add_dimension(&mut summary, universe, governor, true);
        add_dimension(&mut overlap, universe, governor, true);
    }
    for dimension in first.required.iter().filter(|d| *d != governors[0]) {
        add_dimension(&mut overlap, universe, dimension, true);
    }
    for dimension in second.required.iter().filter(|d| *d != governors[1]) {
        add_dimension(&mut overlap, universe, dimension, true);
    }
    Ok([summary, overlap])
}
