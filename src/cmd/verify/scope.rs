//! Which files are looked at, and for how long.
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use pantry_datastore::store::Stores;
use pantry_import::verify::{Pace, Sample};
use pantry_registry::config::Environment;

use super::history::History;
use crate::failure::Failure;
use crate::state::StateArgs;
use crate::stores::stores;

/// Arguments of `verify` for regular runs.
#[derive(Debug, clap::Args)]
pub struct Scope {
    /// Look only at this share of the files that records name, as 1% or 0.01; the same files for the same --seed
    #[arg(long, value_name = "SHARE", value_parser = share)]
    sample: Option<f64>,

    /// Another number is another sample
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Bytes in a second that are read for checksums, such as 50MB, by all threads together
    #[arg(long, value_name = "BYTES", value_parser = bytes)]
    rate_limit: Option<u64>,

    /// Stop after this time, such as 2h, 90m or 30s, with what was found until then
    #[arg(long = "for", value_name = "TIME", value_parser = time)]
    limit: Option<Duration>,

    /// Look only at files that were not found sound by a run with --remember within this time, such as 30d or 12h;
    /// remembers too
    #[arg(long, value_name = "TIME", value_parser = time)]
    older_than: Option<Duration>,

    /// Remember in Pantry's own state which files were found sound
    #[arg(long)]
    remember: bool,

    #[command(flatten)]
    state: StateArgs,
}

impl Scope {
    /// Where files are reached; with the copies that the state knows of, which must be there then.
    ///
    /// # Errors
    /// A state that cannot be opened.
    pub fn stores(&self, environment: &Environment, copies: bool) -> Result<Stores, Failure> {
        if !copies {
            return Ok(Stores::from_process());
        }
        let state = Arc::new(self.state.open(environment)?);
        Ok(stores(Some(state), None))
    }

    /// The files of the sample.
    pub fn sample(&self) -> Option<Sample> {
        let seed = self.seed;
        self.sample.map(|share| Sample { share, seed })
    }

    /// How fast files are read.
    pub fn pace(&self) -> Option<Pace> {
        self.rate_limit.map(Pace::new)
    }

    /// When the time is up.
    pub fn until(&self) -> Option<Instant> {
        let limit = self.limit?;
        Instant::now().checked_add(limit)
    }

    /// What earlier runs found sound, if that is to be known.
    ///
    /// # Errors
    /// Those of the state.
    pub fn history(
        &self,
        repo: &str,
        structure: bool,
        checksum: bool,
        environment: &Environment,
    ) -> Result<Option<History>, Failure> {
        if !self.remember && self.older_than.is_none() {
            return Ok(None);
        }
        let since = |age: Duration| -> Option<DateTime<Utc>> {
            Utc::now().checked_sub_signed(chrono::TimeDelta::from_std(age).ok()?)
        };
        let since = self.older_than.map(|age| since(age).unwrap_or_default());
        let state = self.state.open(environment)?;
        History::new(state, repo, structure, checksum, since).map(Some)
    }

    /// What of this a verification that goes on must have in common with the one that was stopped.
    pub fn words(&self) -> String {
        match self.sample {
            Some(share) => format!(", sample {share} of seed {}", self.seed),
            None => String::new(),
        }
    }
}

fn share(text: &str) -> Result<f64, String> {
    let (number, whole) = match text.strip_suffix('%') {
        Some(number) => (number, 100.0),
        None => (text, 1.0),
    };
    let share = number
        .trim()
        .parse::<f64>()
        .ok()
        .map(|number| number / whole);
    share
        .filter(|share| *share > 0.0 && *share <= 1.0)
        .ok_or_else(|| "write a share as 1% or 0.01".to_owned())
}

fn bytes(text: &str) -> Result<u64, String> {
    let letters = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: Option<f64> = text[..text.len() - letters.len()].parse().ok();
    let unit = match letters.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1.0),
        "k" | "kb" => Some(1e3),
        "m" | "mb" => Some(1e6),
        "g" | "gb" => Some(1e9),
        "kib" => Some(1024.0),
        "mib" => Some(1_048_576.0),
        "gib" => Some(1_073_741_824.0),
        _ => None,
    };
    let bytes = number.zip(unit).map(|(number, unit)| number * unit);
    bytes
        .filter(|bytes| (1.0..1e18).contains(bytes))
        .map(|bytes| bytes as u64)
        .ok_or_else(|| "write a number of bytes as 50MB or 64MiB".to_owned())
}

/// `90s`, `30m`, `2h`, `30d`, `6w`.
fn time(text: &str) -> Result<Duration, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let seconds = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        "d" => Some(86_400),
        "w" => Some(604_800),
        _ => None,
    };
    let number: Option<u64> = digits.parse().ok();
    let total = number
        .zip(seconds)
        .and_then(|(number, unit)| number.checked_mul(unit));
    total
        // A century is more than anybody waits.
        .filter(|total| *total <= 3_155_760_000)
        .map(Duration::from_secs)
        .ok_or_else(|| "write a time as 90s, 30m, 2h, 30d or 6w".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_bytes_and_times_are_read() {
        assert_eq!(
            (share("1%"), share("0.5"), share("100 %")),
            (Ok(0.01), Ok(0.5), Ok(1.0))
        );
        for wrong in ["", "0", "101%", "-1%", "x", "NaN", "%"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
        assert_eq!((bytes("50MB"), bytes("1.5kib")), (Ok(50_000_000), Ok(1536)));
        for wrong in ["", "MB", "0", "5 parsec", "-1"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        let hours = |n: u64| Ok(Duration::from_secs(n * 3600));
        assert_eq!(
            (time("2h"), time("30d"), time("120m")),
            (hours(2), hours(720), hours(2))
        );
        for wrong in ["", "h", "2", "2 h", "9999999999999999999d", "2y", "-1h"] {
            assert!(time(wrong).is_err(), "{wrong}");
        }
    }
}
