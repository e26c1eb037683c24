//! Which datasets a verb is asked for: types, collections, and whether the first of each data ID will do
//! (`lsst/daf/butler/script/queryDatasets.py`).
use std::collections::BTreeMap;

use pantry_registry::listing::{CollectionCatalog, TypeSearch};
use pantry_registry::model::collection::CollectionType;
use pantry_registry::model::dataset_type::DatasetType;
use pantry_registry::model::glob::{Wildcard, split_commas};

use super::filter::Filter;
use super::source::Source;
use crate::failure::Failure;

/// What was asked for, read from the arguments.
pub struct DatasetRequest {
    /// The dataset types as they were given.
    pub glob: Vec<String>,
    /// The collections.
    pub collections: Wildcard,
    /// Whether the dataset types were not given as one name.
    pub several: bool,
    find_first: bool,
}

impl DatasetRequest {
    /// Of names and patterns, which may also be separated by commas.
    ///
    /// # Errors
    /// `--find-first` with patterns of collections.
    pub fn of(glob: &[String], collections: &[String], find_first: bool) -> Result<Self, Failure> {
        let glob = split_commas(glob).values;
        let request = Self {
            several: glob.len() != 1 || Wildcard::parse(&glob).has_globs(),
            collections: Wildcard::parse(&split_commas(collections).values),
            glob,
            find_first,
        };
        if find_first && request.collections.has_globs() {
            return Err(Failure::error(
                "--find-first needs --collections with names, not patterns: the order of what fits a pattern means nothing",
            ));
        }
        Ok(request)
    }

    /// Each dataset type would have an order of its own.
    ///
    /// # Errors
    /// `--order-by` with more than one dataset type.
    pub fn check_order(&self, filter: &Filter) -> Result<(), Failure> {
        match self.several && !filter.order_by().is_empty() {
            true => Err(Failure::error(
                "--order-by needs the name of one dataset type: with several, each has an order of its own",
            )),
            false => Ok(()),
        }
    }

    /// What to search for, dataset types in order of name. Nothing at all if one of those named does not exist, as in the
    /// reference.
    ///
    /// # Errors
    /// Those of the registry or the server; a collection that does not exist.
    pub fn searches(&self, source: &mut Source) -> Result<Vec<TypeSearch>, Failure> {
        let catalog = source.collections()?;
        self.searches_in(source, &catalog, &CollectionType::ALL)
    }

    /// As [`DatasetRequest::searches`], in collections of these types.
    ///
    /// # Errors
    /// Those of the registry or the server; a collection that does not exist.
    pub fn searches_in(
        &self,
        source: &mut Source,
        catalog: &CollectionCatalog,
        collection_types: &[CollectionType],
    ) -> Result<Vec<TypeSearch>, Failure> {
        let types = self.dataset_types(source)?;
        if types.is_empty() && !self.collections.has_globs() {
            return Ok(Vec::new());
        }
        let collections = catalog.resolve(&self.collections, collection_types, true, None)?;
        let search =
            |dataset_type| TypeSearch::new(dataset_type, &collections, self.find_first, catalog);
        Ok(types.into_iter().map(search).collect())
    }

    fn dataset_types(&self, source: &mut Source) -> Result<Vec<DatasetType>, Failure> {
        let is_component = |name: &String| name.contains('.');
        if !self.several && self.glob.iter().any(is_component) {
            return Ok(Vec::new());
        }
        let search = source.search_dataset_types(&Wildcard::parse(&self.glob))?;
        if let Some(name) = search.missing.first() {
            tracing::info!("there is no dataset type '{name}'");
            return Ok(Vec::new());
        }
        let by_name = search.found.into_iter();
        let by_name = by_name.map(|t| (t.name.clone(), t));
        Ok(by_name.collect::<BTreeMap<_, _>>().into_values().collect())
    }
}
