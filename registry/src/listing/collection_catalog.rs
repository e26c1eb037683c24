//! All collections of a repo in memory, and which of them an expression means
//! (`CollectionManager.resolve_wildcard`, `lsst/daf/butler/registry/collections/_base.py`).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::collection_tree::NAMES;
use crate::collection_summaries::CollectionSummary;
use crate::error::RegistryError;
use crate::model::collection::{Collection, CollectionType};
use crate::model::glob::Wildcard;
use crate::registry::Registry;

/// Every collection with its children, parents and dataset types, as they were at one moment.
#[derive(Debug, Clone)]
pub struct CollectionCatalog {
    /// In the order in which the reference meets them: by number, chains last.
    collections: Vec<Collection>,
    places: HashMap<String, usize>,
    chains: BTreeMap<String, Vec<String>>,
    summaries: BTreeMap<String, CollectionSummary>,
}

impl CollectionCatalog {
    /// Read the collections of a registry.
    pub fn read(registry: &mut Registry) -> Result<Self, RegistryError> {
        let collections = registry.collections()?;
        let chains = registry.collection_chains()?;
        let summaries = registry.collection_summaries()?;
        Ok(Self::new(collections, chains, summaries))
    }

    /// Of collections that were read elsewhere: the children of each chain in search order, and what the others hold.
    pub fn new(
        mut collections: Vec<Collection>,
        chains: BTreeMap<String, Vec<String>>,
        summaries: BTreeMap<String, CollectionSummary>,
    ) -> Self {
        collections.sort_by_key(|c| (c.collection_type == CollectionType::Chained, c.id));
        let places = collections
            .iter()
            .enumerate()
            .map(|(place, c)| (c.name.clone(), place))
            .collect();
        Self {
            collections,
            places,
            chains,
            summaries,
        }
    }

    /// Read of a registry what an expression can mean: everything if it has patterns, else the named collections and what
    /// is below them. [`CollectionCatalog::parents`] and patterns know no others then.
    ///
    /// # Errors
    /// [`RegistryError::Missing`] for a name that is no collection.
    pub fn read_for(registry: &mut Registry, wildcard: &Wildcard) -> Result<Self, RegistryError> {
        let names = match wildcard {
            Wildcard::Some { names, patterns } if patterns.is_empty() => names.clone(),
            _ => return Self::read(registry),
        };
        let tree = registry.collection_tree(names)?;
        let collections: Vec<Collection> = tree.collections.into_values().collect();
        let mut summaries = BTreeMap::new();
        for piece in collections.chunks(NAMES) {
            let piece: Vec<&Collection> = piece.iter().collect();
            summaries.extend(registry.collection_summaries_of(&piece)?);
        }
        Ok(Self::new(collections, tree.children, summaries))
    }

    /// The collection of this name.
    ///
    /// # Errors
    /// [`RegistryError::Missing`].
    pub fn get(&self, name: &str) -> Result<&Collection, RegistryError> {
        let place = self.places.get(name);
        place
            .map(|&place| &self.collections[place])
            .ok_or_else(|| RegistryError::Missing {
                kind: "collection",
                name: name.to_owned(),
            })
    }

    /// The direct children of a chain in search order; nothing for other collections.
    pub fn children(&self, name: &str) -> &[String] {
        self.chains.get(name).map_or(&[], Vec::as_slice)
    }

    /// The chains that have this collection as a direct child, in order of name.
    pub fn parents(&self, name: &str) -> Vec<&str> {
        let has = |children: &&Vec<String>| children.iter().any(|child| child == name);
        let parents = self
            .chains
            .iter()
            .filter(|(_, children)| has(children))
            .map(|(parent, _)| parent.as_str());
        parents.collect()
    }

    /// Names of the dataset types that may be in a collection, or in any below a chain.
    pub fn dataset_types(&self, name: &str) -> BTreeSet<&str> {
        self.flatten([name])
            .iter()
            .filter_map(|c| self.summaries.get(&c.name))
            .flat_map(|summary| summary.dataset_types.iter().map(String::as_str))
            .collect()
    }

    /// What a collection may hold, or all below a chain.
    pub fn summary(&self, name: &str) -> CollectionSummary {
        let mut summary = CollectionSummary::default();
        let below = self.flatten([name]).into_iter();
        below
            .filter_map(|c| self.summaries.get(&c.name))
            .for_each(|of| summary.update(of));
        summary
    }

    /// Whether a collection that is not a chain may hold datasets of a type.
    pub fn may_hold(&self, name: &str, dataset_type: &str) -> bool {
        let summary = self.summaries.get(name);
        summary.is_some_and(|summary| summary.dataset_types.contains(dataset_type))
    }

    /// The collections that an expression means, of the given types, without repeats: those that fit a pattern, then the
    /// named ones. `flatten` puts the collections below a chain in its place, or with `include_chains` behind it; without
    /// `include_chains` there are no chains in the result. By default it is the opposite of `flatten`.
    ///
    /// # Errors
    /// [`RegistryError::Missing`] for a name that is no collection.
    pub fn resolve(
        &self,
        wildcard: &Wildcard,
        types: &[CollectionType],
        flatten: bool,
        include_chains: Option<bool>,
    ) -> Result<Vec<&Collection>, RegistryError> {
        let include_chains = include_chains.unwrap_or(!flatten);
        let wanted = |c: &&Collection| {
            types.contains(&c.collection_type)
                && (include_chains || c.collection_type != CollectionType::Chained)
        };
        let Wildcard::Some { names, patterns } = wildcard else {
            return Ok(self.collections.iter().filter(wanted).collect());
        };
        let fits = |c: &&Collection| patterns.iter().any(|pattern| pattern.matches(&c.name));
        let mut found: Vec<&Collection> = self.collections.iter().filter(fits).collect();
        let mut explicit: Vec<&str> = Vec::new();
        for name in names {
            explicit.push(&self.get(name)?.name);
        }
        if flatten {
            let below = found.iter().flat_map(|c| self.children(&c.name));
            explicit.extend(below.map(String::as_str));
            found.extend(self.flatten(explicit));
        } else {
            for name in explicit {
                found.push(self.get(name)?);
            }
        }
        let mut seen = BTreeSet::new();
        found.retain(|c| wanted(c) && seen.insert(c.name.as_str()));
        Ok(found)
    }

    /// These collections and those below them in search order, without repeats; a chain comes before what is below it.
    fn flatten<'a>(&'a self, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a Collection> {
        let mut todo: Vec<&str> = names.into_iter().collect();
        todo.reverse();
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        while let Some(name) = todo.pop() {
            let Some(&place) = self.places.get(name).filter(|_| seen.insert(name)) else {
                continue;
            };
            todo.extend(self.children(name).iter().rev().map(String::as_str));
            found.push(&self.collections[place]);
        }
        found
    }
}
