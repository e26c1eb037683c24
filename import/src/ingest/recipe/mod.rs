//! Recipes: how files of a tree are recognised, and what they are. A YAML file; `docs/recipes/` has examples.

mod check;
mod parse;
mod pattern;
mod question;
mod rule;
mod value;

pub use pattern::Pattern;
pub use rule::{Dimensions, OpenFile, Recognised};

use std::path::{Path, PathBuf};

use crate::Error;
use crate::export::ExportedDatasetType;
use value::{Template, ValueRule};

/// A recipe.
#[derive(Debug)]
pub struct Recipe {
    /// Its file, for messages.
    pub file: PathBuf,
    /// Dataset types that are registered if the repo has them not.
    pub dataset_types: Vec<ExportedDatasetType>,
    /// Files that are left alone.
    pub ignore: Vec<Pattern>,
    /// What files can be; of each file one of these.
    pub rules: Vec<Rule>,
    /// Whether the members of zips are files too, `PATH.zip#zip-path=NAME`.
    pub zips: bool,
}

/// One kind of files.
#[derive(Debug)]
pub struct Rule {
    /// Its name, for messages.
    pub name: String,
    /// Its line.
    pub line: u64,
    pattern: Pattern,
    header: Option<HeaderRule>,
    dataset_type: Template,
    run: Option<Template>,
    /// Formatter, if it is not that of the dataset type.
    pub formatter: Option<String>,
    data_id: Vec<Named>,
    records: Vec<RecordRule>,
}

/// A value with its name and line.
#[derive(Debug)]
struct Named {
    name: String,
    line: u64,
    value: ValueRule,
}

/// Cards of a FITS header.
#[derive(Debug)]
struct HeaderRule {
    hdu: HduName,
    /// Field and keyword.
    fields: Vec<(String, String)>,
    /// Keyword and the text that its value must have.
    equal: Vec<(String, String)>,
}

/// Which HDU of a file.
#[derive(Debug)]
enum HduName {
    /// By number; the primary one is 0.
    Number(usize),
    /// The first with this EXTNAME.
    Name(String),
}

/// A dimension record that comes with a file.
#[derive(Debug)]
struct RecordRule {
    element: String,
    line: u64,
    values: Vec<Named>,
}

impl Recipe {
    /// A fault of the recipe.
    pub fn fault(&self, line: u64, message: impl Into<String>) -> Error {
        fault(&self.file, line, message)
    }
}

fn fault(file: &Path, line: u64, message: impl Into<String>) -> Error {
    Error::Input {
        file: file.to_owned(),
        line,
        message: message.into(),
    }
}
