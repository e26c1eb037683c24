//! The map of copies, for who reads files.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pantry_datastore::ResourcePath;
use pantry_datastore::store::Copies;
use pantry_state::{Replica, State, StateError};

/// How long rules are taken as they were: a server runs for months.
const FRESH: Duration = Duration::from_secs(10);

/// Where copies are, as Pantry's state has it.
#[derive(Debug)]
pub struct Replicas {
    state: Arc<State>,
    rules: Mutex<Option<(Instant, Arc<[Replica]>)>>,
}

impl Replicas {
    /// What this state knows.
    pub fn new(state: Arc<State>) -> Self {
        Self {
            state,
            rules: Mutex::default(),
        }
    }

    /// The copies of some files, in their order; first those that have an entry of their own.
    ///
    /// # Errors
    /// Those of the state.
    pub fn of_all(&self, uris: &[&str]) -> Result<HashMap<String, Vec<String>>, StateError> {
        let rules = self.rules()?;
        let mut copies: HashMap<String, Vec<String>> = HashMap::new();
        let mut add = |uri: &str, copy: String| {
            let copies = copies.entry(uri.to_owned()).or_default();
            if copy != uri && !copies.contains(&copy) {
                copies.push(copy);
            }
        };
        for entry in self.state.replicas_of(uris)? {
            add(&entry.uri, entry.copy);
        }
        for rule in &*rules {
            for uri in uris {
                if let Some(rest) = uri.strip_prefix(&rule.uri) {
                    add(uri, format!("{}{rest}", rule.copy));
                }
            }
        }
        Ok(copies)
    }

    /// The copies of one file, in their order.
    ///
    /// # Errors
    /// Those of the state.
    pub fn of(&self, uri: &ResourcePath) -> Result<Vec<String>, StateError> {
        let (uri, fragment) = (uri.without_fragment().to_string(), uri.fragment());
        let mut found = self.of_all(&[&uri])?;
        let mut copies = found.remove(&uri).unwrap_or_default();
        if !fragment.is_empty() {
            copies
                .iter_mut()
                .for_each(|copy| copy.extend(["#", fragment]));
        }
        Ok(copies)
    }

    fn rules(&self) -> Result<Arc<[Replica]>, StateError> {
        let mut known = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((since, rules)) = &*known
            && since.elapsed() < FRESH
        {
            return Ok(Arc::clone(rules));
        }
        let rules: Arc<[Replica]> = self.state.replica_rules()?.into();
        *known = Some((Instant::now(), Arc::clone(&rules)));
        Ok(rules)
    }
}

impl Copies for Replicas {
    fn of(&self, uri: &str) -> Result<Vec<String>, String> {
        let mut found = self.of_all(&[uri]).map_err(|e| e.to_string())?;
        Ok(found.remove(uri).unwrap_or_default())
    }
}
