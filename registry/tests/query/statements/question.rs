//! A query with a name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pantry_registry::model::dimension_group::DimensionGroup;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::execute::QueryInputs;
use pantry_registry::query::expression::{Binds, IdentifierContext, order_by, where_predicate};
use pantry_registry::query::tree::{
    DatasetField, DatasetSearch, OrderExpression, Predicate, QueryTree, ResultKind, ResultSpec,
};

/// The group of these dimensions of the standard universe.
pub fn group(universe: &Arc<Universe>, names: &[&str]) -> DimensionGroup {
    DimensionGroup::conform(universe, names).expect("of the standard universe")
}

/// A query; data IDs of its dimensions unless other results are asked for.
#[derive(Clone)]
pub struct Question {
    pub name: &'static str,
    /// What it asks, in words and in the language of `--where`.
    pub about: Vec<String>,
    pub tree: QueryTree,
    pub spec: ResultSpec,
    pub inputs: QueryInputs,
    /// Whether only the number of rows is asked for.
    pub is_counted: bool,
}

impl Question {
    pub fn new(
        universe: &Arc<Universe>,
        name: &'static str,
        about: &str,
        dimensions: &[&str],
    ) -> Self {
        let dimensions = group(universe, dimensions);
        Self {
            name,
            about: vec![about.to_owned()],
            tree: QueryTree::identity(universe).join_dimensions(&dimensions),
            spec: ResultSpec::new(ResultKind::DataCoordinate {
                dimensions,
                include_dimension_records: false,
            }),
            inputs: QueryInputs::default(),
            is_counted: false,
        }
    }

    fn universe(&self) -> Arc<Universe> {
        Arc::clone(self.tree.universe())
    }

    /// Join a search for datasets.
    pub fn join(mut self, dataset_type: &str, dimensions: &[&str], collections: &[&str]) -> Self {
        let search = DatasetSearch {
            collections: collections.iter().map(|c| (*c).to_owned()).collect(),
            dimensions: group(&self.universe(), dimensions),
        };
        let joined = self.tree.join_dataset(dataset_type, search);
        self.tree = joined.expect("each type once");
        self
    }

    /// Filter by a where-expression.
    pub fn filter(mut self, text: &str) -> Self {
        self.about.push(format!("where: {text}"));
        let datasets: Vec<String> = self.tree.datasets.keys().cloned().collect();
        let context = IdentifierContext {
            dimensions: &self.tree.dimensions,
            datasets: &datasets,
            binds: &Binds::new(),
        };
        let predicate = where_predicate(text, &context);
        self.matching(predicate.unwrap_or_else(|e| panic!("{text}: {e}")))
    }

    /// Filter by a predicate.
    pub fn matching(mut self, predicate: Predicate) -> Self {
        self.tree = self.tree.filter(predicate).expect("of joined datasets");
        self
    }

    /// Data IDs of these dimensions.
    pub fn data_ids(mut self, dimensions: &[&str]) -> Self {
        self.spec.kind = ResultKind::DataCoordinate {
            dimensions: group(&self.universe(), dimensions),
            include_dimension_records: false,
        };
        self
    }

    /// Records of an element.
    pub fn records(mut self, element: &str) -> Self {
        let kind = ResultKind::dimension_record(&self.universe(), element);
        self.spec.kind = kind.expect("of the standard universe");
        self
    }

    /// Datasets of a type that was joined.
    pub fn datasets(mut self, dataset_type: &str, find_first: bool) -> Self {
        self.spec.kind = ResultKind::DatasetRef {
            dataset_type_name: dataset_type.to_owned(),
            dimensions: self.tree.datasets[dataset_type].dimensions.clone(),
            storage_class_name: "StructuredDataDict".to_owned(),
            include_dimension_records: false,
            find_first,
        };
        self
    }

    /// Also the dimension records of datasets.
    pub fn with_records(mut self) -> Self {
        if let ResultKind::DatasetRef {
            include_dimension_records,
            ..
        } = &mut self.spec.kind
        {
            *include_dimension_records = true;
        }
        self
    }

    /// Chosen fields of elements (`element.field`) and of one dataset type.
    pub fn fields(mut self, fields: &[&str], dataset_type: &str, of_dataset: &[&str]) -> Self {
        let mut dimension_fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (element, field) in fields.iter().filter_map(|f| f.split_once('.')) {
            let fields = dimension_fields.entry(element.to_owned()).or_default();
            fields.insert(field.to_owned());
        }
        let of_dataset = of_dataset.iter().map(|f| DatasetField::from_name(f));
        let of_dataset = of_dataset.collect::<Option<_>>().expect("fields");
        self.spec.kind = ResultKind::General {
            dimensions: self.tree.dimensions.clone(),
            dimension_fields,
            dataset_fields: BTreeMap::from([(dataset_type.to_owned(), of_dataset)]),
            include_dimension_records: false,
            find_first: false,
        };
        self
    }

    /// Only the first dataset of each data ID, of the type whose fields are asked for.
    pub fn find_first(mut self) -> Self {
        if let ResultKind::General { find_first, .. } = &mut self.spec.kind {
            *find_first = true;
        }
        self
    }

    /// Sort by these terms.
    pub fn sorted(mut self, terms: &[&str]) -> Self {
        self.about.push(format!("order by: {}", terms.join(", ")));
        let datasets: Vec<String> = self.tree.datasets.keys().cloned().collect();
        let context = IdentifierContext {
            dimensions: &self.tree.dimensions,
            datasets: &datasets,
            binds: &Binds::new(),
        };
        let terms: Vec<String> = terms.iter().map(|t| (*t).to_owned()).collect();
        let terms: Result<Vec<OrderExpression>, _> = order_by(&terms, &context);
        self.spec.order_by = terms.expect("identifiers");
        self
    }

    /// At most so many rows.
    pub fn limit(mut self, limit: u64) -> Self {
        self.about.push(format!("limit: {limit}"));
        self.spec.limit = Some(limit);
        self
    }

    /// Only the number of rows.
    pub fn counted(mut self) -> Self {
        self.is_counted = true;
        self
    }
}
