//! A dimension element: a governor, a skypix level, a dimension with its own records, or a combination.

use super::column::{Column, ColumnType};

/// What sort of element this is (`lsst/daf/butler/dimensions/_elements.py`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ElementKind {
    /// A dimension that every data ID with dependent dimensions must name (instrument, skymap).
    Governor,
    /// One level of a sky pixelisation system.
    SkyPix {
        /// Name of the system, such as `htm`.
        system: String,
        /// Level within the system.
        level: u32,
    },
    /// A dimension with records in the database.
    Dimension,
    /// A relation between dimensions, without a key of its own.
    Combination,
}

/// A group of elements that tile the same space, finest first (`topology` of the universe).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Family {
    /// Name of the family.
    pub name: String,
    /// Member elements, finest first.
    pub members: Vec<String>,
}

/// A dimension element of a universe.
#[derive(Debug, Clone)]
pub struct Element {
    /// Unique name.
    pub name: String,
    /// What sort of element this is.
    pub kind: ElementKind,
    /// Names of the required dimensions in the universe's order; a dimension itself comes last.
    pub required: Vec<String>,
    /// Names of the implied dimensions in the universe's order.
    pub implied: Vec<String>,
    /// Key columns: the first is the primary key, the others are alternate keys. Empty for combinations.
    pub keys: Vec<Column>,
    /// Columns that are neither keys nor dimensions.
    pub metadata: Vec<Column>,
    /// Whether clients keep all records in memory.
    pub is_cached: bool,
    /// The element whose column holds this dimension's values; such a dimension has no table.
    pub implied_union_target: Option<String>,
    /// Whether queries with all required dimensions always join this combination.
    pub always_join: bool,
    /// The dimension together with which a combination's rows are transferred.
    pub populated_by: Option<String>,
    /// Spatial family, if records have a region.
    pub spatial: Option<String>,
    /// Temporal family, if records have a timespan.
    pub temporal: Option<String>,
    /// The governor dimension that this element depends on.
    pub governor: Option<String>,
}

impl Element {
    /// Whether this element is a dimension, so that data IDs may name it.
    pub fn is_dimension(&self) -> bool {
        self.kind != ElementKind::Combination
    }

    /// Whether this element is a governor dimension.
    pub fn is_governor(&self) -> bool {
        self.kind == ElementKind::Governor
    }

    /// Whether this element is a skypix dimension.
    pub fn is_skypix(&self) -> bool {
        matches!(self.kind, ElementKind::SkyPix { .. })
    }

    /// Whether the registry has a table of this element's records.
    pub fn has_own_table(&self) -> bool {
        !self.is_skypix() && self.implied_union_target.is_none()
    }

    /// Whether records of this element relate other dimensions to each other.
    pub fn defines_relationships(&self) -> bool {
        self.always_join || !self.implied.is_empty()
    }

    /// The primary key column of a dimension, under its own name (`id` or `name`).
    pub fn primary_key(&self) -> Option<&Column> {
        self.keys.first()
    }

    /// Alternate key columns.
    pub fn alternate_keys(&self) -> &[Column] {
        self.keys.get(1..).unwrap_or_default()
    }

    /// Columns beyond keys and dimensions in the reference's order: alternate keys, metadata, region, timespan.
    pub fn remainder(&self) -> Vec<Column> {
        let mut columns: Vec<Column> = self.alternate_keys().to_vec();
        columns.extend(self.metadata.iter().cloned());
        let extra = [
            (
                self.spatial.is_some() && !self.is_skypix(),
                "region",
                ColumnType::Region,
            ),
            (self.temporal.is_some(), "timespan", ColumnType::Timespan),
        ];
        columns.extend(extra.into_iter().filter(|(present, _, _)| *present).map(
            |(_, name, column_type)| Column {
                name: name.to_owned(),
                column_type,
                nullable: true,
            },
        ));
        columns
    }
}
