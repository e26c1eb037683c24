//! In which format rows are answered: what `?format=` says, else what `Accept` prefers.

use std::io::{self, Write};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};

use super::parameters::{Parameters, fail};
use crate::refusal::Refusal;
use crate::rows::{
    ArrowSink, Column, CsvSink, JsonLinesSink, JsonPageSink, ParquetSink, RowSink, VoTableSink,
};

/// A format of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An object with `rows`, and with `next` if there are more.
    Json,
    /// One object per line.
    JsonLines,
    /// Comma-separated values with a header line.
    Csv,
    /// A Parquet file.
    Parquet,
    /// An Arrow stream.
    Arrow,
    /// A VOTable.
    VoTable,
}

impl Format {
    /// All of them; of those that a client likes equally the first is taken.
    pub const ALL: [Self; 6] = [
        Self::Json,
        Self::JsonLines,
        Self::Csv,
        Self::Parquet,
        Self::Arrow,
        Self::VoTable,
    ];

    /// Its name in `?format=`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
            Self::VoTable => "votable",
        }
    }

    /// Its media type as the answer has it.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::JsonLines => "application/jsonl",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::VoTable => "application/x-votable+xml",
        }
    }

    /// Its media types as clients may ask for it.
    fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::Json => &["application/json"],
            Self::JsonLines => &[
                "application/jsonl",
                "application/jsonlines",
                "application/x-ndjson",
            ],
            Self::Csv => &["text/csv"],
            Self::Parquet => &["application/vnd.apache.parquet"],
            Self::Arrow => &["application/vnd.apache.arrow.stream"],
            Self::VoTable => &["application/x-votable+xml"],
        }
    }

    /// A sink for a result with these columns, which is called `name` where the format has a place for that.
    ///
    /// # Errors
    /// From the writer.
    pub fn sink<'w>(
        self,
        name: &str,
        columns: &[Column],
        out: impl Write + 'w,
    ) -> io::Result<Box<dyn RowSink + 'w>> {
        let names: Vec<&str> = columns.iter().map(|column| column.name.as_ref()).collect();
        Ok(match self {
            Self::Json => Box::new(JsonPageSink::new(&names, out)),
            Self::JsonLines => Box::new(JsonLinesSink::new(&names, out)),
            Self::Csv => Box::new(CsvSink::new(&names, out)),
            Self::Parquet => Box::new(ParquetSink::new(columns, out)?),
            Self::Arrow => Box::new(ArrowSink::new(columns, out)?),
            Self::VoTable => Box::new(VoTableSink::new(name, columns, out)),
        })
    }

    /// How much an `Accept` wants it, from 0 to 1: the most specific range that fits counts (RFC 9110, 12.5.1).
    fn quality(self, accept: &[(String, f32)]) -> f32 {
        let specificity = |range: &str| match range {
            "*/*" => Some(0),
            _ if self.media_types().contains(&range) => Some(2),
            _ => {
                let kind = range.strip_suffix("/*")?;
                let is_of = |t: &&str| t.split('/').next() == Some(kind);
                self.media_types().iter().any(is_of).then_some(1)
            }
        };
        let fitting = accept
            .iter()
            .filter_map(|(range, q)| Some((specificity(range)?, *q)));
        // Of equally specific ranges the one that wants it most.
        let best = fitting.max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
        best.map_or(0.0, |(_, quality)| quality)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Format {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let parameters = Parameters::from_request_parts(parts, state).await?;
        match parameters.text("format")? {
            None => accepted(&parts.headers),
            Some(wanted) => {
                let mut all = Self::ALL.into_iter();
                all.find(|f| f.name() == wanted).ok_or_else(|| {
                    let names = Self::ALL.map(Self::name).join(", ");
                    fail(
                        "format",
                        format!("there is no format '{wanted}'; there are: {names}"),
                    )
                })
            }
        }
    }
}

/// The format that `Accept` prefers; JSON if it says nothing.
///
/// # Errors
/// [`Refusal::NotAcceptable`].
pub fn accepted(headers: &HeaderMap) -> Result<Format, Refusal> {
    let texts = headers.get_all(header::ACCEPT).iter();
    let texts: Vec<&str> = texts.filter_map(|value| value.to_str().ok()).collect();
    let ranges: Vec<(String, f32)> = texts
        .iter()
        .flat_map(|t| t.split(','))
        .filter_map(range)
        .collect();
    if ranges.is_empty() {
        return Ok(Format::Json);
    }
    let mut best: Option<(Format, f32)> = None;
    for format in Format::ALL {
        let quality = format.quality(&ranges);
        if quality > best.map_or(0.0, |(_, quality)| quality) {
            best = Some((format, quality));
        }
    }
    best.map(|(format, _)| format).ok_or_else(|| {
        let types = Format::ALL.map(Format::content_type).join(", ");
        Refusal::NotAcceptable(format!(
            "none of the types in Accept can be had; there are: {types}"
        ))
    })
}

/// A media range and its quality; other parameters do not count.
fn range(text: &str) -> Option<(String, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?;
    let quality = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    let quality = quality.map_or(Some(1.0), |q| q.parse().ok())?;
    Some((range.to_ascii_lowercase(), f32::clamp(quality, 0.0, 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(accept: &str) -> Option<Format> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        accepted(&headers).ok()
    }

    #[test]
    fn accept_is_read_as_rfc_9110_says() {
        assert_eq!(accepted(&HeaderMap::new()), Ok(Format::Json));
        for (accept, expected) in [
            ("*/*", Some(Format::Json)),
            ("", Some(Format::Json)),
            ("text/csv", Some(Format::Csv)),
            ("TEXT/CSV;q=0.5, application/json;q=0.4", Some(Format::Csv)),
            ("text/*", Some(Format::Csv)),
            (
                "application/x-votable+xml;serialization=tabledata",
                Some(Format::VoTable),
            ),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                Some(Format::Json),
            ),
            ("application/json;q=0, */*;q=0.1", Some(Format::JsonLines)),
            ("application/x-ndjson", Some(Format::JsonLines)),
            ("image/png", None),
            ("application/json;q=0", None),
            ("application/json;q=nonsense, text/csv", Some(Format::Csv)),
        ] {
            assert_eq!(format(accept), expected, "{accept}");
        }
    }
}
