//! Copies the stage into temporary tables of a PostgreSQL session, so that the same SQL loads from it as on SQLite.

use postgres::Client;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::types::{ToSql, Type};
use rusqlite::types::ValueRef;
use uuid::Uuid;

use super::place::{Place, quote};
use crate::Error;
use crate::stage::{CellType, Stage, StageTable};

/// Create a temporary table for each table of the stage and fill it; they last as long as the session.
pub fn copy_tables<'a>(
    stage: &Stage,
    tables: impl Iterator<Item = &'a StageTable>,
    place: &Place,
    client: &mut Client,
) -> Result<(), Error> {
    for table in tables {
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|(name, cell_type)| format!("{} {}", quote(name), sql_type(*cell_type)))
            .collect();
        client.batch_execute(&format!(
            "CREATE TEMPORARY TABLE {} (seq bigint, {})",
            quote(&format!("stage_{}", table.name)),
            columns.join(", ")
        ))?;
        if table.rows() > 0 {
            copy_table(stage, table, place, client)?;
        }
    }
    Ok(())
}

fn sql_type(cell_type: CellType) -> &'static str {
    match cell_type {
        CellType::Int => "bigint",
        CellType::Float => "double precision",
        CellType::Bool => "boolean",
        CellType::Text => "text",
        CellType::Uuid => "uuid",
    }
}

fn copy_type(cell_type: CellType) -> Type {
    match cell_type {
        CellType::Int => Type::INT8,
        CellType::Float => Type::FLOAT8,
        CellType::Bool => Type::BOOL,
        CellType::Text => Type::TEXT,
        CellType::Uuid => Type::UUID,
    }
}

fn copy_table(
    stage: &Stage,
    table: &StageTable,
    place: &Place,
    client: &mut Client,
) -> Result<(), Error> {
    let mut types = vec![Type::INT8];
    types.extend(table.columns.iter().map(|(_, t)| copy_type(*t)));
    let target = place.stage(&table.name);
    let sink = client.copy_in(&format!("COPY {target} FROM STDIN BINARY"))?;
    let mut writer = BinaryCopyInWriter::new(sink, &types);
    let mut select = stage.connection().prepare(&format!(
        "SELECT * FROM {} ORDER BY seq",
        quote(&table.name)
    ))?;
    let mut rows = select.query([])?;
    let mut values: Vec<CopyValue> = Vec::with_capacity(types.len());
    while let Some(row) = rows.next()? {
        values.clear();
        values.push(CopyValue::Int(row.get(0)?));
        for (i, (_, cell_type)) in table.columns.iter().enumerate() {
            values.push(CopyValue::read(row.get_ref(i + 1)?, *cell_type));
        }
        let borrowed: Vec<&(dyn ToSql + Sync)> = values.iter().map(CopyValue::as_sql).collect();
        writer.write(&borrowed)?;
    }
    writer.finish()?;
    // Without statistics the planner would take every temporary table for a small one. No transaction here: placed files are
    // copied within the load's.
    client.batch_execute(&format!("ANALYZE {target}"))?;
    Ok(())
}

/// A staged value as PostgreSQL's binary COPY wants it.
enum CopyValue {
    Null,
    Int(i64),
    Float(f64),
    Bool(bool),
    Text(String),
    Uuid(Uuid),
}

impl CopyValue {
    fn read(value: ValueRef<'_>, cell_type: CellType) -> Self {
        match (value, cell_type) {
            (ValueRef::Integer(v), CellType::Bool) => Self::Bool(v != 0),
            (ValueRef::Integer(v), CellType::Float) => Self::Float(v as f64),
            (ValueRef::Integer(v), _) => Self::Int(v),
            (ValueRef::Real(v), _) => Self::Float(v),
            (ValueRef::Text(v), CellType::Uuid) => {
                Uuid::try_parse_ascii(v).map_or(Self::Null, Self::Uuid)
            }
            (ValueRef::Text(v), _) => Self::Text(String::from_utf8_lossy(v).into_owned()),
            (ValueRef::Null | ValueRef::Blob(_), _) => Self::Null,
        }
    }

    fn as_sql(&self) -> &(dyn ToSql + Sync) {
        match self {
            Self::Null => &NULL,
            Self::Int(v) => v,
            Self::Float(v) => v,
            Self::Bool(v) => v,
            Self::Text(v) => v,
            Self::Uuid(v) => v,
        }
    }
}

/// NULL of any type.
#[derive(Debug)]
struct Null;

static NULL: Null = Null;

impl ToSql for Null {
    fn to_sql(
        &self,
        _: &Type,
        _: &mut postgres::types::private::BytesMut,
    ) -> Result<postgres::types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(postgres::types::IsNull::Yes)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}
