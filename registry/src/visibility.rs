//! Which collections there are for one who may not read all: a rule of a server, which the reference does not have.
//!
//! A registry that was told [`Registry::show_only`] behaves as if the repo had no other collections: they are missing by
//! name, in listings, in chains, summaries and searches, and datasets that are in none of the others are missing too, with
//! their files. It is done where rows of the tables become values, so whatever is built on that need not think of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use uuid::Uuid;

use crate::database::Value;
use crate::error::RegistryError;
use crate::model::collection::Collection;
use crate::model::glob::Glob;
use crate::registry::Registry;
use crate::schema::managers::CollectionKey;

/// Datasets that go into one statement.
const IDS: usize = 500;

/// The collections that somebody may read: those whose name fits a pattern, and all that are below such a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionRule {
    globs: Vec<Glob>,
}

/// Collections that are shown.
pub(crate) struct Visible {
    names: HashSet<String>,
    ids: HashSet<i64>,
}

impl CollectionRule {
    /// A rule of these patterns, which are as those of [`Glob`]; without any there is nothing to read.
    pub fn new<S: AsRef<str>>(globs: impl IntoIterator<Item = S>) -> Self {
        let globs = globs.into_iter().map(|glob| Glob::new(glob.as_ref()));
        Self {
            globs: globs.collect(),
        }
    }

    /// What both rules allow together.
    pub fn or(&self, other: &Self) -> Self {
        let globs = self.globs.iter().chain(&other.globs).cloned();
        Self {
            globs: globs.collect(),
        }
    }

    fn allows<'a>(
        &self,
        all: impl Iterator<Item = &'a str>,
        chains: &'a BTreeMap<String, Vec<String>>,
    ) -> HashSet<String> {
        let fits = |name: &&str| self.globs.iter().any(|glob| glob.matches(name));
        let mut todo: Vec<&str> = all.filter(fits).collect();
        let mut allowed = HashSet::new();
        while let Some(name) = todo.pop() {
            if allowed.insert(name.to_owned()) {
                let below = chains.get(name).into_iter().flatten();
                todo.extend(below.map(String::as_str));
            }
        }
        allowed
    }
}

impl Registry {
    /// Show only the collections that a rule allows, as they are chained now; `None` shows all. It stays so until it is
    /// told again: who shares a connection says it before each use.
    ///
    /// # Errors
    /// Those of reading; then nothing is shown.
    pub fn show_only(&mut self, rule: Option<&CollectionRule>) -> Result<(), RegistryError> {
        self.visible = None;
        let Some(rule) = rule else {
            return Ok(());
        };
        let read = self.read(|registry| {
            let collections = registry.collections()?;
            Ok::<_, RegistryError>((collections, registry.collection_chains()?))
        });
        let (collections, chains) = read
            .as_ref()
            .map_or((&[][..], None), |(collections, chains)| {
                (collections.as_slice(), Some(chains))
            });
        let none = BTreeMap::new();
        let all = collections.iter().map(|c| c.name.as_str());
        let names = rule.allows(all, chains.unwrap_or(&none));
        let is_allowed = |c: &&Collection| names.contains(&c.name);
        let ids = collections.iter().filter(is_allowed).map(|c| c.id);
        self.visible = Some(Visible {
            ids: ids.collect(),
            names,
        });
        read.map(|_| ())
    }

    /// Whether there is a collection of this name for who asks.
    pub(crate) fn shows(&self, name: &str) -> bool {
        let visible = self.visible.as_ref();
        visible.is_none_or(|visible| visible.names.contains(name))
    }

    /// Of datasets that are in none of the shown RUN collections those that are in a TAGGED or CALIBRATION collection that
    /// is shown. They are given by the tables that may have them.
    pub(crate) fn associated_with_shown(
        &mut self,
        datasets: &HashMap<&str, Vec<Uuid>>,
    ) -> Result<HashSet<Uuid>, RegistryError> {
        let mut found = HashSet::new();
        let Some(visible) = &self.visible else {
            return Ok(found);
        };
        let key = self.managers.collections;
        for (table, ids) in datasets {
            for piece in ids.chunks(IDS) {
                let columns = ["dataset_id", key.collection_reference()];
                let statement = self.connection.statement().text("SELECT DISTINCT ");
                let statement = statement.names(columns).text(" FROM ").table(table);
                let statement = statement.text(" WHERE dataset_id IN (");
                let bound = piece.iter().map(|id| Value::Uuid(*id));
                let statement = statement.bind_all(bound).text(")");
                self.connection
                    .select(&statement, |row| -> Result<(), RegistryError> {
                        let is_shown = match key {
                            CollectionKey::Id => visible.ids.contains(&row.get_i64(1)?),
                            CollectionKey::Name => visible.names.contains(row.get_str(1)?),
                        };
                        if is_shown {
                            found.insert(row.get_uuid(0)?);
                        }
                        Ok(())
                    })?;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_below_an_allowed_chain_is_allowed() {
        let chains = [
            ("HSC/defaults", vec!["HSC/runs", "raw/all"]),
            ("HSC/runs", vec!["run/1", "run/2"]),
            // A circle, which no repo has.
            ("raw/all", vec!["HSC/defaults"]),
            ("other", vec!["run/3"]),
        ];
        let text = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        let chains: BTreeMap<String, Vec<String>> = chains
            .into_iter()
            .map(|(chain, children)| (chain.to_owned(), text(children)))
            .collect();
        let all = [
            "HSC/defaults",
            "HSC/runs",
            "raw/all",
            "run/1",
            "run/2",
            "run/3",
            "other",
            "u/me",
        ];
        for (globs, expected) in [
            (
                vec!["HSC/defaults"],
                vec!["HSC/defaults", "HSC/runs", "raw/all", "run/1", "run/2"],
            ),
            (
                vec!["HSC/runs", "u/*"],
                vec!["HSC/runs", "run/1", "run/2", "u/me"],
            ),
            (vec!["run/[12]"], vec!["run/1", "run/2"]),
            (vec!["hsc*", "run"], vec![]),
            (vec![], vec![]),
        ] {
            let rule = CollectionRule::new(&globs);
            let allowed = rule.allows(all.into_iter(), &chains);
            let expected: HashSet<String> = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(allowed, expected, "{globs:?}");
        }
        let both = CollectionRule::new(["u/*"]).or(&CollectionRule::new(["run/3"]));
        let allowed = both.allows(all.into_iter(), &chains);
        assert_eq!(allowed, ["u/me".to_owned(), "run/3".to_owned()].into());
    }
}
