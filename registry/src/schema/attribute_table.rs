//! `butler_attributes`: names and values that describe the repo itself (`lsst/daf/butler/registry/attributes.py`).

use super::table::{ColumnSpec, SqlType, TableSpec};

/// Name of the table.
pub const BUTLER_ATTRIBUTES: &str = "butler_attributes";

/// The table of attributes, the same in all repos.
pub fn attribute_table() -> TableSpec {
    TableSpec::new(
        BUTLER_ATTRIBUTES,
        vec![
            ColumnSpec::key("name", SqlType::String { length: 1024 }),
            ColumnSpec::required("value", SqlType::String { length: 65535 }),
        ],
    )
}
