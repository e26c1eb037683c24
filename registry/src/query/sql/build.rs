//! One SELECT for a query (`direct_query_driver/_query_builder.py`, `_driver.py`).

use super::context::SqlContext;
use super::dataset_table::dataset_table;
use super::element_table::element_table;
use super::expression::Expressions;
use super::find_first::find_first;
use super::fragment::Fragment;
use super::joins::Joins;
use super::overlap_table::spatial_join;
use super::projection::{Projection, VALIDITY_MATCH_COUNT};
use super::select::{Select, extract};
use crate::model::element::Element;
use crate::query::QueryError;
use crate::query::check::{Catalog, Postprocessing, QueryAnalysis, analyze};
use crate::query::tree::{ColumnExpression, ColumnSet, DatasetKey, OrderExpression, QueryTree};

/// A query in SQL, except for ORDER BY and LIMIT.
#[derive(Debug)]
pub struct BuiltQuery {
    /// The statement.
    pub select: Select,
    /// What is left to do with its rows.
    pub postprocessing: Postprocessing,
    /// Names of special columns that hold pairs of regions (see [`Projection`]).
    pub region_pairs: Vec<String>,
    /// What was found out about the query.
    pub analysis: QueryAnalysis,
}

/// What a caller wants of a query.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// Columns of the result.
    pub columns: &'a ColumnSet,
    /// What rows are sorted by; only the columns that this needs matter here.
    pub order_by: &'a [OrderExpression],
    /// The dataset type of which only the first dataset of each data ID is wanted.
    pub find_first: Option<DatasetKey>,
}

/// Translate a query. `catalog` is what the registry knows about the tree and the queries in it.
pub fn build(
    context: &SqlContext,
    tree: &QueryTree,
    catalog: &Catalog,
    wanted: &Wanted<'_>,
) -> Result<BuiltQuery, QueryError> {
    let mut analysis = analyze(tree, catalog)?;
    let mut region_pairs = Vec::new();
    let sources = tree.materializations.keys();
    for source in sources.filter_map(|key| context.materializations.get(key)) {
        let rest = source.postprocessing.clone();
        analysis.postprocessing.joins.extend(rest.joins);
        analysis.postprocessing.constraints.extend(rest.constraints);
        region_pairs.extend(source.region_pairs.clone());
    }
    let mut projected = wanted.columns.clone();
    projected.restore_dimension_keys();
    for term in wanted.order_by {
        term.operand.gather_required_columns(&mut projected);
    }
    let mut projection = Projection::of(&mut analysis, &mut projected, wanted.find_first.as_ref());
    projection.region_pairs = region_pairs;
    analysis.columns.update(&projected);
    let mut joins = joined(context, tree, catalog, &analysis)?;
    let filter = Expressions {
        dialect: context.dialect,
        ingest_date: context.managers.ingest_date,
        columns: &joins.columns,
        subquery: &|tree, column| subquery(context, tree, catalog, column),
    }
    .predicate(&analysis.predicate)?;
    if !analysis.predicate.operands.is_empty() {
        joins.filter(filter);
    }
    let mut select = Select::new(joins, projected);
    projection.gather_region_pairs(context, &mut analysis, &mut select)?;
    projection.apply(context, &analysis, &mut select, !wanted.order_by.is_empty())?;
    if let Some(search) = projection.find_first_search(&analysis) {
        select = find_first(context, select, &analysis.postprocessing, search)?;
    }
    select.columns = wanted.columns.clone();
    if !analysis.postprocessing.check_validity_match_count {
        select.joins.columns.special.remove(VALIDITY_MATCH_COUNT);
    }
    Ok(BuiltQuery {
        select,
        postprocessing: projection.postprocessing(&analysis),
        region_pairs: projection.region_pairs,
        analysis,
    })
}

/// Everything that the query joins, in the order in which SQLite looks things up if it must keep an order.
fn joined(
    context: &SqlContext,
    tree: &QueryTree,
    catalog: &Catalog,
    analysis: &QueryAnalysis,
) -> Result<Joins, QueryError> {
    let mut joins = Joins::default();
    for join in &analysis.joins {
        joins.join(spatial_join(context, join, &analysis.data_id)?);
        joins.is_ordered = true;
    }
    let mut satisfied: Vec<String> = Vec::new();
    for (key, dimensions) in &tree.data_coordinate_uploads {
        let columns = ColumnSet::new(dimensions).drop_implied_dimension_keys();
        joins.join(row_source(
            context,
            "upload",
            context.uploads.get(key),
            &columns,
        )?);
    }
    for (key, dimensions) in &tree.materializations {
        let source = context.materializations.get(key);
        satisfied.extend(source.into_iter().flat_map(|s| s.datasets.clone()));
        joins.join(row_source(
            context,
            "materialization",
            source,
            &ColumnSet::new(dimensions),
        )?);
    }
    for search in &analysis.datasets {
        let key = DatasetKey::Named(search.dataset_type.clone());
        let fields = analysis.columns.fields_of(&key);
        if satisfied.contains(&search.dataset_type) && fields.is_empty() {
            continue;
        }
        let record = catalog.dataset_type(&search.dataset_type)?;
        joins.join(dataset_table(context, record, search, &fields)?);
    }
    let mut elements = mandatory(tree, analysis);
    while !elements.is_empty() {
        // Records that can be looked up by their key come before those that others lead to, or that would multiply rows.
        let known = |e: &&Element| {
            let keys = &joins.columns.dimension_keys;
            e.required.iter().filter(|d| !keys.contains_key(*d)).count()
        };
        let next = (0..elements.len()).min_by_key(|i| elements.get(*i).map_or(0, known));
        let element = elements.remove(next.unwrap_or(0));
        let fields: Vec<&str> = analysis.columns.dimension_fields(&element.name).collect();
        joins.join(element_table(context, element, fields)?);
    }
    missing_dimensions(context, analysis, &mut joins)?;
    Ok(joins)
}

fn row_source(
    context: &SqlContext,
    name: &str,
    source: Option<&super::context::RowSource>,
    columns: &ColumnSet,
) -> Result<Joins, QueryError> {
    let source = source.ok_or_else(|| {
        QueryError::invalid(format!("The query refers to an unknown {name} of rows."))
    })?;
    let alias = context.alias(name);
    let table = source
        .table
        .clone()
        .sql(" AS ")
        .sql(&context.dialect.quote(&alias));
    Ok(extract(
        Joins::of(table),
        context.dialect,
        &alias,
        columns,
        &source.postprocessing,
        source.region_pairs.iter(),
    ))
}

/// Elements whose tables the query needs: those with fields in it, and those that relate dimensions which nothing else
/// relates (`QueryJoinsAnalysis.iter_mandatory`).
fn mandatory<'a>(tree: &'a QueryTree, analysis: &QueryAnalysis) -> Vec<&'a Element> {
    let universe = tree.universe();
    let dimensions = analysis.columns.dimensions();
    let covers = |element: &Element| {
        let inside = |group: &crate::model::dimension_group::DimensionGroup| {
            let names = element.required.iter().chain(&element.implied);
            let required: Vec<&str> = group.required().collect();
            names.clone().all(|d| required.contains(&d.as_str()))
        };
        tree.data_coordinate_uploads.values().any(inside)
            || tree.datasets.values().any(|s| inside(&s.dimensions))
            || tree
                .materializations
                .values()
                .any(|g| g.contains(&element.name))
    };
    dimensions
        .elements()
        .filter_map(|name| universe.get(name))
        .filter(|element| {
            analysis
                .columns
                .dimension_fields(&element.name)
                .next()
                .is_some()
                || (element.defines_relationships() && !covers(element))
        })
        .filter(|element| !element.is_skypix())
        .collect()
}

/// Join elements until every dimension has a key, always the one that brings most.
fn missing_dimensions(
    context: &SqlContext,
    analysis: &QueryAnalysis,
    joins: &mut Joins,
) -> Result<(), QueryError> {
    loop {
        let missing: Vec<&str> = analysis
            .columns
            .dimensions()
            .names()
            .filter(|d| !joins.columns.dimension_keys.contains_key(*d))
            .collect();
        let brings = |name: &str| {
            context.universe.get(name).map_or(0, |e| {
                let own = e.required.iter().chain(&e.implied);
                own.filter(|d| missing.contains(&d.as_str())).count()
            })
        };
        let Some(best) = missing
            .iter()
            .copied()
            .rev()
            .max_by_key(|name| brings(name))
        else {
            return Ok(());
        };
        let element = context
            .universe
            .get(best)
            .ok_or_else(|| QueryError::invalid(format!("there is no dimension '{best}'")))?;
        joins.join(element_table(context, element, [])?);
    }
}

/// The SELECT of one column of another query.
fn subquery(
    context: &SqlContext,
    tree: &QueryTree,
    catalog: &Catalog,
    column: &ColumnExpression,
) -> Result<Fragment, QueryError> {
    let mut columns = ColumnSet::new(&crate::model::dimension_group::DimensionGroup::empty(
        tree.universe(),
    ));
    column.gather_required_columns(&mut columns);
    let wanted = Wanted {
        columns: &columns,
        order_by: &[],
        find_first: None,
    };
    let built = build(context, tree, catalog, &wanted)?;
    if built.postprocessing.filters() || !built.region_pairs.is_empty() {
        return Err(QueryError::Unimplemented(
            "Right-hand side subquery in IN expression would require postprocessing.".to_owned(),
        ));
    }
    let none = Postprocessing::default();
    let alias = context.alias("member");
    let mut joins = built.select.nested(context.dialect, &alias, &none)?;
    let member = Expressions {
        dialect: context.dialect,
        ingest_date: context.managers.ingest_date,
        columns: &joins.columns,
        subquery: &|_, _| Err(QueryError::invalid("IN queries cannot be nested here.")),
    }
    .scalar(column)?;
    joins.columns.special.clear();
    Ok(Fragment::text("SELECT ")
        .append(member)
        .append(joins.to_sql(context.dialect)))
}

/// ORDER BY terms over the columns of a statement that was built with them.
pub fn order_by(
    context: &SqlContext,
    built: &BuiltQuery,
    terms: &[OrderExpression],
) -> Result<Vec<Fragment>, QueryError> {
    let expressions = Expressions {
        dialect: context.dialect,
        ingest_date: context.managers.ingest_date,
        columns: &built.select.joins.columns,
        subquery: &|_, _| Err(QueryError::invalid("There are no queries in ORDER BY.")),
    };
    terms.iter().map(|term| expressions.order(term)).collect()
}
