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
    /// The same, but another column would do as well: a question.
    Unsure(usize),
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
                Value::Column(column) | Value::Unsure(column) => {
                    fields.push((*column, *dimension));
                }
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

impl Sky {
    /// Tract and patch of the first file, in words.
    fn place(&self, columns: &Columns) -> String {
        let value = |column: &usize| columns.all[*column].values[0].as_str();
        let patch = match &self.patch {
            Some(Value::Column(column)) => value(column).to_owned(),
            Some(Value::Grid(x, y, _)) => format!("{},{}", value(x), value(y)),
            _ => "none".to_owned(),
        };
        format!("{} and {patch}", value(&self.tract))
    }
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
    let (here, elsewhere): (Vec<Sky>, Vec<Sky>) = candidates.partition(|c| c.skymap == best.skymap);
    let mut skymap = best.skymap.clone();
    if let Some(other) = elsewhere.first() {
        skymap.insert(0, '?');
        meaning.notes.push(format!(
            "QUESTION: the tracts and patches are also in the sky map {}; which one is it?",
            other.skymap
        ));
    }
    let (mut tract, mut patch) = (Value::Column(best.tract), best.patch.clone());
    if let Some(other) = here.first() {
        let places: Vec<String> = [&best, other].map(|c| c.place(columns)).into();
        meaning.notes.push(format!(
            "QUESTION: are tract and patch of the first file {}? Other parts of its path or header would do as well",
            places.join(" or ")
        ));
        tract = Value::Unsure(best.tract);
        if let Some(Value::Column(column)) = patch {
            patch = Some(Value::Unsure(column));
        }
    }

    if let Some(Value::Grid(x, y, _)) = &best.patch {
        meaning.notes.push(format!(
            "CHECK: of the two numbers of a patch the first, such as {}, is taken as the column, the second, such as {}, as the row",
            columns.all[*x].values[0], columns.all[*y].values[0]
        ));
    }
    meaning.data_id.push(("skymap", Value::Constant(skymap)));
    meaning.data_id.push(("tract", tract));
    meaning.data_id.extend(patch.map(|patch| ("patch", patch)));
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
            let taken = match visit {
                Value::Column(column) | Value::Unsure(column) => Some(column),
                _ => None,
            };
            let others = of_instrument(columns, known, "detector", &instrument, &integers, taken)?;

            let is_unsure = |value: &Value| matches!(value, Value::Unsure(_));
            if is_unsure(&visit) || others.as_ref().is_some_and(is_unsure) {
                let what = "QUESTION: several parts of the path or header would do as this";
                meaning
                    .notes
                    .push(format!("{what} {element} or detector; are these the ones?"));
            }
            meaning
                .data_id
                .push(("instrument", Value::Constant(instrument)));
            meaning
                .data_id
                .extend(others.map(|detector| ("detector", detector)));
            meaning.data_id.push((element, visit));

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

/// The first column whose values are all ids of an element; one that varies is better. Of two equally good ones it is not sure.
fn of_instrument(
    columns: &Columns,
    known: &mut Known<'_>,
    element: &str,
    instrument: &str,
    integers: &[(usize, Vec<i64>)],
    taken: Option<usize>,
) -> Result<Option<Value>, Error> {
    let mut best: Option<usize> = None;
    let mut is_unsure = false;
    for (number, values) in integers.iter().filter(|(c, _)| Some(*c) != taken) {
        let mut all = true;
        for value in values {
            all &= known.id(element, instrument, &[("id", *value)])?.is_some();
        }
        let column: &Column = &columns.all[*number];
        if !all {
            continue;
        }
        if best.is_none_or(|b| column.varies && !columns.all[b].varies) {
            best = Some(*number);
            is_unsure = false;
        } else {
            is_unsure |= best.is_some_and(|b| column.varies == columns.all[b].varies);
        }
    }
    Ok(best.map(|column| match is_unsure {
        true => Value::Unsure(column),
        false => Value::Column(column),
    }))
}
