//! Which columns of a group are dimensions: values are looked up in the repo, together where dimensions belong together.

use super::columns::{Column, Columns};
use super::filters;
use super::known::Known;
use crate::Error;

/// How a dimension gets its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    /// The same for all files.
    Constant(String),
    /// The value of the column with this number, whose field is named like the dimension.
    Column(usize),
    /// One text for another; what is not known is a question.
    Map(usize, Vec<(String, String)>),
    /// Column and row of a grid of so many columns.
    Grid(usize, usize, i64),
}

/// What the files of a group are.
#[derive(Debug, Clone, Default)]
pub(super) struct Meaning {
    /// Dimensions with their values, in the order in which the reference names them.
    pub(super) data_id: Vec<(&'static str, Value)>,
    /// What people should look at.
    pub(super) notes: Vec<String>,
}

impl Meaning {
    /// The columns that are used, with the names of their fields.
    pub(super) fn fields(&self) -> Vec<(usize, &'static str)> {
        let mut fields = Vec::new();
        for (dimension, value) in &self.data_id {
            match value {
                Value::Constant(_) => {}
                Value::Column(column) => fields.push((*column, *dimension)),
                Value::Map(column, _) => fields.push((*column, "filter")),
                Value::Grid(x, y, _) => fields.extend([(*x, "x"), (*y, "y")]),
            }
        }
        fields
    }
}

/// Find the dimensions; `None` if nothing is found that a dataset could be told by.
pub(super) fn find(columns: &Columns, known: &mut Known<'_>) -> Result<Option<Meaning>, Error> {
    let mut meaning = Meaning::default();
    let found = patches(columns, known, &mut meaning)? || visits(columns, known, &mut meaning)?;
    if !found {
        return Ok(None);
    }
    filters::find(columns, known, &mut meaning);
    Ok(Some(meaning))
}

/// Columns whose values are integers, those of paths first.
fn integers(columns: &Columns) -> Vec<(usize, Vec<i64>)> {
    let all = columns.all.iter().enumerate();
    all.filter_map(|(number, column)| Some((number, column.integers()?)))
        .collect()
}

/// A tract, and a patch of it by its number or by its place in the grid.
struct Sky {
    skymap: String,
    tract: usize,
    patch: Option<Value>,
    /// Columns that vary and are explained.
    explained: usize,
}

fn patches(columns: &Columns, known: &mut Known<'_>, meaning: &mut Meaning) -> Result<bool, Error> {
    let integers = integers(columns);
    let mut candidates: Vec<Sky> = Vec::new();
    for (skymap, nx) in known.skymaps.clone() {
        for (tract, tracts) in &integers {
            let mut all = true;
            for value in tracts {
                all &= known.id("tract", &skymap, &[("id", *value)])?.is_some();
            }
            if all {
                let sky = (skymap.as_str(), nx);
                candidates.extend(of_tract(columns, known, sky, (*tract, tracts), &integers)?);
            }
        }
    }
    let most = candidates.iter().map(|c| c.explained).max().unwrap_or(0);
    candidates.retain(|c| c.explained == most);
    let mut candidates = candidates.into_iter();
    let Some(best) = candidates.next() else {
        return Ok(false);
    };
    let mut others: Vec<String> = candidates.map(|c| c.skymap).collect();
    others.dedup();
    let skymap = match others.iter().any(|s| *s != best.skymap) {
        true => format!("?{}", best.skymap),
        false => best.skymap.clone(),
    };
    if skymap.starts_with('?') {
        meaning.notes.push(format!(
            "QUESTION: the tracts and patches are also in the sky map(s) {}; which one is it?",
            others.join(", ")
        ));
    } else if !others.is_empty() {
        meaning.notes.push(
            "CHECK: other parts of the path or header would also fit as tract or patch".to_owned(),
        );
    }
    if let Some(Value::Grid(x, y, _)) = &best.patch {
        meaning.notes.push(format!(
            "CHECK: of the two numbers of a patch the first, such as {}, is taken as the column, the second, such as {}, as the row",
            columns.all[*x].values[0], columns.all[*y].values[0]
        ));
    }
    meaning.data_id.push(("skymap", Value::Constant(skymap)));
    meaning.data_id.push(("tract", Value::Column(best.tract)));
    meaning
        .data_id
        .extend(best.patch.map(|patch| ("patch", patch)));
    Ok(true)
}

/// The patches that go with a tract: none, a number, or two numbers.
fn of_tract(
    columns: &Columns,
    known: &mut Known<'_>,
    (skymap, nx): (&str, i64),
    (tract, tracts): (usize, &[i64]),
    integers: &[(usize, Vec<i64>)],
) -> Result<Vec<Sky>, Error> {
    let varying = |columns_of: &[usize]| {
        columns_of
            .iter()
            .filter(|c| columns.all[**c].varies)
            .count()
    };
    let sky = |patch, used: &[usize], bonus| Sky {
        skymap: skymap.to_owned(),
        tract,
        patch,
        explained: 2 * varying(used) + bonus,
    };
    let mut found = vec![sky(None, &[tract], 0)];
    for (one, ones) in integers.iter().filter(|(c, _)| *c != tract) {
        let mut all = true;
        for (t, p) in tracts.iter().zip(ones) {
            all &= known
                .id("patch", skymap, &[("tract", *t), ("id", *p)])?
                .is_some();
        }
        if all {
            found.push(sky(Some(Value::Column(*one)), &[tract, *one], 1));
        }
        // `3,4`: with other signs between them two numbers are two things.
        let Some((two, twos)) = integers.iter().find(|(c, _)| are_pair(columns, *one, *c)) else {
            continue;
        };
        let mut all = nx > 0;
        for ((t, x), y) in tracts.iter().zip(ones).zip(twos) {
            let cell = [("tract", *t), ("cell_x", *x), ("cell_y", *y)];
            all &= known.id("patch", skymap, &cell)? == Some(y * nx + x);
        }
        if all {
            // Two columns at least, even where one does not vary.
            found.push(sky(
                Some(Value::Grid(*one, *two, nx)),
                &[tract, *one, *two],
                3,
            ));
        }
    }
    Ok(found)
}

/// Whether a comma stands between two columns.
fn are_pair(columns: &Columns, one: usize, two: usize) -> bool {
    use super::columns::Source::Pieces;
    let (Pieces(ones), Pieces(twos)) = (&columns.all[one].source, &columns.all[two].source) else {
        return false;
    };
    let mut pairs = ones.iter().zip(twos);
    ones.len() == twos.len() && pairs.all(|(a, b)| a + 1 == *b && columns.separators[*b] == ",")
}

/// Visits or exposures of an instrument, and detectors.
fn visits(columns: &Columns, known: &mut Known<'_>, meaning: &mut Meaning) -> Result<bool, Error> {
    let integers = integers(columns);
    for instrument in known.instruments.clone() {
        for element in ["visit", "exposure"] {
            let Some(visit) = of_instrument(columns, known, element, &instrument, &integers, None)?
            else {
                continue;
            };
            let others = of_instrument(
                columns,
                known,
                "detector",
                &instrument,
                &integers,
                Some(visit),
            )?;
            meaning
                .data_id
                .push(("instrument", Value::Constant(instrument)));
            meaning
                .data_id
                .extend(others.map(|d| ("detector", Value::Column(d))));
            meaning.data_id.push((element, Value::Column(visit)));
            if element == "visit" {
                meaning.notes.push(
                    "CHECK: the numbers are taken as visits; exposures may have the same"
                        .to_owned(),
                );
            }
            return Ok(true);
        }
    }
    Ok(false)
}

/// The first column whose values are all ids of an element; one that varies is better.
fn of_instrument(
    columns: &Columns,
    known: &mut Known<'_>,
    element: &str,
    instrument: &str,
    integers: &[(usize, Vec<i64>)],
    taken: Option<usize>,
) -> Result<Option<usize>, Error> {
    let mut best: Option<usize> = None;
    for (number, values) in integers.iter().filter(|(c, _)| Some(*c) != taken) {
        let mut all = true;
        for value in values {
            all &= known.id(element, instrument, &[("id", *value)])?.is_some();
        }
        let column: &Column = &columns.all[*number];
        let is_better = best.is_none_or(|b| column.varies && !columns.all[b].varies);
        if all && is_better {
            best = Some(*number);
        }
    }
    Ok(best)
}
