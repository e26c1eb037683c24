//! Whether a recipe makes sense in the universe of a repo, before a file is looked at.

use pantry_registry::model::universe::Universe;

use super::{Recipe, Rule};
use crate::Error;

impl Recipe {
    /// Every field that is used is there, every dimension and element exists.
    ///
    /// # Errors
    /// [`Error::Input`] names the line at fault.
    pub fn check(&self, universe: &Universe) -> Result<(), Error> {
        for dataset_type in &self.dataset_types {
            for name in &dataset_type.dimensions {
                if !universe.get(name).is_some_and(|e| e.is_dimension()) {
                    return Err(self.fault(dataset_type.line, unknown("dimension", name)));
                }
            }
        }
        self.rules
            .iter()
            .try_for_each(|rule| self.check_rule(rule, universe))
    }

    fn check_rule(&self, rule: &Rule, universe: &Universe) -> Result<(), Error> {
        let fields = rule.fields();
        let defined = |line: u64, used: Vec<&str>| {
            match used.iter().find(|name| !fields.contains(name)) {
            Some(name) => Err(self.fault(line, format!(
                "rule '{}' uses the field '{name}', which is neither in its path nor in its header",
                rule.name
            ))),
            None => Ok(()),
        }
        };
        defined(rule.line, rule.dataset_type.fields().collect())?;
        if let Some(run) = &rule.run {
            defined(rule.line, run.fields().collect())?;
        }
        for named in &rule.data_id {
            defined(named.line, named.value.fields())?;
            if !universe.get(&named.name).is_some_and(|e| e.is_dimension()) {
                return Err(self.fault(named.line, unknown("dimension", &named.name)));
            }
        }
        for record in &rule.records {
            let element = universe.get(&record.element).filter(|e| e.has_own_table());
            let Some(element) = element else {
                return Err(self.fault(
                    record.line,
                    unknown("dimension element with records", &record.element),
                ));
            };
            let columns = universe.record_columns(element);
            for named in &record.values {
                defined(named.line, named.value.fields())?;
                if !columns.iter().any(|c| c.name == named.name) {
                    return Err(self.fault(
                        named.line,
                        format!("a record of '{}' has no '{}'", record.element, named.name),
                    ));
                }
            }
        }
        Ok(())
    }
}

impl Rule {
    /// Names of the fields that its path and its header give.
    fn fields(&self) -> Vec<&str> {
        let header = self
            .header
            .iter()
            .flat_map(|h| h.fields.iter().map(|(name, _)| name.as_str()));
        self.pattern.fields().chain(header).collect()
    }
}

fn unknown(what: &str, name: &str) -> String {
    format!("the universe of the repo has no {what} '{name}'")
}
