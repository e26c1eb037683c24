//! Tables of dimension records, and columns that refer to them (`lsst/daf/butler/dimensions/_schema.py`).

use super::table::{ColumnSpec, ForeignKeySpec, OnDelete, SqlType, TableSpec};
use crate::model::element::Element;
use crate::model::universe::Universe;

/// The table of an element's records; `None` if it has none of its own.
pub fn dimension_table(universe: &Universe, element: &Element) -> Option<TableSpec> {
    if !element.has_own_table() {
        return None;
    }
    let mut table = TableSpec::new(&element.name, Vec::new());
    for dimension in &element.required {
        match element.primary_key().filter(|_| *dimension == element.name) {
            Some(key) => table.add_column(ColumnSpec::key(&key.name, key.column_type.into())),
            None => add_dimension(&mut table, universe, dimension, true),
        }
    }
    for dimension in &element.implied {
        add_dimension(&mut table, universe, dimension, false);
    }
    let dependencies: Vec<&String> = element
        .required
        .iter()
        .filter(|d| **d != element.name)
        .collect();
    for key in element.alternate_keys() {
        let columns = dependencies.iter().copied().chain([&key.name]);
        table.unique.push(columns.cloned().collect());
    }
    for column in element.remainder() {
        // What the universe says about missing values is checked by clients; the columns themselves all take NULL.
        table.add_column(ColumnSpec::nullable(
            &column.name,
            column.column_type.into(),
        ));
    }
    Some(table)
}

/// Add the key column of a dimension, under the dimension's name, and a foreign key if the dimension has a table
/// (`addDimensionForeignKey`). The dimension's own required dimensions must have been added before.
pub fn add_dimension(table: &mut TableSpec, universe: &Universe, dimension: &str, key: bool) {
    let sql_type: SqlType = universe.key_type(dimension).into();
    table.add_column(ColumnSpec {
        primary_key: key,
        ..ColumnSpec::required(dimension, sql_type)
    });
    let Some(element) = universe.get(dimension).filter(|e| e.has_own_table()) else {
        return;
    };
    table.foreign_keys.push(ForeignKeySpec {
        table: dimension.to_owned(),
        source: element.required.clone(),
        target: universe
            .required_columns(element)
            .into_iter()
            .map(|(_, field, _)| field.to_owned())
            .collect(),
        on_delete: OnDelete::Fail,
    });
}

/// Tables that hold which dimensions make up each saved dimension group (`_DimensionGroupStorage`,
/// `lsst/daf/butler/registry/dimensions/static.py`).
pub fn dimension_group_tables() -> [TableSpec; 2] {
    let keys = TableSpec::new("dimension_graph_key", vec![ColumnSpec::generated("id")]);
    let mut definitions = TableSpec::new(
        "dimension_graph_definition",
        vec![
            ColumnSpec::key("dimension_graph_id", SqlType::BigInt),
            ColumnSpec::key("dimension_name", SqlType::Text),
        ],
    );
    definitions.foreign_keys.push(ForeignKeySpec::single(
        "dimension_graph_key",
        "dimension_graph_id",
        "id",
        OnDelete::Cascade,
    ));
    [keys, definitions]
}
