//! How stores are reached: variables of the surroundings, and limits.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::cache::Cache;
use super::copies::Copies;

/// Environment variables and the home folder that they are seen from.
#[derive(Clone, Default)]
pub struct Variables {
    values: BTreeMap<String, String>,
    home: Option<PathBuf>,
}

impl Variables {
    /// These variables.
    pub fn new(values: impl IntoIterator<Item = (String, String)>, home: Option<PathBuf>) -> Self {
        Self {
            values: values.into_iter().collect(),
            home,
        }
    }

    /// The variables of this process that are text.
    pub fn from_process() -> Self {
        let text = |(k, v): (std::ffi::OsString, std::ffi::OsString)| {
            Some((k.into_string().ok()?, v.into_string().ok()?))
        };
        Self::new(std::env::vars_os().filter_map(text), std::env::home_dir())
    }

    /// A variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.values.get(name)?;
        (!value.is_empty()).then_some(value)
    }

    /// Whether a variable is set, be it empty.
    pub fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// A path below the home folder.
    pub fn at_home(&self, path: &str) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(path))
    }
}

impl std::fmt::Debug for Variables {
    // Values may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

/// Limits of the traffic with stores.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// Where endpoints and keys come from.
    pub variables: Variables,
    /// Requests to one store at the same time.
    pub concurrency: usize,
    /// A request that failed for a reason that may pass is asked again so often.
    pub retries: usize,
    /// The first pause before a request is asked again; it doubles each time, up to [`StoreSettings::longest_pause`].
    pub first_pause: Duration,
    /// The longest pause.
    pub longest_pause: Duration,
    /// A request, or a read of a piece of its answer, that takes longer has failed.
    pub timeout: Duration,
    /// Where else files are, if somebody knows.
    pub copies: Option<Arc<dyn Copies>>,
    /// Where pieces of files of other stores are kept.
    pub cache: Option<Arc<Cache>>,
}

impl StoreSettings {
    /// The usual limits: 32 requests at a time, five repetitions after 0.2 to 10 seconds, a minute for each piece.
    pub fn new(variables: Variables) -> Self {
        Self {
            variables,
            concurrency: 32,
            retries: 5,
            first_pause: Duration::from_millis(200),
            longest_pause: Duration::from_secs(10),
            timeout: Duration::from_secs(60),
            copies: None,
            cache: None,
        }
    }
}
