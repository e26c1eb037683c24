//! Parquet: columns of one value a row, row group by row group.

use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::{ColumnDescriptor, Type};

use super::pages::check_pages;
use super::{Block, EachBlock, Facts, Fault, MOST_ROWS, Pick, ROWS};
use crate::catalogue::columns::Column;
use crate::file_bytes::FileBytes;

pub(super) fn read(
    bytes: &FileBytes,
    pick: &Pick<'_>,
    each: &mut EachBlock<'_>,
) -> Result<Facts, Fault> {
    let reader = SerializedFileReader::new(bytes.clone())?;
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let fields = schema.root_schema().get_fields();
    let columns: Vec<Column> = fields.iter().map(|field| column(field)).collect();
    let picked = pick(&columns).map_err(|m| Fault::Columns(m, columns.clone()))?;
    // Columns of groups have several leaves, so that leaves are counted differently.
    let leaf = |number: usize| {
        let name = &columns[number].name;
        let is_it = |c: &&std::sync::Arc<ColumnDescriptor>| c.path().parts() == [name.as_str()];
        let found = schema.columns().iter().filter(is_it);
        let scalar = found.clone().position(|c| c.max_rep_level() == 0);
        scalar
            .and_then(|_| schema.columns().iter().position(|c| is_it(&c)))
            .ok_or_else(|| {
                Fault::Columns(
                    format!("column {name} has not one value a row"),
                    columns.clone(),
                )
            })
    };
    let id = leaf(picked.id)?;
    let position = match picked.position {
        Some((ra, dec)) => Some((leaf(ra)?, leaf(dec)?)),
        None => None,
    };
    let mut rows = 0_u64;
    for number in 0..reader.num_row_groups() {
        let group = reader.get_row_group(number)?;
        let count = u64::try_from(group.metadata().num_rows()).unwrap_or(u64::MAX);
        rows = rows.saturating_add(count);
        if rows > MOST_ROWS {
            return Err("the file claims more rows than can be checked".into());
        }
        read_group(bytes, group.as_ref(), count, id, position, each)?;
    }
    Ok(Facts {
        rows,
        columns,
        is_cut: false,
    })
}

fn read_group(
    bytes: &FileBytes,
    group: &dyn RowGroupReader,
    count: u64,
    id: usize,
    position: Option<(usize, usize)>,
    each: &mut EachBlock<'_>,
) -> Result<(), Fault> {
    let open = |leaf: usize| -> Result<Values, Fault> {
        let chunk = group.metadata().column(leaf);
        check_pages(bytes, chunk)?;
        Ok(Values {
            is_unsigned: is_unsigned(chunk.column_descr()),
            most: chunk.column_descr().max_def_level(),
            reader: group.get_column_reader(leaf)?,
        })
    };
    let mut ids = open(id)?;
    let mut position = match position {
        Some((ra, dec)) => Some((open(ra)?, open(dec)?)),
        None => None,
    };
    let mut left = count;
    while left > 0 {
        let some = usize::try_from(left).map_or(ROWS, |left| left.min(ROWS));
        let mut block = Block {
            ids: ids.integers(some)?,
            positions: Vec::new(),
        };
        if let Some((ra, dec)) = &mut position {
            block.positions = ra
                .floats(some)?
                .into_iter()
                .zip(dec.floats(some)?)
                .collect();
        }
        each(&block)?;
        left -= some as u64;
    }
    Ok(())
}

/// The values of a column.
struct Values {
    reader: ColumnReader,
    /// The level at which there is a value.
    most: i16,
    is_unsigned: bool,
}

impl Values {
    fn integers(&mut self, count: usize) -> Result<Vec<Option<i64>>, Fault> {
        let (most, is_unsigned) = (self.most, self.is_unsigned);
        match &mut self.reader {
            ColumnReader::Int64ColumnReader(reader) => {
                // What does not fit is negative then.
                let signed = |v: i64| Some(v).filter(|v| !is_unsigned || *v >= 0);
                values(reader, most, count, signed, None)
            }
            ColumnReader::Int32ColumnReader(reader) => {
                let widened = |v: i32| match is_unsigned {
                    true => Some(i64::from(v.cast_unsigned())),
                    false => Some(i64::from(v)),
                };
                values(reader, most, count, widened, None)
            }
            _ => Ok(vec![None; count]),
        }
    }

    fn floats(&mut self, count: usize) -> Result<Vec<f64>, Fault> {
        let most = self.most;
        match &mut self.reader {
            ColumnReader::DoubleColumnReader(reader) => {
                values(reader, most, count, |v| v, f64::NAN)
            }
            ColumnReader::FloatColumnReader(reader) => {
                values(reader, most, count, f64::from, f64::NAN)
            }
            ColumnReader::Int64ColumnReader(reader) => {
                values(reader, most, count, |v| v as f64, f64::NAN)
            }
            ColumnReader::Int32ColumnReader(reader) => {
                values(reader, most, count, f64::from, f64::NAN)
            }
            _ => Ok(vec![f64::NAN; count]),
        }
    }
}

/// Exactly `count` values; `none` where there is none.
fn values<T: DataType, V: Clone>(
    reader: &mut ColumnReaderImpl<T>,
    most: i16,
    count: usize,
    convert: impl Fn(T::T) -> V,
    none: V,
) -> Result<Vec<V>, Fault> {
    let (mut levels, mut found, mut records) = (Vec::new(), Vec::new(), 0);
    while records < count {
        let (read, _, _) =
            reader.read_records(count - records, Some(&mut levels), None, &mut found)?;
        if read == 0 {
            return Err("a column has fewer values than there are rows".into());
        }
        records += read;
    }
    let mut found = found.into_iter();
    let short = || ParquetError::EOF("a column has fewer values than it says".to_owned());
    let mut values = Vec::with_capacity(count);
    for at in 0..count {
        let is_value = most == 0 || levels.get(at) == Some(&most);
        values.push(match is_value {
            true => convert(found.next().ok_or_else(short)?),
            false => none.clone(),
        });
    }
    Ok(values)
}

fn is_unsigned(column: &ColumnDescriptor) -> bool {
    matches!(
        column.converted_type(),
        ConvertedType::UINT_8
            | ConvertedType::UINT_16
            | ConvertedType::UINT_32
            | ConvertedType::UINT_64
    )
}

fn column(field: &Type) -> Column {
    Column {
        name: field.name().to_owned(),
        kind: kind(field),
        unit: None,
    }
}

fn kind(field: &Type) -> String {
    if !field.is_primitive() {
        return "group".to_owned();
    }
    let info = field.get_basic_info();
    if info.converted_type() == ConvertedType::UTF8
        || matches!(info.logical_type_ref(), Some(LogicalType::String))
    {
        return "text".to_owned();
    }
    let physical = match field.get_physical_type() {
        Physical::BOOLEAN => "bool",
        Physical::INT32 => "int32",
        Physical::INT64 => "int64",
        Physical::INT96 => "int96",
        Physical::FLOAT => "float32",
        Physical::DOUBLE => "float64",
        Physical::BYTE_ARRAY => "bytes",
        Physical::FIXED_LEN_BYTE_ARRAY => "fixed bytes",
    };
    match info.converted_type() {
        ConvertedType::NONE => match info.logical_type_ref() {
            Some(logical) => format!("{physical} {logical:?}"),
            None => physical.to_owned(),
        },
        converted => format!("{physical} {converted}"),
    }
}
