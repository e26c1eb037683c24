//! FITS: the first table of the file that is no compressed image.

use pantry_fits::index;
use pantry_fits::table::{BinaryFormat, Cells, Table};

use super::{Block, EachBlock, Facts, Fault, MOST_ROWS, Pick};
use crate::catalogue::columns::Column;
use crate::file_bytes::FileBytes;

pub(super) fn read(
    bytes: &FileBytes,
    pick: &Pick<'_>,
    each: &mut EachBlock<'_>,
) -> Result<Facts, Fault> {
    let table = first_table(bytes)?;
    let is_cut = false;
    let (rows, columns): (u64, Vec<Column>) = (
        table.rows_len(),
        table.columns().iter().map(column).collect(),
    );
    if rows > MOST_ROWS {
        return Err(format!("{rows} rows are more than can be checked").into());
    }
    let picked = pick(&columns).map_err(|m| Fault::Columns(m, columns.clone()))?;
    let name = |number: usize| columns[number].name.as_str();
    let mut names = vec![name(picked.id)];
    if let Some((ra, dec)) = picked.position {
        names.extend([name(ra), name(dec)]);
    }
    for some in table.read(bytes, &names)? {
        let some = some?;
        let mut block = Block::default();
        let mut cells = some.columns.iter();
        block.ids = cells.next().map(ids).unwrap_or_default();
        if let (Some(ra), Some(dec)) = (cells.next(), cells.next()) {
            block.positions = floats(ra).into_iter().zip(floats(dec)).collect();
        }
        each(&block)?;
    }
    Ok(Facts {
        rows,
        columns,
        is_cut,
    })
}

fn first_table(bytes: &FileBytes) -> Result<Table, Fault> {
    for hdu in index(bytes)? {
        let hdu = hdu?;
        if hdu.is_table() && hdu.compressed.is_none() {
            return Ok(Table::open(bytes, &hdu)?);
        }
    }
    Err("the file has no table".into())
}

fn column(column: &pantry_fits::table::Column) -> Column {
    Column {
        name: column.name.clone(),
        kind: kind(&column.format),
        unit: column.unit.clone(),
    }
}

/// Texts of any width are the same kind of thing, since programs make columns as wide as the longest of a file.
fn kind(format: &str) -> String {
    let Some(parsed) = BinaryFormat::parse(format) else {
        return format.to_owned();
    };
    let name = match parsed.code {
        b'A' => return "text".to_owned(),
        b'L' => "bool",
        b'B' => "uint8",
        b'I' => "int16",
        b'J' => "int32",
        b'K' => "int64",
        b'E' => "float32",
        b'D' => "float64",
        _ => return format.to_owned(),
    };
    match parsed.repeat {
        1 => name.to_owned(),
        n => format!("{name}[{n}]"),
    }
}

fn ids(cells: &Cells) -> Vec<Option<i64>> {
    match cells {
        Cells::Integer(values) => values
            .iter()
            .map(|value| value.and_then(|v| i64::try_from(v).ok()))
            .collect(),
        Cells::Text(values) => values.iter().map(|v| v.trim().parse().ok()).collect(),
        other => vec![None; other.len()],
    }
}

fn floats(cells: &Cells) -> Vec<f64> {
    match cells {
        Cells::Float(values) => values.clone(),
        Cells::Integer(values) => values
            .iter()
            .map(|value| value.map_or(f64::NAN, |v| v as f64))
            .collect(),
        other => vec![f64::NAN; other.len()],
    }
}
