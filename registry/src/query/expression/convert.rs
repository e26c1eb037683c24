//! Syntax tree -> predicate (`lsst/daf/butler/queries/_expression_strings.py`).

use pantry_sky::Region;

use super::binds::BindValue;
use super::error::Place;
use super::geometry;
use super::identifier::IdentifierContext;
use super::parser::parse;
use super::syntax::{Function, Prefix, Syntax, SyntaxKind};
use super::value::Value;
use crate::config::str_repr;
use crate::model::timespan::Timespan;
use crate::query::QueryError;
use crate::query::tree::{
    ColumnExpression, ColumnLiteral, ColumnReference, ComparisonOperator, Predicate, PredicateLeaf,
    QueryColumnType, RegionLiteral, UnaryOperator,
};

/// The predicate of a where-expression; no text is true.
///
/// # Errors
/// [`QueryError::Invalid`]: the text is no expression, names what there is not, or compares what cannot be compared.
pub fn where_predicate(
    text: &str,
    context: &IdentifierContext<'_>,
) -> Result<Predicate, QueryError> {
    let Some(tree) = parse(text)? else {
        return Ok(Predicate::from_bool(true));
    };
    let converter = Converter { text, context };
    match converter.value(&tree)? {
        Value::Predicate(predicate) => Ok(predicate),
        other => Err(converter.invalid(
            &tree,
            &format!(
                "Expression '{tree}' is no condition, but of type {}",
                other.type_name()
            ),
        )),
    }
}

/// The value of a literal that stands for itself; `None` for anything else.
pub(super) fn literal(syntax: &Syntax) -> Option<Result<ColumnLiteral, String>> {
    Some(Ok(match &syntax.kind {
        SyntaxKind::Number(text) => return Some(number(text)),
        SyntaxKind::String(text) => ColumnLiteral::String(text.clone()),
        SyntaxKind::Time { time, .. } => ColumnLiteral::DateTime(*time),
        SyntaxKind::Uuid(uuid) => ColumnLiteral::Uuid(*uuid),
        _ => return None,
    }))
}

fn number(text: &str) -> Result<ColumnLiteral, String> {
    if text.contains(['.', 'e', 'E']) {
        let value = text.parse().map_err(|_| format!("{text} is no number"))?;
        return Ok(ColumnLiteral::Float(value));
    }
    let value = text.parse();
    value
        .map(ColumnLiteral::Int)
        .map_err(|_| format!("{text} does not fit into an integer of 64 bits"))
}

pub(super) struct Converter<'a> {
    pub(super) text: &'a str,
    pub(super) context: &'a IdentifierContext<'a>,
}

type Converted = Result<Value, QueryError>;

impl Converter<'_> {
    /// An error of this part of the expression.
    pub(super) fn invalid(&self, syntax: &Syntax, message: &str) -> QueryError {
        Place::new(self.text, syntax.at).invalid(message)
    }

    /// An error of this part of the expression that was found elsewhere.
    pub(super) fn place(&self, syntax: &Syntax) -> impl Fn(QueryError) -> QueryError {
        move |error| match error {
            QueryError::Invalid(message) => self.invalid(syntax, &message),
            other => other,
        }
    }

    pub(super) fn value(&self, syntax: &Syntax) -> Converted {
        let (links, first) = syntax.chain();
        let mut value = self.operand(first)?;
        for link in links.iter().rev() {
            let rhs = self.value(link.rhs)?;
            value = self.binary(link.operator, value, rhs, link.operation)?;
        }
        Ok(value)
    }

    /// Anything that is no chain.
    fn operand(&self, syntax: &Syntax) -> Converted {
        if let Some(literal) = literal(syntax) {
            let literal = literal.map_err(|message| self.invalid(syntax, &message))?;
            return Ok(expression(literal));
        }
        match &syntax.kind {
            SyntaxKind::Range {
                start,
                stop,
                stride,
            } => Ok(Value::Range(*start, *stop, stride.unwrap_or(1))),
            SyntaxKind::Identifier(name) => self.identifier(name, syntax),
            SyntaxKind::Bind(name) if self.context.binds.get(name).is_some() => {
                self.identifier(name, syntax)
            }
            SyntaxKind::Bind(name) => Err(self.invalid(
                syntax,
                &format!("Name {} is not in the bind map.", str_repr(name)),
            )),
            SyntaxKind::Unary { operator, operand } => self.unary(*operator, operand, syntax),
            SyntaxKind::In {
                member,
                values,
                is_negated,
            } => self.membership(member, values, *is_negated, syntax),
            SyntaxKind::Parens(inner) => self.value(inner),
            SyntaxKind::Tuple(items) => self.timespan(items, syntax),
            SyntaxKind::Call {
                function,
                arguments,
            } => self.call(function, arguments, syntax),
            // The others are literals and chains.
            _ => Err(self.invalid(syntax, &format!("Unexpected '{syntax}'"))),
        }
    }

    fn identifier(&self, name: &str, syntax: &Syntax) -> Converted {
        if let Some(BindValue::List(items)) = self.context.binds.get(name) {
            return self.sequence(items, syntax);
        }
        if name.eq_ignore_ascii_case("null") {
            return Ok(Value::Null);
        }
        match self.context.interpret(name).map_err(self.place(syntax))? {
            ColumnExpression::Reference(column)
                if column.column_type() == QueryColumnType::Bool =>
            {
                let leaf = PredicateLeaf::BooleanWrapper(column);
                Ok(Value::Predicate(Predicate::from_leaf(leaf)))
            }
            other => Ok(Value::Expression(other)),
        }
    }

    fn sequence(&self, items: &[ColumnLiteral], syntax: &Syntax) -> Converted {
        let mut types: Vec<&str> = items.iter().map(|item| item.column_type().name()).collect();
        types.sort_unstable();
        types.dedup();
        if types.len() > 1 {
            let items: Vec<String> = items.iter().map(ToString::to_string).collect();
            return Err(self.invalid(
                syntax,
                &format!(
                    "Mismatched types in bind iterable: [{}] has a mix of {{'{}'}}.",
                    items.join(", "),
                    types.join("', '")
                ),
            ));
        }
        let items = items.iter().cloned().map(ColumnExpression::Literal);
        Ok(Value::Sequence(items.collect()))
    }

    fn unary(&self, operator: Prefix, operand: &Syntax, syntax: &Syntax) -> Converted {
        let operand = self.value(operand)?;
        let type_name = operand.type_name();
        match (operator, operand) {
            (Prefix::Not, Value::Predicate(predicate)) => {
                let inverse = predicate.logical_not().map_err(self.place(syntax))?;
                Ok(Value::Predicate(inverse))
            }
            (Prefix::Plus, Value::Expression(operand)) if operand.column_type().is_numeric() => {
                Ok(Value::Expression(operand))
            }
            (Prefix::Minus, Value::Expression(operand)) if operand.column_type().is_numeric() => {
                let negated = ColumnExpression::unary(UnaryOperator::Negate, operand);
                Ok(Value::Expression(negated.map_err(self.place(syntax))?))
            }
            _ => Err(self.invalid(
                syntax,
                &format!(
                    "Unary operator '{}' is not valid for operand of type {type_name} in {syntax}.",
                    operator.name()
                ),
            )),
        }
    }

    fn membership(
        &self,
        member: &Syntax,
        values: &[Syntax],
        is_negated: bool,
        syntax: &Syntax,
    ) -> Converted {
        let converted = self.value(member)?;
        let items: Result<Vec<Value>, _> = values.iter().map(|v| self.value(v)).collect();
        let items = items?;
        let Value::Expression(converted) = converted else {
            let message = format!(
                "'{member}' before IN is of type {}; only a single value can be in a list",
                converted.type_name()
            );
            return Err(self.invalid(member, &message));
        };
        let mut result = Predicate::from_bool(false);
        for (item, value) in items.into_iter().zip(values) {
            let Some(one) = item.contains(converted.clone()) else {
                return Err(self.invalid(value, &format!("Invalid IN expression: '{syntax}")));
            };
            let one = one.map_err(self.place(value))?;
            result = result.logical_or(one).map_err(self.place(syntax))?;
        }
        if is_negated {
            result = result.logical_not().map_err(self.place(syntax))?;
        }
        Ok(Value::Predicate(result))
    }

    fn timespan(&self, items: &[Syntax; 2], syntax: &Syntax) -> Converted {
        let [begin, end] = items;
        let values = [(begin, self.value(begin)?), (end, self.value(end)?)];
        let mut bounds = [None, None];
        for (bound, (item, value)) in bounds.iter_mut().zip(values) {
            *bound = match value {
                Value::Expression(ColumnExpression::Literal(ColumnLiteral::DateTime(time))) => {
                    Some(time)
                }
                Value::Null => None,
                _ => {
                    return Err(self.invalid(
                        item,
                        &format!(
                            "Invalid type in timespan tuple \"{syntax}\" (Note that date/time strings must be preceded by \
                             \"T\" to be recognized)."
                        ),
                    ));
                }
            };
        }
        let timespan = Timespan::new(bounds[0], bounds[1]);
        let timespan = timespan.map_err(|e| self.invalid(syntax, &e.to_string()))?;
        Ok(expression(ColumnLiteral::Timespan(timespan)))
    }

    fn call(&self, function: &Function, arguments: &[Syntax], syntax: &Syntax) -> Converted {
        let values: Result<Vec<Value>, _> = arguments.iter().map(|a| self.value(a)).collect();
        let values = values?;
        let region = match function {
            Function::Unknown(name) => {
                let message = format!("Unknown function '{name}' in expression");
                return Err(self.invalid(syntax, &message));
            }
            Function::Glob => return self.glob(arguments, &values, syntax),
            Function::Region => match values.as_slice() {
                [Value::Expression(ColumnExpression::Literal(ColumnLiteral::String(pos)))] => {
                    Region::from_ivoa_pos(pos).map(RegionLiteral::new)
                }
                _ => {
                    let shown: Vec<String> = arguments.iter().map(ToString::to_string).collect();
                    let shown = shown.join(", ");
                    let message =
                        format!("Expression '{shown}' in REGION() is not a literal string.");
                    return Err(self.invalid(syntax, &message));
                }
            },
            _ => {
                let mut numbers = Vec::with_capacity(values.len());
                for (value, argument) in values.iter().zip(arguments) {
                    let number = match value {
                        Value::Expression(expression) => literal_number(expression),
                        _ => None,
                    };
                    // The reference shows all of a polygon.
                    let shown = if *function == Function::Polygon {
                        syntax
                    } else {
                        argument
                    };
                    numbers.push(number.ok_or_else(|| {
                        let name = function.name();
                        let message =
                            format!("Expression '{shown}' in {name}() is not a literal number.");
                        self.invalid(argument, &message)
                    })?);
                }
                geometry::region(function, &numbers)
            }
        };
        let region = region.map_err(|e| self.invalid(syntax, &format!("{syntax}: {e}")))?;
        Ok(expression(ColumnLiteral::Region(region)))
    }

    fn glob(&self, arguments: &[Syntax], values: &[Value], syntax: &Syntax) -> Converted {
        let [
            Value::Expression(ColumnExpression::Reference(column)),
            pattern,
        ] = values
        else {
            let at = arguments.first().unwrap_or(syntax);
            let message =
                format!("glob() first argument must be a string column (in node {syntax})");
            return Err(self.invalid(at, &message));
        };
        if column.column_type() != QueryColumnType::String {
            let message =
                format!("glob() first argument must be a string column (in node {syntax})");
            return Err(self.invalid(syntax, &message));
        }
        let Value::Expression(pattern @ ColumnExpression::Literal(ColumnLiteral::String(_))) =
            pattern
        else {
            let message = format!("glob() second argument must be a string (in node {syntax})");
            return Err(self.invalid(syntax, &message));
        };
        let column: ColumnReference = column.clone();
        let column = ColumnExpression::Reference(column);
        Predicate::compare(column, ComparisonOperator::Glob, pattern.clone())
            .map(Value::Predicate)
            .map_err(self.place(syntax))
    }
}

fn expression(literal: ColumnLiteral) -> Value {
    Value::Expression(ColumnExpression::Literal(literal))
}

/// A number, perhaps with signs before it.
fn literal_number(expression: &ColumnExpression) -> Option<f64> {
    match expression {
        ColumnExpression::Literal(ColumnLiteral::Float(value)) => Some(*value),
        ColumnExpression::Literal(ColumnLiteral::Int(value)) => Some(*value as f64),
        ColumnExpression::Unary {
            operator: UnaryOperator::Negate,
            operand,
        } => literal_number(operand).map(|value| -value),
        _ => None,
    }
}
