//! Stages dimension records and the common skypix pixels that their regions overlap.

use std::collections::{BTreeMap, HashMap};

use pantry_registry::model::universe::Universe;
use pantry_registry::skypix::CommonSkyPix;

use super::layout::Layout;
use super::{overlap_table, record_table};
use crate::stage::{Cell, CellType, Stage, TableNo};
use crate::yaml::Mapping;

struct StagedElement {
    layout: Layout,
    table: TableNo,
    overlaps: Option<TableNo>,
    rows: u64,
}

/// Stages the records of all elements; all errors are what is wrong, in words.
pub(crate) struct RecordStager<'a> {
    universe: &'a Universe,
    skypix: CommonSkyPix,
    elements: HashMap<String, StagedElement>,
}

impl<'a> RecordStager<'a> {
    pub(crate) fn new(universe: &'a Universe) -> Result<Self, crate::Error> {
        Ok(Self {
            skypix: CommonSkyPix::of(universe)?,
            universe,
            elements: HashMap::new(),
        })
    }

    /// Make ready for records of this element.
    pub(crate) fn begin(&mut self, element: &str, stage: &mut Stage) -> Result<(), String> {
        if self.elements.contains_key(element) {
            return Ok(());
        }
        let definition = self
            .universe
            .get(element)
            .ok_or_else(|| format!("the repo's universe has no dimension element '{element}'"))?;
        if !definition.has_own_table() {
            return Err(format!(
                "dimension element '{element}' has no records of its own"
            ));
        }
        let layout = Layout::new(self.universe, definition);
        let failed = |e: crate::Error| e.to_string();
        let table = stage
            .table(&record_table(element), &layout.columns)
            .map_err(failed)?;
        let pixels = [
            ("rec".to_owned(), CellType::Int),
            ("pixel".to_owned(), CellType::Int),
        ];
        let overlaps = match layout.region {
            Some(_) => Some(
                stage
                    .table(&overlap_table(element), &pixels)
                    .map_err(failed)?,
            ),
            None => None,
        };
        let staged = StagedElement {
            layout,
            table,
            overlaps,
            rows: 0,
        };
        self.elements.insert(element.to_owned(), staged);
        Ok(())
    }

    /// Stage one record of an element that [`RecordStager::begin`] was called for.
    pub(crate) fn stage(
        &mut self,
        element: &str,
        record: &Mapping,
        stage: &mut Stage,
    ) -> Result<(), String> {
        let staged = self
            .elements
            .get_mut(element)
            .ok_or_else(|| format!("records of '{element}' were not expected here"))?;
        let row = staged.layout.row(record)?;
        let failed = |e: crate::Error| e.to_string();
        let seq = stage.insert(staged.table, &row.cells).map_err(failed)?;
        staged.rows += 1;
        if let (Some(bytes), Some(overlaps)) = (row.region, staged.overlaps) {
            let pixels = self.skypix.overlaps(&bytes);
            for pixel in
                pixels.map_err(|e| format!("the region of a {element} record is unusable: {e}"))?
            {
                stage
                    .insert(overlaps, &[Cell::Int(seq), Cell::Int(pixel)])
                    .map_err(failed)?;
            }
        }
        Ok(())
    }

    /// Number of staged records by element.
    pub(crate) fn finish(self) -> BTreeMap<String, u64> {
        self.elements
            .into_iter()
            .map(|(name, e)| (name, e.rows))
            .collect()
    }
}
