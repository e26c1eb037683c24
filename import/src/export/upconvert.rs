//! Records of exports from older universes, made fit for the repo's universe.

use std::collections::{BTreeMap, BTreeSet};

use pantry_registry::model::timespan::Timespan;

use super::header::Migrations;
use super::layout;
use crate::yaml::{Field, Mapping, Node};

/// Records of another element that a migration derives from the one at hand.
pub type Derived = Vec<(&'static str, Mapping)>;

/// Applies the migrations of one export and remembers the observing days that it meets.
#[derive(Debug)]
pub struct Upconversion {
    migrations: Migrations,
    /// Seconds after midnight TAI at which an observing day starts, by instrument.
    offsets: BTreeMap<String, i64>,
    days: BTreeSet<(String, i64)>,
}

impl Upconversion {
    /// For these migrations, with the day offsets that the user gave.
    pub fn new(migrations: Migrations, offsets: BTreeMap<String, i64>) -> Self {
        Self {
            migrations,
            offsets,
            days: BTreeSet::new(),
        }
    }

    /// Whether no record needs to be touched.
    pub fn is_idle(&self) -> bool {
        self.migrations == Migrations::default()
    }

    /// Whether data IDs and dataset types of visits lose `visit_system`.
    pub fn drops_visit_system(&self) -> bool {
        self.migrations.visit_system
    }

    /// Change a record in place and return what it gives rise to; `Err` says in words what the record lacks.
    pub fn apply(&mut self, element: &str, record: &mut Mapping) -> Result<Derived, String> {
        match element {
            "visit" => self.visit(record),
            "exposure" => self.exposure(record),
            _ => Ok(Derived::new()),
        }
    }

    fn visit(&mut self, record: &mut Mapping) -> Result<Derived, String> {
        let mut derived = Derived::new();
        if self.migrations.visit_system {
            let system = take(record, "visit_system")?;
            let fields = [
                ("instrument", copy(record, "instrument")?),
                ("visit_system", system),
                ("visit", copy(record, "id")?),
            ];
            derived.push(("visit_system_membership", mapping(record.line, fields)));
        }
        if self.migrations.visit_seeing {
            record.remove("seeing");
        }
        if self.migrations.add_visit_day_obs {
            let begin = layout::time(&copy(record, "datetime_begin")?)?.ok_or(
                "visit.datetime_begin is null, so visit.day_obs cannot be derived from it",
            )?;
            let instrument = copy(record, "instrument")?;
            let offset = instrument
                .as_str()
                .and_then(|i| self.offsets.get(i))
                .copied()
                .unwrap_or(0);
            let day = begin.day_obs(offset);
            record.remove("day_obs");
            record.push(field(record.line, "day_obs", Node::Int(day)));
        }
        if self.migrations.visit_day_obs {
            self.remember_day(record)?;
        }
        Ok(derived)
    }

    fn exposure(&mut self, record: &mut Mapping) -> Result<Derived, String> {
        let mut derived = Derived::new();
        if self.migrations.group {
            let name = take(record, "group_name")?;
            take(record, "group_id")?;
            let fields = [
                ("instrument", copy(record, "instrument")?),
                ("name", name.clone()),
            ];
            derived.push(("group", mapping(record.line, fields)));
            record.push(field(record.line, "group", name));
        }
        if self.migrations.exposure_day_obs {
            self.remember_day(record)?;
        }
        Ok(derived)
    }

    fn remember_day(&mut self, record: &Mapping) -> Result<(), String> {
        let instrument = copy(record, "instrument")?;
        match (instrument.as_str(), copy(record, "day_obs")?) {
            (Some(instrument), Node::Int(day)) => {
                self.days.insert((instrument.to_owned(), day));
                Ok(())
            }
            _ => Err("day_obs must be an integer and instrument a string".to_owned()),
        }
    }

    /// The `day_obs` records of all days met, and the instruments whose days have no timespan because their offset is
    /// not known.
    ///
    /// The reference asks the instrument's Python class for the offset; here the user gives it.
    pub fn day_records(&self) -> Result<(Vec<Mapping>, BTreeSet<&str>), String> {
        let mut records = Vec::new();
        let mut unknown = BTreeSet::new();
        for (instrument, day) in &self.days {
            let span = match self.offsets.get(instrument) {
                Some(&offset) => {
                    let span = Timespan::from_day_obs(*day, offset);
                    Node::Timespan(span.map_err(|e| format!("day_obs {day} of {instrument}: {e}"))?)
                }
                None => {
                    unknown.insert(instrument.as_str());
                    Node::Null
                }
            };
            let fields = [
                ("instrument", Node::Str(instrument.into())),
                ("id", Node::Int(*day)),
                ("timespan", span),
            ];
            records.push(mapping(0, fields));
        }
        Ok((records, unknown))
    }
}

fn field(line: u64, name: &str, value: Node) -> Field {
    Field {
        key: Node::Str(name.into()),
        value,
        line,
    }
}

fn mapping<const N: usize>(line: u64, fields: [(&str, Node); N]) -> Mapping {
    let mut mapping = Mapping::new(line);
    for (name, value) in fields {
        mapping.push(field(line, name, value));
    }
    mapping
}

fn take(record: &mut Mapping, name: &str) -> Result<Node, String> {
    record
        .remove(name)
        .map(|field| field.value)
        .ok_or_else(|| missing(name))
}

fn copy(record: &Mapping, name: &str) -> Result<Node, String> {
    record.get(name).cloned().ok_or_else(|| missing(name))
}

fn missing(name: &str) -> String {
    format!("the record has no '{name}', which its universe version requires")
}
