//! Parameters behind the `?`: each may come several times, and lists also with commas.

use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use pantry_registry::model::glob::{Wildcard, split_commas};
use pantry_registry::query::expression::{Binds, bind_literal};

use crate::butler::flag_of_text;
use crate::query_pairs::query_pairs;
use crate::refusal::Refusal;

/// What parameters of values for a where-expression begin with.
const BIND: &str = "bind.";

/// The parameters in the order in which they came.
pub struct Parameters(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        query_pairs(parts, state).await.map(Self)
    }
}

impl Parameters {
    /// Refuse parameters with other names than these, and `bind.NAME` where `where` is one of them: a mistyped
    /// filter must not give all rows.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn check_names(&self, known: &[&str]) -> Result<(), Refusal> {
        let is_known = |name: &str| {
            let bind = name.strip_prefix(BIND).filter(|name| !name.is_empty());
            known.contains(&name) || bind.is_some() && known.contains(&"where")
        };
        match self.0.iter().find(|(name, _)| !is_known(name)) {
            None => Ok(()),
            Some((name, _)) => {
                let there_are = match known.join(", ") {
                    none if none.is_empty() => "there are none here".to_owned(),
                    known => format!("there are: {known}"),
                };
                Err(fail(
                    name,
                    format!("there is no such parameter; {there_are}"),
                ))
            }
        }
    }

    /// All values of a list.
    pub fn list(&self, name: &str) -> Vec<String> {
        let values: Vec<&str> = self.values(name).filter(|v| !v.is_empty()).collect();
        split_commas(&values).values
    }

    /// Names and patterns; everything if there are none.
    pub fn wildcard(&self, name: &str) -> Wildcard {
        Wildcard::parse(&self.list(name))
    }

    /// The value of a parameter that comes once.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] if it comes more than once.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.values(name);
        match (values.next(), values.next()) {
            (first, None) => Ok(first),
            _ => Err(fail(name, "give it once")),
        }
    }

    /// A parameter that must be there.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name)?.ok_or_else(|| fail(name, "it is missing"))
    }

    /// A truth value; no if it is missing.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn flag(&self, name: &str) -> Result<bool, Refusal> {
        let flag = |text| flag_of_text(text).ok_or_else(|| fail(name, "write true or false"));
        self.text(name)?.map_or(Ok(false), flag)
    }

    /// A number.
    ///
    /// # Errors
    /// [`Refusal::Malformed`].
    pub fn number<T: FromStr>(&self, name: &str) -> Result<Option<T>, Refusal> {
        let number = |text: &str| {
            let wrong = |_| fail(name, format!("'{text}' is no such number"));
            text.parse().map_err(wrong)
        };
        self.text(name)?.map(number).transpose()
    }

    /// The values of `bind.NAME`, read as the command line's `--bind NAME=VALUE`.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for a name that comes more than once.
    pub fn binds(&self) -> Result<Binds, Refusal> {
        let mut binds = Binds::default();
        for (parameter, value) in &self.0 {
            if let Some(name) = parameter.strip_prefix(BIND) {
                self.text(parameter)?;
                binds.insert(name.to_owned(), bind_literal(value));
            }
        }
        Ok(binds)
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let found = self.0.iter().filter(move |(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// What is wrong with a parameter.
pub fn fail(name: &str, detail: impl Into<String>) -> Refusal {
    Refusal::Malformed {
        place: vec!["query".to_owned(), name.to_owned()],
        detail: detail.into(),
    }
}
