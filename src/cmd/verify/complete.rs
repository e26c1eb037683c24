//! Completeness: which tracts, patches and bands of a sky map lack a dataset.
use std::collections::{BTreeMap, BTreeSet};

use pantry_import::verify::{Finding, Problem};
use pantry_registry::listing::{RowQuery, TypeSearch, record_fields};
use pantry_registry::query::execute::ResultValue;
use pantry_registry::query::expression::{BindValue, Binds};
use pantry_registry::query::tree::{ColumnLiteral, QueryTree};

use crate::context::Context;
use crate::failure::Failure;
use crate::html::Bar;
use crate::query::{DatasetRequest, Source, engine};

/// Dimensions of what may be complete.
const KNOWN: [&str; 4] = ["skymap", "tract", "patch", "band"];

/// Bands that can be told apart.
const BANDS: usize = 64;

/// Arguments of `verify` about completeness.
#[derive(Debug, clap::Args)]
pub struct Completeness {
    /// Say which tracts, patches and bands lack a dataset of this type, such as deepCoadd_calexp. Repeatable, also
    /// comma-separated
    #[arg(long, value_name = "DATASET_TYPE", value_delimiter = ',')]
    complete: Vec<String>,

    /// Collections in which --complete looks: names or glob patterns; all if not given. Repeatable, also comma-separated
    #[arg(long, value_name = "GLOB", requires = "complete")]
    collections: Vec<String>,

    /// Only this sky map
    #[arg(long, value_name = "NAME", requires = "complete")]
    skymap: Option<String>,

    /// Bands that are expected; by default those that the dataset type has anywhere. Comma-separated
    #[arg(
        long,
        value_name = "BAND",
        requires = "complete",
        value_delimiter = ','
    )]
    bands: Vec<String>,

    /// Patches that are expected: 'any', those that have the dataset type in any band; 'all', all patches of tracts that
    /// have it; or a dataset type, the patches that have that
    #[arg(
        long,
        value_name = "any|all|DATASET_TYPE",
        requires = "complete",
        default_value = "any"
    )]
    patches: String,
}

/// A patch: sky map, tract and number; a tract has no number.
type Place = (String, i64, Option<i64>);

/// Where a dataset type has datasets: a bit for each band.
#[derive(Default)]
struct Coverage {
    bands: Vec<String>,
    has_bands: bool,
    has_patches: bool,
    places: BTreeMap<Place, u64>,
}

impl Completeness {
    /// Whether it was asked for.
    pub fn is_wanted(&self) -> bool {
        !self.complete.is_empty()
    }

    /// Tell what is missing; a bar for each dataset type.
    ///
    /// # Errors
    /// Those of the engine; dataset types that are not there, or have other dimensions.
    pub fn check(
        &self,
        repo: &str,
        context: &Context,
        tell: &mut dyn FnMut(&Finding) -> Result<(), Failure>,
    ) -> Result<Vec<Bar>, Failure> {
        let mut bars = Vec::new();
        if !self.is_wanted() {
            return Ok(bars);
        }
        let mut source = Source::open(repo, None, context)?;
        for name in &self.complete {
            let found = self.coverage(&mut source, name)?;
            let expected = self.expected(&mut source, &found)?;
            bars.push(self.compare(name, &found, &expected, tell)?);
        }
        Ok(bars)
    }

    fn coverage(&self, source: &mut Source, name: &str) -> Result<Coverage, Failure> {
        let request = DatasetRequest::of(&[name.to_owned()], &self.collections, false)?;
        let mut found = Coverage::default();
        let searches = request.searches(source)?;
        if searches.is_empty() {
            return Err(Failure::error(format!("there is no dataset type '{name}'")));
        }
        for search in &searches {
            let dimensions = &search.dataset_type.dimensions;
            let name = &search.dataset_type.name;
            if let Some(other) = dimensions.required().find(|d| !KNOWN.contains(d)) {
                return Err(Failure::error(format!(
                    "{name} has the dimension {other}: completeness is of {}",
                    KNOWN.join(", ")
                )));
            }
            if !dimensions.contains("tract") {
                return Err(Failure::error(format!(
                    "{name} has no tract, so that no sky map says what is missing"
                )));
            }
            found.has_bands |= dimensions.contains("band");
            found.has_patches |= dimensions.contains("patch");
            if !search.collections.is_empty() {
                let query = RowQuery::datasets(search)?;
                engine::execute(source, &query, &mut |row| {
                    self.note(search, row, &mut found)
                })?;
            }
        }
        Ok(found)
    }

    fn note(
        &self,
        search: &TypeSearch,
        row: &[ResultValue],
        found: &mut Coverage,
    ) -> Result<(), Failure> {
        let (mut place, mut band): (Place, _) = (Default::default(), None);
        for (name, value) in search.dataset_type.dimensions.required().zip(row) {
            match (name, value) {
                ("skymap", ResultValue::Text(name)) => place.0.clone_from(name),
                ("tract", ResultValue::Int(number)) => place.1 = *number,
                ("patch", ResultValue::Int(number)) => place.2 = Some(*number),
                ("band", ResultValue::Text(name)) => band = Some(name),
                _ => {}
            }
        }
        if self.skymap.as_ref().is_some_and(|only| *only != place.0) {
            return Ok(());
        }
        let bit = match band {
            None => 1,
            Some(band) => found.bit(band)?,
        };
        *found.places.entry(place).or_default() |= bit;
        Ok(())
    }

    fn expected(&self, source: &mut Source, found: &Coverage) -> Result<BTreeSet<Place>, Failure> {
        let places = match self.patches.as_str() {
            "any" => found.places.keys().cloned().collect(),
            "all" => {
                let tracts: BTreeSet<(&str, i64)> = found
                    .places
                    .keys()
                    .map(|(map, tract, _)| (map.as_str(), *tract))
                    .collect();
                let mut all = BTreeSet::new();
                for (skymap, tract) in tracts {
                    patches(source, skymap, tract, &mut all)?;
                }
                all
            }
            other => self.coverage(source, other)?.places.into_keys().collect(),
        };
        // A type of tracts is expected once in each tract.
        let only_tract = |(skymap, tract, _): Place| (skymap, tract, None);
        Ok(match found.has_patches {
            true => places,
            false => places.into_iter().map(only_tract).collect(),
        })
    }

    fn compare(
        &self,
        name: &str,
        found: &Coverage,
        expected: &BTreeSet<Place>,
        tell: &mut dyn FnMut(&Finding) -> Result<(), Failure>,
    ) -> Result<Bar, Failure> {
        let mut found_bands = found.bands.clone();
        found_bands.sort();
        let bands: Vec<Option<&String>> = match (found.has_bands, self.bands.is_empty()) {
            (false, _) => vec![None],
            (true, true) => found_bands.iter().map(Some).collect(),
            (true, false) => self.bands.iter().map(Some).collect(),
        };
        let bit_of = |band: Option<&String>| match band {
            None => 1,
            Some(band) => found
                .bands
                .iter()
                .position(|b| b == band)
                .map_or(0, |at| 1 << at),
        };
        let (mut total, mut bad) = (0, 0);
        for place in expected {
            let has = found.places.get(place).copied().unwrap_or(0);
            for band in &bands {
                total += 1;
                if has & bit_of(*band) == 0 {
                    bad += 1;
                    let words = format!("{name} {}", words(place, *band));
                    tell(&Finding::new(Problem::MissingDataset).expected(words))?;
                }
            }
        }
        let label = name.to_owned();
        Ok(Bar { label, total, bad })
    }
}

impl Coverage {
    fn bit(&mut self, band: &str) -> Result<u64, Failure> {
        let at = match self.bands.iter().position(|known| known == band) {
            Some(at) => at,
            None => {
                self.bands.push(band.to_owned());
                self.bands.len() - 1
            }
        };
        match at < BANDS {
            true => Ok(1 << at),
            false => Err(Failure::error(format!("there are more than {BANDS} bands"))),
        }
    }
}

fn words((skymap, tract, patch): &Place, band: Option<&String>) -> String {
    let mut words = format!("skymap={skymap}, tract={tract}");
    if let Some(patch) = patch {
        words += &format!(", patch={patch}");
    }
    if let Some(band) = band {
        words += &format!(", band={band}");
    }
    words
}

/// All patches of a tract.
fn patches(
    source: &mut Source,
    skymap: &str,
    tract: i64,
    into: &mut BTreeSet<Place>,
) -> Result<(), Failure> {
    let tree = QueryTree::identity(source.universe());
    let binds: Binds = [
        ("skymap_name", ColumnLiteral::String(skymap.to_owned())),
        ("tract_number", ColumnLiteral::Int(tract)),
    ]
    .into_iter()
    .map(|(name, value)| (name, BindValue::Literal(value)))
    .collect();
    let expression = "skymap = :skymap_name AND tract = :tract_number";
    let query = RowQuery::dimension_records(tree, "patch")?.filter(expression, &binds, &[])?;
    let fields = record_fields(&query)?;
    let number = fields.iter().find(|f| f.name == "id").map(|f| f.place);
    engine::execute(source, &query, &mut |row| {
        if let Some(ResultValue::Int(patch)) = number.and_then(|place| row.get(place)) {
            into.insert((skymap.to_owned(), tract, Some(*patch)));
        }
        Ok(())
    })
}
