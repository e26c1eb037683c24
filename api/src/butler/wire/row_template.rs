//! How the rows of a query are written: what is the same in all rows is made once.

use std::collections::BTreeSet;
use std::sync::Arc;

use pantry_registry::Registry;
use pantry_registry::RegistryError;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::query::QueryError;
use pantry_registry::query::execute::{CachedRecords, ResultValue};
use pantry_registry::query::tree::{
    DatasetField, DatasetKey, ResultColumn, ResultKind, ResultSpec,
};

use super::dataset_type::push_dataset_type;
use super::record_template::{RecordTemplate, is_cached, templates};
use super::value::{push_text, push_value};

/// The rows of one result specification, in pages of lines.
pub struct RowTemplate {
    /// What a page begins with.
    opening: Vec<u8>,
    pieces: Vec<Piece>,
    /// Records that general results give once for each page.
    page_records: Option<Vec<PageRecords>>,
    page: Vec<u8>,
    rows: usize,
}

enum Piece {
    Text(Vec<u8>),
    Value(usize),
    Record(RecordTemplate),
    Records(Vec<(String, RecordTemplate)>),
}

/// The different records of an element in one page.
struct PageRecords {
    element: String,
    template: RecordTemplate,
    found: BTreeSet<Vec<u8>>,
}

/// Rows of a page (`raw_page_size` of the reference), if they are not large.
const ROWS: usize = 2000;

/// Bytes after which a page is sent although it has fewer rows.
const BYTES: usize = 256 * 1024;

impl RowTemplate {
    /// For the results of a query.
    ///
    /// # Errors
    /// [`QueryError::MissingDatasetType`], and those of reading cached records.
    pub fn new(registry: &mut Registry, spec: &ResultSpec) -> Result<Self, QueryError> {
        let universe = Arc::clone(registry.universe());
        let columns = spec.result_columns().columns();
        let group = spec.dimensions();
        let elements: Vec<&str> = group.elements().collect();
        let cached = match spec.includes_dimension_records() {
            true => CachedRecords::read(registry, elements.iter().copied())?,
            false => CachedRecords::default(),
        };
        let mut template = Self::of_type(match &spec.kind {
            ResultKind::DataCoordinate { .. } => "data_coordinate",
            ResultKind::DimensionRecord { .. } => "dimension_record",
            ResultKind::DatasetRef { .. } => "dataset_ref",
            ResultKind::General { .. } => "general",
        });
        let records = |all: bool| -> Result<Vec<(String, RecordTemplate)>, QueryError> {
            let is_wanted = |name: &&str| {
                all || universe
                    .get(name)
                    .is_some_and(|e| e.is_skypix() || is_cached(e))
            };
            let elements: Vec<&str> = elements.iter().copied().filter(is_wanted).collect();
            templates(&universe, &elements, &columns, &cached)
        };
        // A data ID without dimensions always has all its records: none.
        match &spec.kind {
            ResultKind::DataCoordinate {
                include_dimension_records,
                ..
            } => {
                let has_records = *include_dimension_records || group.is_empty();
                let records = has_records.then(|| records(true)).transpose()?;
                template.data_coordinate(group, &columns, records);
            }
            ResultKind::DatasetRef {
                dataset_type_name,
                storage_class_name,
                include_dimension_records,
                ..
            } => {
                let found = registry.find_dataset_type(dataset_type_name)?;
                let found = found
                    .ok_or_else(|| QueryError::MissingDatasetType(dataset_type_name.clone()))?;
                let dataset_type = DatasetType {
                    storage_class: storage_class_name.clone(),
                    ..found.dataset_type
                };
                let has_records = *include_dimension_records || group.is_empty();
                let records = has_records.then(|| records(true)).transpose()?;
                template.dataset_ref(&dataset_type, group, &columns, records);
            }
            ResultKind::DimensionRecord { element, .. } => {
                let element = universe.get(element);
                let element =
                    element.ok_or_else(|| QueryError::invalid("no such dimension element"))?;
                let record = RecordTemplate::new(&universe, element, &columns, None)?;
                template.pieces.push(Piece::Record(record));
            }
            ResultKind::General {
                include_dimension_records,
                ..
            } => {
                template.general(columns.len());
                if *include_dimension_records {
                    let page = records(false)?
                        .into_iter()
                        .map(|(element, template)| PageRecords {
                            element,
                            template,
                            found: BTreeSet::new(),
                        });
                    template.page_records = Some(page.collect());
                }
            }
        }
        Ok(template)
    }

    fn of_type(name: &str) -> Self {
        Self {
            opening: format!("{{\"type\":\"{name}\",\"rows\":[").into_bytes(),
            pieces: Vec::new(),
            page_records: None,
            page: Vec::new(),
            rows: 0,
        }
    }

    fn text(&mut self, text: &str) {
        if let Some(Piece::Text(before)) = self.pieces.last_mut() {
            return before.extend_from_slice(text.as_bytes());
        }
        self.pieces.push(Piece::Text(text.as_bytes().to_vec()));
    }

    fn quoted(&mut self, text: &str) {
        let mut quoted = Vec::new();
        push_text(&mut quoted, text);
        self.text(&String::from_utf8_lossy(&quoted));
    }

    /// `SerializedDataCoordinate`: all keys, because results have them.
    fn data_coordinate(
        &mut self,
        group: &DimensionGroup,
        columns: &[ResultColumn],
        records: Option<Vec<(String, RecordTemplate)>>,
    ) {
        self.text("{\"dataId\":{");
        for (i, dimension) in group.data_coordinate_keys().enumerate() {
            self.text(if i == 0 { "" } else { "," });
            self.quoted(dimension);
            self.text(":");
            let is_key =
                |c: &ResultColumn| matches!(c, ResultColumn::DimensionKey(d) if d == dimension);
            if let Some(position) = columns.iter().position(is_key) {
                self.pieces.push(Piece::Value(position));
            }
        }
        match records {
            None => self.text("},\"records\":null}"),
            Some(records) => {
                self.text("},\"records\":{");
                self.pieces.push(Piece::Records(records));
                self.text("}}");
            }
        }
    }

    /// `SerializedDatasetRef`.
    fn dataset_ref(
        &mut self,
        dataset_type: &DatasetType,
        group: &DimensionGroup,
        columns: &[ResultColumn],
        records: Option<Vec<(String, RecordTemplate)>>,
    ) {
        let key = DatasetKey::Named(dataset_type.name.clone());
        let position = |field| {
            let column = ResultColumn::DatasetField(key.clone(), field);
            columns.iter().position(|c| *c == column)
        };
        self.text("{\"id\":");
        self.pieces
            .extend(position(DatasetField::DatasetId).map(Piece::Value));
        self.text(",\"datasetType\":");
        let mut written = Vec::new();
        push_dataset_type(&mut written, dataset_type);
        self.text(&String::from_utf8_lossy(&written));
        self.text(",\"dataId\":");
        self.data_coordinate(group, columns, records);
        self.text(",\"run\":");
        self.pieces
            .extend(position(DatasetField::Run).map(Piece::Value));
        self.text(",\"component\":null}");
    }

    fn general(&mut self, columns: usize) {
        self.text("[");
        for i in 0..columns {
            self.text(if i == 0 { "" } else { "," });
            self.pieces.push(Piece::Value(i));
        }
        self.text("]");
    }

    /// Append a row; gives the page when it is full.
    ///
    /// # Errors
    /// [`RegistryError::Invalid`] for a pixel that does not exist.
    pub fn push(&mut self, values: &[ResultValue]) -> Result<Option<Vec<u8>>, RegistryError> {
        let mut page = std::mem::take(&mut self.page);
        match self.rows {
            0 => page.extend_from_slice(&self.opening),
            _ => page.push(b','),
        }
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => page.extend_from_slice(text),
                Piece::Value(i) => {
                    push_value(&mut page, values.get(*i).unwrap_or(&ResultValue::Null))
                }
                Piece::Record(record) => {
                    record.push(values, &mut page)?;
                }
                Piece::Records(records) => push_records(records, values, &mut page)?,
            }
        }
        for records in self.page_records.iter_mut().flatten() {
            let mut record = Vec::new();
            if records.template.push(values, &mut record)? {
                records.found.insert(record);
            }
        }
        self.page = page;
        self.rows += 1;
        let is_full = self.rows >= ROWS || self.page.len() >= BYTES;
        Ok(is_full.then(|| self.end()).flatten())
    }

    /// The page that is not full; `None` if it has no rows.
    pub fn end(&mut self) -> Option<Vec<u8>> {
        if self.rows == 0 {
            return None;
        }
        self.rows = 0;
        let capacity = self.page.capacity();
        let mut page = std::mem::replace(&mut self.page, Vec::with_capacity(capacity));
        page.push(b']');
        if self.opening.starts_with(b"{\"type\":\"general\"") {
            page.extend_from_slice(b",\"dimension_records\":");
            self.push_page_records(&mut page);
        }
        page.extend_from_slice(b"}\n");
        Some(page)
    }

    fn push_page_records(&mut self, page: &mut Vec<u8>) {
        let Some(all) = &mut self.page_records else {
            return page.extend_from_slice(b"null");
        };
        for (i, records) in all.iter_mut().enumerate() {
            page.push(if i == 0 { b'{' } else { b',' });
            push_text(page, &records.element);
            page.extend_from_slice(b":[");
            let found = std::mem::take(&mut records.found);
            for (i, record) in found.iter().enumerate() {
                page.extend_from_slice(if i == 0 { b"" } else { b"," });
                page.extend_from_slice(record);
            }
            page.push(b']');
        }
        page.extend_from_slice(if all.is_empty() { b"{}" } else { b"}" });
    }
}

/// Records by element; those that are not there are left out.
fn push_records(
    records: &[(String, RecordTemplate)],
    values: &[ResultValue],
    page: &mut Vec<u8>,
) -> Result<(), RegistryError> {
    let mut is_first = true;
    for (element, template) in records {
        let before = page.len();
        page.extend_from_slice(if is_first { b"" } else { b"," });
        push_text(page, element);
        page.push(b':');
        match template.push(values, page)? {
            true => is_first = false,
            false => page.truncate(before),
        }
    }
    Ok(())
}
