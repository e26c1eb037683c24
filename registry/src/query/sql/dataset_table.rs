//! Dataset searches in FROM: tags and calibrations tables
//! (`registry/datasets/byDimensions/_manager.py`, `make_joins_builder`).

use std::collections::BTreeSet;

use super::context::SqlContext;
use super::fragment::Fragment;
use super::joins::Joins;
use super::select::{Select, Unique};
use super::timespan_column::TimespanColumn;
use crate::database::Value;
use crate::dataset_types::DatasetTypeRecord;
use crate::model::collection::CollectionType;
use crate::model::timespan::Timespan;
use crate::query::QueryError;
use crate::query::check::{Postprocessing, ResolvedSearch, SearchedCollection};
use crate::query::tree::{ColumnSet, DatasetField, DatasetKey, ResultColumn};
use crate::schema::dialect::Dialect;
use crate::schema::managers::CollectionKey;

/// The rows of a dataset search with its required dimensions and these fields.
pub fn dataset_table(
    context: &SqlContext,
    record: &DatasetTypeRecord,
    search: &ResolvedSearch,
    fields: &BTreeSet<DatasetField>,
) -> Result<Joins, QueryError> {
    let (calibs, tags): (Vec<&SearchedCollection>, Vec<&SearchedCollection>) = search
        .collections
        .iter()
        .partition(|c| c.collection_type == CollectionType::Calibration);
    let table = Table {
        context,
        record,
        fields,
        key: DatasetKey::Named(record.dataset_type.name.clone()),
    };
    let none = Postprocessing::default();
    let dialect = context.dialect;
    if calibs.is_empty() {
        return table.tags(&tags)?.flat(context, &table.alias());
    }
    let calibs = table.calibs(&calibs)?;
    if tags.is_empty() {
        return calibs.flat(context, &table.alias());
    }
    let tags = table.tags(&tags)?;
    let columns = tags.columns.clone();
    let both = tags
        .to_sql(dialect, &none)?
        .sql(" UNION ")
        .append(calibs.to_sql(dialect, &none)?);
    let alias = table.alias();
    let joined = Joins::of(both.parens().sql(" AS ").sql(&dialect.quote(&alias)));
    Ok(super::select::extract(
        joined,
        dialect,
        &alias,
        &columns,
        &none,
        std::iter::empty(),
    ))
}

impl Select {
    /// The joins themselves where rows need not be made unique, else a subquery.
    fn flat(self, context: &SqlContext, alias: &str) -> Result<Joins, QueryError> {
        match self.unique {
            Unique::No => Ok(self.joins),
            _ => self.nested(context.dialect, alias, &Postprocessing::default()),
        }
    }
}

struct Table<'a> {
    context: &'a SqlContext,
    record: &'a DatasetTypeRecord,
    fields: &'a BTreeSet<DatasetField>,
    key: DatasetKey,
}

impl Table<'_> {
    fn alias(&self) -> String {
        self.context.alias(&self.record.dataset_type.name)
    }

    fn result(&self, field: DatasetField) -> ResultColumn {
        ResultColumn::DatasetField(self.key.clone(), field)
    }

    fn tags(&self, collections: &[&SearchedCollection]) -> Result<Select, QueryError> {
        let alias = self
            .context
            .alias(&format!("{}_tags", self.record.dataset_type.name));
        let mut select = self.select(&self.record.tags_table, &alias, collections)?;
        if self.fields.contains(&DatasetField::Timespan) {
            let always = TimespanColumn::literal(self.context.dialect, Timespan::UNBOUNDED);
            let column = self.result(DatasetField::Timespan);
            select.joins.columns.timespans.insert(column, always);
        }
        Ok(select)
    }

    fn calibs(&self, collections: &[&SearchedCollection]) -> Result<Select, QueryError> {
        let name = &self.record.dataset_type.name;
        let alias = self.context.alias(&format!("{name}_calibs"));
        let table = self.record.calibs_table.as_deref().ok_or_else(|| {
            QueryError::invalid(format!("'{name}' is not a calibration dataset type."))
        })?;
        let mut select = self.select(table, &alias, collections)?;
        if self.fields.contains(&DatasetField::Timespan) {
            let range = TimespanColumn::of_table(self.context.dialect, &alias, "timespan");
            let column = self.result(DatasetField::Timespan);
            select.joins.columns.timespans.insert(column, range);
        }
        if self.fields.contains(&DatasetField::CalibPkey) {
            let id = self.context.column(&alias, "id");
            let column = self.result(DatasetField::CalibPkey);
            select.joins.columns.fields.insert(column, id);
        }
        Ok(select)
    }

    /// What both kinds of table have in common.
    fn select(
        &self,
        table: &str,
        alias: &str,
        collections: &[&SearchedCollection],
    ) -> Result<Select, QueryError> {
        let context = self.context;
        let column = |name: &str| context.column(alias, name);
        let mut joins = Joins::of(context.table(table, alias));
        joins.filter(
            column("dataset_type_id")
                .sql(" = ")
                .add_bind(self.record.id),
        );
        let collection = column(context.managers.collections.collection_reference());
        joins.filter(is_one_of(&collection, collections));
        for dimension in self.record.dataset_type.dimensions.required() {
            joins.columns.add_key(dimension, column(dimension));
        }
        for field in self.fields {
            let expression = match field {
                DatasetField::CollectionKey => collection.clone(),
                DatasetField::Collection => names_of(collections, &collection, context.dialect),
                DatasetField::DatasetId => column("dataset_id"),
                _ => continue,
            };
            joins.columns.fields.insert(self.result(*field), expression);
        }
        self.static_fields(&mut joins, alias, collections)?;
        let mut columns = ColumnSet::new(&self.record.dataset_type.dimensions);
        columns = columns.drop_implied_dimension_keys();
        for field in self.fields {
            columns.add_dataset_field(self.key.clone(), *field);
        }
        let mut select = Select::new(joins, columns);
        if collections.len() > 1 && self.fields.is_empty() {
            select.unique = Unique::Distinct;
        }
        Ok(select)
    }

    /// Fields that the `dataset` table has: ingest date, and the run where the collections do not tell it.
    fn static_fields(
        &self,
        joins: &mut Joins,
        alias: &str,
        collections: &[&SearchedCollection],
    ) -> Result<(), QueryError> {
        let context = self.context;
        let wants = |field| self.fields.contains(&field);
        let runs_only = collections
            .iter()
            .all(|c| c.collection_type == CollectionType::Run);
        let mut run = None;
        if wants(DatasetField::Run) && runs_only {
            // A run's tags are the datasets of that run, so the collection is the run.
            let collection =
                context.column(alias, context.managers.collections.collection_reference());
            run = Some(names_of(collections, &collection, context.dialect));
        }
        let needs_run = wants(DatasetField::Run) && run.is_none();
        if needs_run || wants(DatasetField::IngestDate) {
            let dataset = context.alias("dataset");
            let column = |name: &str| context.column(&dataset, name);
            let same = column("id")
                .sql(" = ")
                .append(context.column(alias, "dataset_id"));
            joins.add_table(context.table("dataset", &dataset), same);
            let date = self.result(DatasetField::IngestDate);
            joins.columns.fields.insert(date, column("ingest_date"));
            if needs_run {
                let key = column(context.managers.collections.run_reference());
                run = Some(match context.managers.collections {
                    CollectionKey::Name => key,
                    CollectionKey::Id => {
                        let collection = context.alias("run_collection");
                        let id = context.column(&collection, "collection_id");
                        let table = context.table("collection", &collection);
                        joins.add_table(table, id.sql(" = ").append(key));
                        context.column(&collection, "name")
                    }
                });
            }
        }
        if let Some(run) = run {
            joins
                .columns
                .fields
                .insert(self.result(DatasetField::Run), run);
        }
        Ok(())
    }
}

/// Whether a column holds the key of one of these collections.
fn is_one_of(column: &Fragment, collections: &[&SearchedCollection]) -> Fragment {
    match collections {
        [] => Fragment::text("false"),
        [one] => column.clone().sql(" = ").add_bind(one.key.clone()),
        many => {
            let keys = many.iter().map(|c| Fragment::bind(c.key.clone()));
            column
                .clone()
                .sql(" IN ")
                .append(Fragment::join(", ", keys).parens())
        }
    }
}

/// The name of the collection whose key a column holds.
fn names_of(collections: &[&SearchedCollection], column: &Fragment, dialect: Dialect) -> Fragment {
    let text = |name: &str| {
        let value = Fragment::bind(Value::Text(name.to_owned()));
        match dialect {
            Dialect::Sqlite => value,
            Dialect::Postgresql => Fragment::text("CAST(").append(value).sql(" AS text)"),
        }
    };
    match collections {
        [] => text(""),
        [one] => text(&one.name),
        many => {
            let mut sql = Fragment::text("CASE ").append(column.clone());
            for collection in many {
                sql = sql.sql(" WHEN ").add_bind(collection.key.clone());
                sql = sql.sql(" THEN ").append(text(&collection.name));
            }
            sql.sql(" END")
        }
    }
}
