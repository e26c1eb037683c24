//! Which events are wanted: a level per component, the nearest ancestor decides (as Python's loggers do).
use super::component;
use super::level::Level;
use crate::key_value;

/// Environment variable with further names, separated by `:`, that a level without a component applies to
/// (`lsst/daf/butler/cli/cliLog.py`, `root_loggers`).
const ROOT_LOGGER_VARIABLE: &str = "DAF_BUTLER_ROOT_LOGGER";

/// Levels by component. The root starts at WARNING and Pantry itself at INFO, as root and `lsst` in the reference.
#[derive(Debug, Clone)]
pub struct LevelTable {
    levels: Vec<(String, Level)>,
}

impl Default for LevelTable {
    fn default() -> LevelTable {
        let mut table = LevelTable {
            levels: vec![(String::new(), Level::Warning)],
        };
        table.set(None, Level::Info);
        table
    }
}

impl LevelTable {
    /// Reads the values of `--log-level`: each a comma-separated list of `LEVEL` or `COMPONENT=LEVEL`, later
    /// ones winning.
    ///
    /// # Errors
    /// A message for a usage error.
    pub fn parse(values: &[String]) -> Result<LevelTable, String> {
        let mut table = LevelTable::default();
        for (component, level) in key_value::split(values, true)? {
            table.set(component.as_deref(), level.parse()?);
        }
        Ok(table)
    }

    /// Sets one component, or without a name the default ones.
    fn set(&mut self, component: Option<&str>, level: Level) {
        match component {
            Some(name) => self.set_exact(component::of_user(name), level),
            None => {
                self.set_exact("pantry".to_owned(), level);
                for name in std::env::var(ROOT_LOGGER_VARIABLE)
                    .unwrap_or_default()
                    .split(':')
                {
                    if !name.is_empty() {
                        self.set_exact(component::of_user(name), level);
                    }
                }
            }
        }
    }

    fn set_exact(&mut self, component: String, level: Level) {
        match self
            .levels
            .iter_mut()
            .find(|(known, _)| *known == component)
        {
            Some(entry) => entry.1 = level,
            None => self.levels.push((component, level)),
        }
    }

    /// Whether an event of this component (dotted name) and level is wanted.
    pub fn wants(&self, component: &str, level: Level) -> bool {
        self.levels
            .iter()
            .filter(|(ancestor, _)| component::is_within(component, ancestor))
            .max_by_key(|(ancestor, _)| ancestor.len())
            .is_some_and(|(_, threshold)| level >= *threshold)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(values: &[&str]) -> LevelTable {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        LevelTable::parse(&values).unwrap()
    }

    #[test]
    fn without_options_pantry_says_info_and_others_warn() {
        let table = table(&[]);
        assert!(table.wants("pantry.registry", Level::Info));
        assert!(!table.wants("pantry.registry", Level::Verbose));
        assert!(!table.wants("tokio_postgres", Level::Info));
        assert!(table.wants("tokio_postgres", Level::Warning));
    }

    #[test]
    fn the_nearest_ancestor_decides() {
        let table = table(&["DEBUG,pantry.registry=error", ".=trace"]);
        assert!(table.wants("pantry.cmd", Level::Debug));
        assert!(!table.wants("pantry.registry.schema", Level::Warning));
        assert!(table.wants("pantry.registry.schema", Level::Critical));
        assert!(table.wants("mio", Level::Trace));
    }

    #[test]
    fn a_repeated_name_keeps_its_first_place_and_its_last_level() {
        // `split_kv` makes a dict: the level without a name is applied first and does not undo `lsst=DEBUG`.
        let table = table(&["INFO", "lsst=DEBUG", "WARNING"]);
        assert!(table.wants("pantry", Level::Debug));
    }

    #[test]
    fn bad_levels_are_named() {
        let error = LevelTable::parse(&["pantry=LOUD".to_owned()]).unwrap_err();
        assert!(
            error.contains("'LOUD' is not one of CRITICAL, ERROR"),
            "{error}"
        );
    }
}
