//! What an identifier of `--order-by` means (`interpret_identifier`, `lsst/daf/butler/queries/_identifiers.py`).

use crate::model::column::ColumnType;
use crate::model::dataset_type::DatasetType;
use crate::model::dimension_group::DimensionGroup;
use crate::model::element::Element;

/// Why an identifier cannot be used to sort.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OrderByError {
    /// There is nothing after the minus sign or the comma.
    #[error("--order-by has an empty name")]
    Empty,
    /// Several fields have this name.
    #[error("'{identifier}' in --order-by is ambiguous: it could be {matches}")]
    Ambiguous {
        /// What was written.
        identifier: String,
        /// The fields in full, in a comma list.
        matches: String,
    },
    /// Nothing has this name.
    #[error(
        "--order-by has the unknown name '{identifier}'; it takes names like 'visit', 'visit.exposure_time' and \
             'visit.timespan.begin'"
    )]
    Unknown {
        /// What was written.
        identifier: String,
    },
    /// The dimensions of the dataset type are too few.
    #[error(
        "'{identifier}' in --order-by does not go with dataset type {dataset_type}, whose dimensions are {dimensions}"
    )]
    OtherDimensions {
        /// What was written.
        identifier: String,
        /// Name of the dataset type.
        dataset_type: String,
        /// Its dimensions.
        dimensions: String,
    },
    /// Values of this type have no order.
    #[error("'{identifier}' in --order-by is a {type_name}, which has no order{}",
            if *type_name == "timespan" { "; use its '.begin' or '.end'" } else { "" })]
    NoOrder {
        /// What was written.
        identifier: String,
        /// Type of its values.
        type_name: &'static str,
    },
}

/// A column to sort by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderColumn {
    /// The key of a dimension.
    Key(String),
    /// A field of a dimension element's records.
    Field {
        /// Name of the element.
        element: String,
        /// Name of the field.
        field: String,
    },
    /// A bound of an element's timespan.
    Bound {
        /// Name of the element; `None` is the dataset's validity range.
        element: Option<String>,
        /// Whether it is the end.
        end: bool,
    },
    /// When the dataset was ingested.
    IngestDate,
    /// The run of the dataset.
    Run,
    /// The collection in which the dataset was found.
    Collection,
}

/// One term of `--order-by`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderBy {
    /// What to sort by.
    pub column: OrderColumn,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// Meaning of an identifier before it is checked that it can be sorted.
enum Meaning {
    Ordered(OrderColumn),
    Timespan(Option<String>),
    Unordered(&'static str),
}

impl OrderBy {
    /// Read one term, such as `-visit.timespan.begin`, for datasets of a type.
    pub fn parse(term: &str, dataset_type: &DatasetType) -> Result<Self, OrderByError> {
        let (identifier, descending) = match term.strip_prefix('-') {
            Some(rest) => (rest, true),
            None => (term, false),
        };
        if identifier.is_empty() {
            return Err(OrderByError::Empty);
        }
        let context = Context {
            identifier,
            dataset_type,
            dimensions: &dataset_type.dimensions,
        };
        let column = match context.interpret(identifier)? {
            Meaning::Ordered(column) => column,
            Meaning::Timespan(_) => return Err(context.no_order("timespan")),
            Meaning::Unordered(type_name) => return Err(context.no_order(type_name)),
        };
        context.check_dimensions(&column)?;
        Ok(Self { column, descending })
    }
}

struct Context<'a> {
    identifier: &'a str,
    dataset_type: &'a DatasetType,
    dimensions: &'a DimensionGroup,
}

impl Context<'_> {
    fn unknown(&self) -> OrderByError {
        OrderByError::Unknown {
            identifier: self.identifier.to_owned(),
        }
    }

    fn no_order(&self, type_name: &'static str) -> OrderByError {
        OrderByError::NoOrder {
            identifier: self.identifier.to_owned(),
            type_name,
        }
    }

    fn interpret(&self, text: &str) -> Result<Meaning, OrderByError> {
        let terms: Vec<&str> = text.split('.').collect();
        match terms.as_slice() {
            [name] => self.single(name),
            ["timespan", bound @ ("begin" | "end")]
                if self.dimensions.universe().get("timespan").is_none() =>
            {
                self.bound(self.single("timespan")?, bound)
            }
            [first, second] => self.pair(first, second),
            [first, second, bound @ ("begin" | "end")] => {
                self.bound(self.pair(first, second)?, bound)
            }
            _ => Err(self.unknown()),
        }
    }

    fn bound(&self, base: Meaning, bound: &str) -> Result<Meaning, OrderByError> {
        match base {
            Meaning::Timespan(element) => Ok(Meaning::Ordered(OrderColumn::Bound {
                element,
                end: bound == "end",
            })),
            _ => Err(self.unknown()),
        }
    }

    /// A dimension, or a field that only one element, or the dataset, has.
    fn single(&self, name: &str) -> Result<Meaning, OrderByError> {
        let universe = self.dimensions.universe();
        if universe.get(name).is_some_and(Element::is_dimension) {
            return Ok(Meaning::Ordered(OrderColumn::Key(name.to_owned())));
        }
        let has = |element: &&Element| {
            let columns = universe.record_columns(element);
            columns.iter().any(|column| column.name == name)
        };
        let elements: Vec<&Element> = self
            .dimensions
            .elements()
            .filter_map(|element| universe.get(element))
            .filter(has)
            .collect();
        let dataset = dataset_field(name);
        let mut owners: Vec<&str> = elements.iter().map(|e| e.name.as_str()).collect();
        if dataset.is_some() {
            owners.push(&self.dataset_type.name);
        }
        if owners.len() > 1 {
            owners.sort_unstable();
            let full: Vec<String> = owners.iter().map(|o| format!("'{o}.{name}'")).collect();
            return Err(OrderByError::Ambiguous {
                identifier: self.identifier.to_owned(),
                matches: full.join(", "),
            });
        }
        match (elements.first(), dataset) {
            (Some(element), _) => self.field(element, name),
            (None, Some(meaning)) => Ok(meaning),
            (None, None) => Err(self.unknown()),
        }
    }

    /// A field of a named element, or of the dataset.
    fn pair(&self, first: &str, second: &str) -> Result<Meaning, OrderByError> {
        if let Some(element) = self.dimensions.universe().get(first) {
            return self.field(element, second);
        }
        match dataset_field(second) {
            Some(meaning) if first == self.dataset_type.name => Ok(meaning),
            _ => Err(self.unknown()),
        }
    }

    fn field(&self, element: &Element, field: &str) -> Result<Meaning, OrderByError> {
        let universe = self.dimensions.universe();
        let keys = universe.required_columns(element);
        if let Some((dimension, _, _)) = keys.iter().find(|(_, name, _)| *name == field) {
            return Ok(Meaning::Ordered(OrderColumn::Key((*dimension).to_owned())));
        }
        if element.implied.iter().any(|implied| implied == field) {
            return Ok(Meaning::Ordered(OrderColumn::Key(field.to_owned())));
        }
        let column = element.remainder().into_iter().find(|c| c.name == field);
        Ok(match column.map(|c| c.column_type) {
            None => return Err(self.unknown()),
            Some(ColumnType::Timespan) => Meaning::Timespan(Some(element.name.clone())),
            Some(ColumnType::Int | ColumnType::String { .. } | ColumnType::Float) => {
                Meaning::Ordered(OrderColumn::Field {
                    element: element.name.clone(),
                    field: field.to_owned(),
                })
            }
            Some(other) => Meaning::Unordered(other.name()),
        })
    }

    /// The dimensions of what is sorted by must be among those of the dataset type (`ResultSpecBase.validate_tree`).
    fn check_dimensions(&self, column: &OrderColumn) -> Result<(), OrderByError> {
        let universe = self.dimensions.universe();
        let fits = match column {
            OrderColumn::Key(dimension) => self.dimensions.contains(dimension),
            OrderColumn::Field { element, .. }
            | OrderColumn::Bound {
                element: Some(element),
                ..
            } => universe.get(element).is_some_and(|element| {
                let needed = element.required.iter().chain(&element.implied);
                needed.into_iter().all(|d| self.dimensions.contains(d))
            }),
            _ => true,
        };
        if fits {
            return Ok(());
        }
        Err(OrderByError::OtherDimensions {
            identifier: self.identifier.to_owned(),
            dataset_type: self.dataset_type.name.clone(),
            dimensions: self.dimensions.to_string(),
        })
    }
}

/// The fields that every dataset has.
fn dataset_field(name: &str) -> Option<Meaning> {
    Some(match name {
        "dataset_id" => Meaning::Unordered("UUID"),
        "ingest_date" => Meaning::Ordered(OrderColumn::IngestDate),
        "run" => Meaning::Ordered(OrderColumn::Run),
        "collection" => Meaning::Ordered(OrderColumn::Collection),
        "timespan" => Meaning::Timespan(None),
        _ => return None,
    })
}
