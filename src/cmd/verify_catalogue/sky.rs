//! Tracts and patches as the registry knows them.
use std::collections::{BTreeMap, BTreeSet};

use pantry_import::catalogue::{CatalogueFile, Footprint, Key, KeyValue, Sky};
use pantry_registry::listing::{RowQuery, record_fields};
use pantry_registry::query::execute::ResultValue;
use pantry_registry::query::expression::{BindValue, Binds};
use pantry_registry::query::tree::{ColumnLiteral, QueryTree};
use pantry_sky::{LonLat, Region, UnitVector3d};

use super::{Args, files};
use crate::failure::Failure;
use crate::query::{Source, engine};

/// Directions in which a position is moved by the margin.
const DIRECTIONS: usize = 16;

/// A tract of a sky map: its own region, and those of its patches.
#[derive(Debug, Default)]
struct Tract {
    region: Option<Region>,
    patches: BTreeMap<i64, Region>,
}

/// Looks regions up.
pub struct SkyMap {
    source: Option<Source>,
    /// Of files that do not say it.
    skymap: Option<String>,
    /// Degrees.
    margin: f64,
    /// The tract that was asked for last.
    last: Option<((String, i64), Tract)>,
}

impl SkyMap {
    /// Of datasets, whose data IDs name their sky map.
    pub fn of_repo(source: Source, margin: f64) -> Self {
        Self::new(Some(source), None, margin)
    }

    /// Of files, which are all of one sky map.
    pub fn of_folder(source: Source, skymap: &str, margin: f64) -> Self {
        Self::new(Some(source), Some(skymap.to_owned()), margin)
    }

    /// Nothing is known.
    pub fn none() -> Self {
        Self::new(None, None, 0.0)
    }

    fn new(source: Option<Source>, skymap: Option<String>, margin: f64) -> Self {
        Self {
            source,
            skymap,
            margin: margin / 3600.0,
            last: None,
        }
    }

    /// The part of the sky of a file.
    ///
    /// # Errors
    /// Those of the engine.
    pub fn footprint(&mut self, key: &Key) -> Result<Sky, Failure> {
        if self.source.is_none() || key.get("tract").is_none() {
            return Ok(Sky::Unasked);
        }
        let Some((skymap, tract)) = self.tract_of(key) else {
            return Ok(Sky::Unknown);
        };
        let margin = self.margin;
        let known = self.tract(skymap, tract)?;
        let region = match key.get("patch") {
            None => known.region.as_ref(),
            Some(KeyValue::Number(patch)) => known.patches.get(patch),
            Some(KeyValue::Text(_)) => None,
        };
        Ok(match region.cloned() {
            Some(region) => Sky::Known(Box::new(Patch { region, margin })),
            None => Sky::Unknown,
        })
    }

    /// Where the options say that files should be.
    ///
    /// # Errors
    /// Those of the engine; a dataset type that is not there.
    pub fn expected(&mut self, args: &Args, files: &[CatalogueFile]) -> Result<Vec<Key>, Failure> {
        let mut expected = BTreeSet::new();
        if let (Some(name), Some(source)) = (&args.expect, &mut self.source) {
            let datasets = files::datasets(args, source, name)?;
            expected.extend(datasets.into_iter().map(|(_, key)| key));
            if let Some(skymap) = &self.skymap {
                let skymap = KeyValue::Text(skymap.clone());
                expected.retain(|key| key.get("skymap") == Some(&skymap));
            }
        }
        if args.all_patches {
            let keys = files.iter().map(|file| &file.key);
            let tracts: BTreeSet<_> = keys.filter_map(|key| self.tract_of(key)).collect();
            for (skymap, tract) in tracts {
                let known = self.tract(skymap.clone(), tract)?;
                expected.extend(known.patches.keys().map(|patch| {
                    Key::new([
                        ("skymap".to_owned(), KeyValue::Text(skymap.clone())),
                        ("tract".to_owned(), KeyValue::Number(tract)),
                        ("patch".to_owned(), KeyValue::Number(*patch)),
                    ])
                }));
            }
        }
        Ok(expected.into_iter().collect())
    }

    fn tract_of(&self, key: &Key) -> Option<(String, i64)> {
        let KeyValue::Number(tract) = key.get("tract")? else {
            return None;
        };
        let skymap = key.get("skymap").map(ToString::to_string);
        Some((skymap.or_else(|| self.skymap.clone())?, *tract))
    }

    fn tract(&mut self, skymap: String, tract: i64) -> Result<&Tract, Failure> {
        let wanted = (skymap, tract);
        let known = match self.last.take() {
            Some((other, known)) if other == wanted => known,
            _ => match &mut self.source {
                Some(source) => read(source, &wanted.0, tract)?,
                None => Tract::default(),
            },
        };
        Ok(&self.last.insert((wanted, known)).1)
    }
}

fn read(source: &mut Source, skymap: &str, tract: i64) -> Result<Tract, Failure> {
    let mut known = Tract::default();
    records(source, "tract", skymap, tract, |_, region| {
        known.region = Some(region);
    })?;
    records(source, "patch", skymap, tract, |patch, region| {
        known.patches.extend(patch.map(|patch| (patch, region)));
    })?;
    Ok(known)
}

/// The records of an element in a tract, with their regions; of patches also the number.
fn records(
    source: &mut Source,
    element: &str,
    skymap: &str,
    tract: i64,
    mut each: impl FnMut(Option<i64>, Region),
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
    let query = RowQuery::dimension_records(tree, element)?.filter(expression, &binds, &[])?;
    let fields = record_fields(&query)?;
    let place = |name: &str| fields.iter().find(|f| f.name == name).map(|f| f.place);
    let (number, region) = (place("id"), place("region"));
    engine::execute(source, &query, &mut |row| {
        let value = |place: Option<usize>| place.and_then(|place| row.get(place));
        let number = match value(number) {
            Some(ResultValue::Int(number)) => Some(*number),
            _ => None,
        };
        if let Some(ResultValue::Bytes(bytes)) = value(region) {
            each(number, Region::decode(bytes)?);
        }
        Ok(())
    })
}

/// A region with a margin.
struct Patch {
    region: Region,
    /// Degrees.
    margin: f64,
}

impl Patch {
    fn has(&self, ra: f64, dec: f64) -> bool {
        let point = LonLat::from_degrees(ra, dec);
        point.is_ok_and(|point| self.region.contains(&UnitVector3d::from_lon_lat(&point)))
    }
}

impl Footprint for Patch {
    fn contains(&self, ra: f64, dec: f64) -> bool {
        let moved = |number: usize| {
            let angle = std::f64::consts::TAU * number as f64 / DIRECTIONS as f64;
            // Next to a pole a step of right ascension is none.
            let stretch = dec.to_radians().cos().max(1e-6);
            let up = (dec + self.margin * angle.sin()).clamp(-90.0, 90.0);
            (ra + self.margin * angle.cos() / stretch, up)
        };
        let is_near = |(ra, dec)| self.has(ra, dec);
        self.has(ra, dec) || (self.margin > 0.0 && (0..DIRECTIONS).map(moved).any(is_near))
    }
}
