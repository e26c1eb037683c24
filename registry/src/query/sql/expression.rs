//! Column expressions and filters in SQL (`direct_query_driver/_sql_column_visitor.py`).

use super::columns::SqlColumns;
use super::fragment::{Fragment, all_of, any_of};
use super::glob;
use super::timespan_column::TimespanColumn;
use crate::database::Value;
use crate::model::time::TaiNs;
use crate::query::QueryError;
use crate::query::tree::{
    BinaryOperator, ColumnExpression, ColumnLiteral, ColumnReference, ComparisonOperator,
    OrderExpression, Predicate, PredicateLeaf, QueryColumnType, QueryTree, ResultColumn,
    UnaryOperator,
};
use crate::schema::dialect::Dialect;
use crate::schema::managers::IngestDate;

/// Makes the subquery of `member IN (query).column`.
pub type Subquery<'a> = dyn Fn(&QueryTree, &ColumnExpression) -> Result<Fragment, QueryError> + 'a;

/// Translates expressions over joined columns.
pub struct Expressions<'a> {
    /// SQL dialect.
    pub dialect: Dialect,
    /// How ingest dates are stored.
    pub ingest_date: IngestDate,
    /// The columns.
    pub columns: &'a SqlColumns,
    /// Translates other queries.
    pub subquery: &'a Subquery<'a>,
}

impl Expressions<'_> {
    /// An expression of any type but timespans.
    pub fn scalar(&self, expression: &ColumnExpression) -> Result<Fragment, QueryError> {
        match expression {
            ColumnExpression::Literal(ColumnLiteral::Timespan(_)) => Err(not_scalar(expression)),
            ColumnExpression::Literal(literal) => Ok(Fragment::bind(literal.value())),
            ColumnExpression::Reference(reference) => {
                if reference.column_type() == QueryColumnType::Timespan {
                    return Err(not_scalar(expression));
                }
                self.columns.field(&result_column(reference)).cloned()
            }
            ColumnExpression::Unary { operator, operand } => match operator {
                UnaryOperator::Negate => {
                    Ok(Fragment::text("-").append(self.scalar(operand)?.parens()))
                }
                UnaryOperator::BeginOf => Ok(self.timespan(operand)?.lower()),
                UnaryOperator::EndOf => Ok(self.timespan(operand)?.upper()),
            },
            ColumnExpression::Binary { operator, a, b } => self.binary(*operator, a, b),
        }
    }

    fn binary(
        &self,
        operator: BinaryOperator,
        a: &ColumnExpression,
        b: &ColumnExpression,
    ) -> Result<Fragment, QueryError> {
        let left = self.scalar(a)?.parens();
        let mut right = self.scalar(b)?.parens();
        // SQLAlchemy divides integers as Python does: the result is a fraction.
        if operator == BinaryOperator::Divide && b.column_type() == QueryColumnType::Int {
            right = match self.dialect {
                Dialect::Sqlite => right.sql(" + 0.0").parens(),
                Dialect::Postgresql => {
                    Fragment::text("CAST").append(right.sql(" AS NUMERIC").parens())
                }
            };
        }
        let sign = format!(" {} ", operator.name());
        Ok(left.sql(&sign).append(right).parens())
    }

    /// A timespan.
    pub fn timespan(&self, expression: &ColumnExpression) -> Result<TimespanColumn, QueryError> {
        match expression {
            ColumnExpression::Literal(ColumnLiteral::Timespan(timespan)) => {
                Ok(TimespanColumn::literal(self.dialect, *timespan))
            }
            ColumnExpression::Reference(reference) => {
                self.columns.timespan(&result_column(reference)).cloned()
            }
            _ => Err(QueryError::invalid(format!(
                "{expression} is not a timespan."
            ))),
        }
    }

    /// A term of ORDER BY.
    pub fn order(&self, term: &OrderExpression) -> Result<Fragment, QueryError> {
        let sql = self.scalar(&term.operand)?;
        Ok(match term.is_reversed {
            true => sql.sql(" DESC"),
            false => sql,
        })
    }

    /// A filter.
    pub fn predicate(&self, predicate: &Predicate) -> Result<Fragment, QueryError> {
        let mut groups = Vec::with_capacity(predicate.operands.len());
        for group in &predicate.operands {
            let leaves: Result<Vec<Fragment>, QueryError> =
                group.iter().map(|leaf| self.leaf(leaf)).collect();
            groups.push(any_of(leaves?));
        }
        Ok(all_of(groups))
    }

    fn leaf(&self, leaf: &PredicateLeaf) -> Result<Fragment, QueryError> {
        match leaf {
            PredicateLeaf::Not(operand) => {
                Ok(Fragment::text("NOT ").append(self.leaf(operand)?.parens()))
            }
            PredicateLeaf::BooleanWrapper(reference) => {
                self.columns.field(&result_column(reference)).cloned()
            }
            PredicateLeaf::IsNull(operand) => match operand.column_type() {
                QueryColumnType::Timespan => Ok(self.timespan(operand)?.is_null()),
                _ => Ok(self.scalar(operand)?.sql(" IS NULL")),
            },
            PredicateLeaf::Comparison { a, operator, b } => self.comparison(a, *operator, b),
            PredicateLeaf::InContainer { member, container } => {
                if container.is_empty() {
                    return Ok(Fragment::text("false"));
                }
                let items: Result<Vec<Fragment>, QueryError> =
                    container.iter().map(|item| self.scalar(item)).collect();
                let items = Fragment::join(", ", items?).parens();
                Ok(self.scalar(member)?.sql(" IN ").append(items))
            }
            PredicateLeaf::InRange {
                member,
                start,
                stop,
                step,
            } => self.in_range(member, *start, *stop, *step),
            PredicateLeaf::InQuery {
                member,
                column,
                query_tree,
            } => {
                let subquery = (self.subquery)(query_tree, column)?.parens();
                Ok(self.scalar(member)?.sql(" IN ").append(subquery))
            }
        }
    }

    fn comparison(
        &self,
        a: &ColumnExpression,
        operator: ComparisonOperator,
        b: &ColumnExpression,
    ) -> Result<Fragment, QueryError> {
        let sign = match operator {
            ComparisonOperator::Overlaps => return self.overlap(a, b),
            ComparisonOperator::Glob => {
                return match b.as_literal() {
                    Some(ColumnLiteral::String(pattern)) => {
                        Ok(glob::matches(self.dialect, self.scalar(a)?, pattern))
                    }
                    _ => Err(QueryError::invalid("The pattern of GLOB must be a string.")),
                };
            }
            ComparisonOperator::Equal => " = ",
            ComparisonOperator::NotEqual => " != ",
            other => &format!(" {} ", other.name()),
        };
        let (left, right) = (self.dated(a, b)?, self.dated(b, a)?);
        Ok(left.sql(sign).append(right))
    }

    fn overlap(&self, a: &ColumnExpression, b: &ColumnExpression) -> Result<Fragment, QueryError> {
        use QueryColumnType as T;
        let (timespan, other) = match a.column_type() {
            T::Timespan => (a, b),
            _ => (b, a),
        };
        let timespan = self.timespan(timespan)?;
        match other.column_type() {
            T::Timespan => Ok(timespan.overlaps(&self.timespan(other)?)),
            T::IngestDate if self.ingest_date == IngestDate::Timestamp => Err(QueryError::invalid(
                "Expressions involving ingest date are not supported by this database schema.",
            )),
            _ => Ok(timespan.contains(self.scalar(other)?)),
        }
    }

    /// One side of a comparison; a time that is compared with an ingest date is written as those are stored.
    fn dated(
        &self,
        side: &ColumnExpression,
        other: &ColumnExpression,
    ) -> Result<Fragment, QueryError> {
        let is_date = side.column_type() == QueryColumnType::DateTime
            && other.column_type() == QueryColumnType::IngestDate;
        if !is_date || self.ingest_date == IngestDate::TaiNs {
            return self.scalar(side);
        }
        match side.as_literal() {
            Some(ColumnLiteral::DateTime(time)) => Ok(self.timestamp(*time)),
            _ => Err(QueryError::invalid(
                "Only literal date-time values can be compared with ingest date.",
            )),
        }
    }

    /// A time as the old layout stores ingest dates: UTC, to the microsecond.
    fn timestamp(&self, time: TaiNs) -> Fragment {
        let text = Fragment::bind(Value::Text(time.utc_text()));
        match self.dialect {
            Dialect::Sqlite => text,
            Dialect::Postgresql => Fragment::text("CAST(").append(text).sql(" AS timestamp)"),
        }
    }

    fn in_range(
        &self,
        member: &ColumnExpression,
        start: i64,
        stop: Option<i64>,
        step: i64,
    ) -> Result<Fragment, QueryError> {
        let sql = self.scalar(member)?;
        let target = match stop.map(|stop| stop.saturating_sub(1)) {
            None => sql.clone().sql(" >= ").add_bind(start),
            Some(last) if last == start => return Ok(sql.sql(" = ").add_bind(start)),
            Some(last) => sql
                .clone()
                .sql(" BETWEEN ")
                .add_bind(start)
                .sql(" AND ")
                .add_bind(last),
        };
        if step == 1 {
            return Ok(target);
        }
        let phase = sql
            .sql(" % ")
            .add_bind(step)
            .sql(" = ")
            .add_bind(start.rem_euclid(step));
        Ok(all_of(vec![target, phase]))
    }
}

fn not_scalar(expression: &ColumnExpression) -> QueryError {
    QueryError::invalid(format!(
        "The timespan {expression} can only be compared with OVERLAPS."
    ))
}

/// The column that a reference names.
pub fn result_column(reference: &ColumnReference) -> ResultColumn {
    match reference {
        ColumnReference::DimensionKey { dimension, .. } => {
            ResultColumn::DimensionKey(dimension.clone())
        }
        ColumnReference::DimensionField { element, field, .. } => {
            ResultColumn::DimensionField(element.clone(), field.clone())
        }
        ColumnReference::DatasetField {
            dataset_type,
            field,
        } => ResultColumn::DatasetField(dataset_type.clone(), *field),
    }
}
