//! What names in expressions mean (`interpret_identifier`, `lsst/daf/butler/queries/_identifiers.py`).

use super::binds::{BindValue, Binds};
use crate::model::dimension_group::DimensionGroup;
use crate::model::element::Element;
use crate::model::universe::Universe;
use crate::query::QueryError;
use crate::query::tree::{
    ColumnExpression, ColumnReference, DatasetField, DatasetKey, UnaryOperator,
};

/// What names in expressions can mean.
#[derive(Debug, Clone, Copy)]
pub struct IdentifierContext<'a> {
    /// The dimensions of the query, whose elements' fields need no element before them.
    pub dimensions: &'a DimensionGroup,
    /// The dataset types of the query, whose fields need no dataset type before them if there is only one.
    pub datasets: &'a [String],
    /// Values by name.
    pub binds: &'a Binds,
}

impl IdentifierContext<'_> {
    fn universe(&self) -> &Universe {
        self.dimensions.universe()
    }

    /// The column, or bound value, of a name with up to two dots.
    ///
    /// # Errors
    /// There is none, or several.
    pub fn interpret(&self, identifier: &str) -> Result<ColumnExpression, QueryError> {
        if let Some(BindValue::Literal(literal)) = self.binds.get(identifier) {
            return Ok(ColumnExpression::Literal(literal.clone()));
        }
        let found = match identifier.split('.').collect::<Vec<_>>()[..] {
            [name] => self.single(name)?.map(ColumnExpression::Reference),
            [first, second] => self.pair(identifier, first, second)?,
            [first, second, bound] => {
                let base = self.interpret(&format!("{first}.{second}"))?;
                bound_of(base, bound)?
            }
            _ => None,
        };
        found.ok_or_else(|| QueryError::invalid(format!("Unrecognized identifier '{identifier}'.")))
    }

    /// A dimension, or a field that only one element or dataset has.
    fn single(&self, name: &str) -> Result<Option<ColumnReference>, QueryError> {
        let universe = self.universe();
        if universe.get(name).is_some_and(Element::is_dimension) {
            return ColumnReference::dimension_key(universe, name).map(Some);
        }
        let elements: Vec<&str> = self
            .dimensions
            .elements()
            .filter(|element| has_field(universe, element, name))
            .collect();
        let field = DatasetField::from_name(name);
        let datasets = self.datasets.iter().filter(|_| field.is_some());
        let mut owners: Vec<&str> = datasets.clone().map(String::as_str).collect();
        owners.extend(&elements);
        if owners.len() > 1 {
            owners.sort_unstable();
            let full: Vec<String> = owners.iter().map(|o| format!("'{o}.{name}'")).collect();
            return Err(QueryError::invalid(format!(
                "Ambiguous identifier '{name}' matches multiple fields: {}.",
                full.join(", ")
            )));
        }
        if let [element] = elements[..] {
            return field_of(universe, element, name);
        }
        Ok(field
            .zip(owners.first())
            .map(|(field, dataset)| ColumnReference::DatasetField {
                dataset_type: DatasetKey::from(*dataset),
                field,
            }))
    }

    fn pair(
        &self,
        identifier: &str,
        first: &str,
        second: &str,
    ) -> Result<Option<ColumnExpression>, QueryError> {
        let universe = self.universe();
        if universe.get(first).is_some() {
            return match field_of(universe, first, second)? {
                Some(reference) => Ok(Some(ColumnExpression::Reference(reference))),
                None => Err(QueryError::invalid(format!(
                    "Unrecognized field '{second}' for {first}."
                ))),
            };
        }
        if let Some(field) = DatasetField::from_name(second) {
            let dataset_type = DatasetKey::from(first);
            return Ok(Some(ColumnExpression::Reference(
                ColumnReference::DatasetField {
                    dataset_type,
                    field,
                },
            )));
        }
        if first == "timespan" {
            return bound_of(self.interpret("timespan")?, second);
        }
        if self.datasets.iter().any(|dataset| dataset == first) {
            return Err(QueryError::invalid(format!(
                "Identifier '{identifier}' references dataset type '{first}' but field '{second}' is not valid for datasets."
            )));
        }
        Ok(None)
    }
}

fn bound_of(base: ColumnExpression, bound: &str) -> Result<Option<ColumnExpression>, QueryError> {
    let operator = match bound {
        "begin" => UnaryOperator::BeginOf,
        "end" => UnaryOperator::EndOf,
        _ => return Ok(None),
    };
    ColumnExpression::unary(operator, base).map(Some)
}

fn has_field(universe: &Universe, element: &str, name: &str) -> bool {
    universe.get(element).is_some_and(|element| {
        let columns = universe.record_columns(element);
        columns.iter().any(|column| column.name == name)
            || (element.is_skypix() && name == "region")
    })
}

/// The field of an element; its own key and its dimensions are the dimensions.
fn field_of(
    universe: &Universe,
    element: &str,
    field: &str,
) -> Result<Option<ColumnReference>, QueryError> {
    let Some(found) = universe
        .get(element)
        .filter(|_| has_field(universe, element, field))
    else {
        return Ok(None);
    };
    let keys = universe.required_columns(found);
    let dimension = match keys.iter().find(|(_, name, _)| *name == field) {
        Some((dimension, _, _)) => Some(*dimension),
        None => found
            .implied
            .iter()
            .map(String::as_str)
            .find(|d| *d == field),
    };
    match dimension {
        Some(dimension) => ColumnReference::dimension_key(universe, dimension).map(Some),
        None => ColumnReference::dimension_field(universe, element, field).map(Some),
    }
}
