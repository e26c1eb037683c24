//! The options that say which rows of a query are wanted, in which order and how many.
use pantry_registry::listing::RowQuery;
use pantry_registry::model::glob::split_commas;
use pantry_registry::query::expression::{Binds, bind_literal};

use super::limit::Limit;
use crate::failure::Failure;

/// `--where` and `--bind`; flatten it into the arguments of a verb that takes all that it finds.
#[derive(Debug, clap::Args)]
pub struct Where {
    /// Expression that results must fulfil, such as "instrument = 'HSC' AND visit IN (1000..1100:2)"
    #[arg(long, value_name = "EXPRESSION", default_value = "")]
    r#where: String,

    /// Value of a name that --where has in the form :NAME: a literal or a list of literals of the expression language,
    /// as v=3, t=T'2026-01-01' or l=(1,2,3); anything else is text. Repeatable
    #[arg(long, value_name = "NAME=VALUE")]
    bind: Vec<String>,
}

/// The reference's limit of what is shown.
const LIMIT: i64 = -20_000;

/// `--where`, `--bind`, `--order-by`, `--limit` and `--timeout`; flatten it into the arguments of a verb that queries.
#[derive(Debug, clap::Args)]
pub struct Filter {
    #[command(flatten)]
    expression: Where,

    /// What to sort by: dimensions or fields such as visit, visit.exposure_time or visit.timespan.begin; a minus sign
    /// in front reverses. Repeatable, also comma-separated
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    order_by: Vec<String>,

    /// How many results are taken at most: 0 is no limit, and a negative number warns if there are more. By default -20000;
    /// 0 for checksum, move-files and locate
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    limit: Option<i64>,

    /// Seconds that each query may take before it is given up; without it, any
    #[arg(long, value_name = "SECONDS", value_parser = seconds)]
    pub timeout: Option<f64>,
}

/// `--explain`; flatten it into the arguments of a query verb.
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// Show how the question is answered in place of the answer: query tree, SQL and the database's plan
    #[arg(long = "explain")]
    pub is_wanted: bool,
}

/// A number of seconds from a millisecond to a year.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    match (0.001..=31_557_600.0).contains(&seconds) {
        true => Ok(seconds),
        false => Err("not from 0.001 to 31557600 (a year)".to_owned()),
    }
}

impl Where {
    /// A query with `--where` and terms to sort by worked in.
    ///
    /// # Errors
    /// What is wrong with their texts, or how they contradict the query.
    pub fn apply(&self, query: RowQuery, order: &[String]) -> Result<RowQuery, Failure> {
        let binds = self.binds()?.into_iter();
        let binds: Binds = binds
            .map(|(name, text)| (name, bind_literal(text)))
            .collect();
        Ok(query.filter(&self.r#where, &binds, order)?)
    }

    /// Names and values of `--bind`, in order.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a word without a name or without `=`.
    pub fn binds(&self) -> Result<Vec<(&str, &str)>, Failure> {
        let pair = |word: &'_ String| match word.split_once('=') {
            Some((name, _)) if !name.is_empty() => Ok(()),
            _ => Err(Failure::Usage(format!(
                "--bind takes NAME=VALUE, as in v=3, and not '{word}'"
            ))),
        };
        self.bind.iter().try_for_each(pair)?;
        Ok(self.bind.iter().filter_map(|w| w.split_once('=')).collect())
    }
}

impl Filter {
    /// A query with `--where` and `--order-by` worked in.
    ///
    /// # Errors
    /// What is wrong with their texts, or how they contradict the query.
    pub fn apply(&self, query: RowQuery) -> Result<RowQuery, Failure> {
        self.expression.apply(query, &self.order_by())
    }

    /// Names and values of `--bind`, in order.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a word without a name or without `=`.
    pub fn binds(&self) -> Result<Vec<(&str, &str)>, Failure> {
        self.expression.binds()
    }

    /// The terms of `--order-by`.
    pub fn order_by(&self) -> Vec<String> {
        split_commas(&self.order_by).values
    }

    /// The limit.
    pub fn limit(&self) -> Limit {
        Limit::of(self.limit.unwrap_or(LIMIT))
    }

    /// Take all if the user names no limit: for verbs that do something with what is selected.
    pub fn all_by_default(&mut self) {
        self.limit.get_or_insert(0);
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Verb {
        #[command(flatten)]
        filter: Filter,
    }

    #[test]
    fn who_does_something_takes_all_unless_told_otherwise() {
        for (words, shown, done) in [
            (&["verb"][..], Some(20_000), None),
            (&["verb", "--limit", "7"], Some(7), Some(7)),
            (&["verb", "--limit", "-7"], Some(7), Some(7)),
            (&["verb", "--limit", "0"], None, None),
        ] {
            let mut verb = Verb::try_parse_from(words).unwrap();
            assert_eq!(verb.filter.limit().shown(), shown, "{words:?}");
            verb.filter.all_by_default();
            assert_eq!(verb.filter.limit().shown(), done, "{words:?}");
        }
    }
}
