//! Positions of a file: whether they are some, in degrees, and in their part of the sky.

use std::f64::consts::{FRAC_PI_2, TAU};

use super::finding::{Finding, Problem, Tally};

/// A part of the sky. Who knows the registry knows them.
pub trait Footprint: Send + Sync {
    /// Whether a position, in degrees, is in it or near enough.
    fn contains(&self, ra: f64, dec: f64) -> bool;
}

/// What is known of the positions of a file.
#[derive(Debug, Default)]
pub struct Positions {
    /// Those that are on the sphere, were they degrees.
    valid: u64,
    bad: Tally,
    outside: Tally,
    /// Of those outside, how many are inside if they are radians.
    as_radians: u64,
    /// How many could be radians.
    small: u64,
}

/// What a file without a part of the sky says of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// Nothing.
    Nothing,
    /// Some positions cannot be radians.
    Degrees,
    /// All could be radians.
    MaybeRadians,
}

impl Positions {
    /// One more.
    pub fn add(&mut self, id: i64, ra: f64, dec: f64, place: Option<&dyn Footprint>, keep: usize) {
        let is_position = (-180.0..=360.0).contains(&ra) && (-90.0..=90.0).contains(&dec);
        if !is_position {
            self.bad.add(id, keep);
            return;
        }
        self.valid += 1;
        let is_small = ra.abs() <= TAU && dec.abs() <= FRAC_PI_2;
        self.small += u64::from(is_small);
        if let Some(place) = place
            && !place.contains(ra, dec)
        {
            self.outside.add(id, keep);
            let is_radians = is_small && place.contains(ra.to_degrees(), dec.to_degrees());
            self.as_radians += u64::from(is_radians);
        }
    }

    /// What is wrong with them. `unit` is what the file says of the column.
    pub fn findings(&self, table: &str, unit: Option<&str>) -> Vec<Finding> {
        let mut found = Vec::new();
        if self.bad.count > 0 {
            let finding = Finding::new(Problem::BadPosition, table).ids(&self.bad);
            found.push(finding.expected("right ascension and declination in degrees"));
        }
        let radians = |count| Finding {
            count: Some(count),
            ..Finding::new(Problem::Radians, table).expected("degrees")
        };
        let (valid, outside) = (self.valid, self.outside.count);
        if self.as_radians * 2 > valid {
            let inside = valid - outside;
            found.push(radians(self.as_radians).found(format!(
                "as degrees {inside} of {valid} positions are where they belong, as radians {}",
                self.as_radians
            )));
        } else if unit.is_some_and(|unit| unit.eq_ignore_ascii_case("rad")) && valid > 0 {
            found.push(radians(valid).found("the unit of the column is rad"));
        } else if outside > 0 {
            let finding = Finding::new(Problem::Outside, table).ids(&self.outside);
            found.push(finding.found(format!("{outside} of {valid} positions")));
        }
        found
    }

    /// Without a part of the sky.
    pub fn guess(&self, unit: Option<&str>) -> Guess {
        let says = |unit: &str| ["deg", "rad", "degree", "degrees"].contains(&unit);
        match (self.valid, self.valid - self.small) {
            // The unit is believed, and was looked at.
            _ if unit.is_some_and(|unit| says(&unit.to_ascii_lowercase())) => Guess::Degrees,
            (0, _) => Guess::Nothing,
            (_, 0) => Guess::MaybeRadians,
            _ => Guess::Degrees,
        }
    }
}
