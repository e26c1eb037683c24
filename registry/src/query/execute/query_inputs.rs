//! What a query refers to that is neither in the tree nor in the registry.

use std::collections::BTreeMap;
use std::sync::Arc;

use uuid::Uuid;

use crate::model::data_coordinate::DataIdValue;
use crate::model::dimension_group::DimensionGroup;
use crate::query::QueryError;
use crate::query::check::{Catalog, Postprocessing, with_default_data_id};
use crate::query::sql::{Fragment, RowSource, SqlContext, Wanted, build};
use crate::query::tree::{ColumnSet, QueryTree};
use crate::registry::Registry;
use crate::schema::dialect::Dialect;

/// Data IDs that a query is restricted to.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Their dimensions.
    pub dimensions: DimensionGroup,
    /// Values of the required dimensions, in their order.
    pub rows: Vec<Vec<DataIdValue>>,
}

/// Rows of another query that a query is restricted to.
///
/// The reference stores them in a temporary table; here the other query becomes part of the statement, so that nothing is
/// written and a repo that is open for reading only will do.
#[derive(Debug, Clone)]
pub struct Materialization {
    /// The other query.
    pub tree: QueryTree,
    /// The dimensions of its rows.
    pub dimensions: DimensionGroup,
    /// Dataset types whose searches its rows satisfy.
    pub datasets: Vec<String>,
    /// Whether spatial joins may give rows twice.
    pub allow_duplicate_overlaps: bool,
}

/// Uploads, materialisations, and what the caller takes for granted.
#[derive(Debug, Clone, Default)]
pub struct QueryInputs {
    /// Uploaded data IDs.
    pub uploads: BTreeMap<Uuid, Upload>,
    /// Rows of other queries, in the order in which they were made: later ones may refer to earlier ones.
    pub materializations: Vec<(Uuid, Materialization)>,
    /// Values of governor dimensions for queries that leave them open.
    pub default_data_id: Vec<(String, String)>,
}

impl QueryInputs {
    /// All trees of the inputs.
    pub(super) fn trees(&self) -> impl Iterator<Item = &QueryTree> {
        self.materializations.iter().map(|(_, m)| &m.tree)
    }

    /// A translation that knows the inputs.
    pub(super) fn context(
        &self,
        registry: &mut Registry,
        catalog: &Catalog,
    ) -> Result<SqlContext, QueryError> {
        let managers = registry.managers();
        let universe = Arc::clone(registry.universe());
        let connection = registry.connection();
        let (dialect, namespace) = (connection.dialect(), connection.namespace());
        let mut context = SqlContext::new(dialect, namespace, managers, universe);
        context.has_any_value = connection.has_any_value()?;
        self.add_to(&mut context, catalog)?;
        Ok(context)
    }

    /// What is wrong with the first materialisation with which something is. The reference makes them one by one before it
    /// looks at the query that uses them, so their errors go before that query's.
    pub(super) fn first_fault(&self, registry: &mut Registry) -> Result<(), QueryError> {
        for number in 1..=self.materializations.len() {
            let mut earlier = self.clone();
            earlier.materializations.truncate(number);
            let catalog = Catalog::of(registry, earlier.trees())?;
            earlier.context(registry, &catalog)?;
        }
        Ok(())
    }

    fn add_to(&self, context: &mut SqlContext, catalog: &Catalog) -> Result<(), QueryError> {
        for (key, upload) in &self.uploads {
            let source = upload.source(context)?;
            context.uploads.insert(*key, source);
        }
        for (key, materialization) in &self.materializations {
            let source = materialization.source(context, catalog, &self.default_data_id)?;
            context.materializations.insert(*key, source);
        }
        Ok(())
    }
}

impl Upload {
    /// All rows are one value, JSON text, so that their number is not limited by that of placeholders.
    fn source(&self, context: &SqlContext) -> Result<RowSource, QueryError> {
        let rows: Vec<serde_json::Value> = self
            .rows
            .iter()
            .map(|row| row.iter().map(json).collect())
            .collect();
        let rows = Fragment::bind(serde_json::Value::Array(rows).to_string().as_str());
        let dialect = context.dialect;
        let columns = self
            .dimensions
            .required()
            .enumerate()
            .map(|(i, dimension)| {
                let is_text = !matches!(
                    context.universe.key_type(dimension),
                    crate::model::column::ColumnType::Int
                );
                let value = match (dialect, is_text) {
                    (Dialect::Sqlite, _) => format!("json_extract(value, '$[{i}]')"),
                    (Dialect::Postgresql, true) => format!("value ->> {i}"),
                    (Dialect::Postgresql, false) => format!("CAST(value ->> {i} AS bigint)"),
                };
                Fragment::text(format!("{value} AS {}", dialect.quote(dimension)))
            });
        let mut columns = Fragment::join(", ", columns);
        if columns.is_empty() {
            columns = Fragment::text("1 AS one");
        }
        let select = Fragment::text("SELECT ").append(columns);
        let table = match dialect {
            Dialect::Sqlite => select.sql(" FROM json_each(").append(rows).sql(")"),
            Dialect::Postgresql => select
                .sql(" FROM json_array_elements(CAST(")
                .append(rows)
                .sql(" AS json)) AS uploaded(value)"),
        };
        Ok(RowSource {
            table: table.parens(),
            datasets: Vec::new(),
            postprocessing: Postprocessing::default(),
            region_pairs: Vec::new(),
        })
    }
}

fn json(value: &DataIdValue) -> serde_json::Value {
    match value {
        DataIdValue::Int(v) => (*v).into(),
        DataIdValue::Str(v) => v.as_str().into(),
    }
}

impl Materialization {
    fn source(
        &self,
        context: &mut SqlContext,
        catalog: &Catalog,
        default_data_id: &[(String, String)],
    ) -> Result<RowSource, QueryError> {
        let tree = with_default_data_id(self.tree.clone(), default_data_id)?;
        let before = context.allow_duplicate_overlaps;
        context.allow_duplicate_overlaps = self.allow_duplicate_overlaps;
        let columns = ColumnSet::new(&self.dimensions);
        let wanted = Wanted {
            columns: &columns,
            order_by: &[],
            find_first: None,
        };
        let built = build(context, &tree, catalog, &wanted);
        context.allow_duplicate_overlaps = before;
        let built = built?;
        let select = built
            .select
            .to_sql(context.dialect, &built.postprocessing)?;
        Ok(RowSource {
            table: select.parens(),
            datasets: self.datasets.clone(),
            postprocessing: built.postprocessing,
            region_pairs: built.region_pairs,
        })
    }
}
