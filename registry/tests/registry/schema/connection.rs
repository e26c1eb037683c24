//! Values come back as they went in, on both back ends; transactions do what they say.

use pantry_registry::RegistryError;
use pantry_registry::database::{Access, Connection, Value};
use pantry_registry::model::timespan::Timespan;
use pantry_registry::schema::table::{ColumnSpec, SqlType, TableSpec};
use uuid::Uuid;

use super::place::Place;

fn table() -> TableSpec {
    TableSpec::new(
        "every type",
        vec![
            ColumnSpec::generated("id"),
            ColumnSpec::nullable("big", SqlType::BigInt),
            ColumnSpec::nullable("small", SqlType::SmallInt),
            ColumnSpec::nullable("float", SqlType::Float),
            ColumnSpec::nullable("bool", SqlType::Bool),
            ColumnSpec::nullable("text", SqlType::Text),
            ColumnSpec::nullable("string", SqlType::String { length: 8 }),
            ColumnSpec::nullable("uuid", SqlType::Uuid),
            ColumnSpec::nullable("bytes", SqlType::Base64),
            ColumnSpec::nullable("timespan", SqlType::Timespan),
        ],
    )
}

fn open(place: &Place) -> Connection {
    if place.namespace().is_none() {
        Connection::create_sqlite(&place.our_file()).unwrap();
    }
    let mut connection = Connection::open(&place.target(), None, Access::ReadWrite).unwrap();
    connection.create_table(&table()).unwrap();
    connection
}

fn insert(connection: &mut Connection, values: &[Value], timespan: Option<Timespan>) {
    let names = [
        "id", "big", "small", "float", "bool", "text", "string", "uuid", "bytes",
    ];
    let statement = connection
        .statement()
        .text("INSERT INTO ")
        .table("every type")
        .text(" (");
    let columns = names.iter().map(|n| (*n).to_owned());
    let statement =
        statement.names(columns.chain(connection.dialect().timespan_columns("timespan")));
    let statement = statement
        .text(") VALUES (")
        .bind_all(values.to_vec())
        .text(", ");
    let statement = statement.bind_timespan(timespan).text(")");
    assert_eq!(connection.run(&statement).unwrap(), 1);
}

#[test]
fn values_come_back_and_nulls_stay_null() {
    for place in [Place::sqlite(), Place::postgresql()] {
        let mut connection = open(&place);
        let id = Uuid::from_u128(0x0123_4567_89ab_cdef_0011_2233_4455_6677);
        let row = [
            Value::Int(1),
            Value::Int(i64::MIN),
            Value::Int(-3),
            Value::Float(0.1),
            Value::Bool(true),
            Value::from("ünïcödé 'quoted' $1"),
            Value::from("é".repeat(8).as_str()),
            Value::Uuid(id),
            Value::Bytes(vec![0, 255, 7]),
        ];
        let spans = [
            Timespan::UNBOUNDED,
            Timespan::EMPTY,
            Timespan::from_ns(0, 5),
            Timespan::from_ns(5, 1_700_000_000_000_000_000),
        ];
        for (n, span) in (1..).zip(spans) {
            let mut row = row.clone();
            row[0] = Value::Int(n);
            insert(&mut connection, &row, Some(span));
        }
        let mut nulls = vec![Value::Null; 9];
        nulls[0] = Value::Int(9);
        insert(&mut connection, &nulls, None);
        let select = connection
            .statement()
            .text("SELECT * FROM ")
            .table("every type");
        let select = select.text(" ORDER BY id");
        let mut n = 0;
        connection
            .select(&select, |row| -> Result<(), RegistryError> {
                if row.get_i64(0)? == 9 {
                    assert!((1..10).all(|i| row.is_null(i).unwrap()));
                    assert_eq!(row.get_opt_timespan(9)?, None);
                    assert!(matches!(
                        row.get_i64(1),
                        Err(RegistryError::UnexpectedValue { .. })
                    ));
                    return Ok(());
                }
                assert_eq!(row.get_i64(1)?, i64::MIN);
                assert_eq!(row.get_i64(2)?, -3);
                assert_eq!(row.get_f64(3)?, 0.1);
                assert!(row.get_bool(4)?);
                assert_eq!(row.get_str(5)?, "ünïcödé 'quoted' $1");
                assert_eq!(row.get_str(6)?, "é".repeat(8));
                assert_eq!(row.get_uuid(7)?, id);
                assert_eq!(row.get_bytes(8)?, [0, 255, 7]);
                assert_eq!(row.get_str(8)?, "AP8H");
                assert_eq!(row.get_timespan(9)?, spans[n]);
                n += 1;
                Ok(())
            })
            .unwrap();
        assert_eq!(n, spans.len());
    }
}

#[test]
fn placeholders_may_come_in_any_order_and_more_than_once() {
    for place in [Place::sqlite(), Place::postgresql()] {
        let mut connection = open(&place);
        let values = [Value::Int(7), Value::from("x")];
        let mut found = None;
        let sql = "SELECT CAST($2 AS TEXT), CAST($1 AS BIGINT), CAST($2 AS TEXT)";
        connection
            .query(sql, &values, |row| -> Result<(), RegistryError> {
                found = Some((
                    row.get_str(0)?.to_owned(),
                    row.get_i64(1)?,
                    row.get_str(2)?.to_owned(),
                ));
                Ok(())
            })
            .unwrap();
        assert_eq!(found, Some(("x".to_owned(), 7, "x".to_owned())));
        let missing = connection.execute("SELECT CAST($2 AS BIGINT)", &values[..1]);
        assert!(matches!(missing, Err(RegistryError::Database { .. })));
    }
}

#[test]
fn generated_keys_count_from_one() {
    for place in [Place::sqlite(), Place::postgresql()] {
        let mut connection = open(&place);
        for expected in 1..4 {
            let row = [("big", Value::Int(5))];
            assert_eq!(
                connection
                    .insert_generated("every type", "id", &row)
                    .unwrap(),
                expected
            );
        }
        assert_eq!(
            connection
                .insert_generated("every type", "id", &[])
                .unwrap(),
            4
        );
    }
}

#[test]
fn a_failed_statement_spoils_the_whole_transaction() {
    for place in [Place::sqlite(), Place::postgresql()] {
        let mut connection = open(&place);
        let result = connection.write(|c| {
            c.insert_generated("every type", "id", &[])?;
            let same = c
                .statement()
                .text("INSERT INTO ")
                .table("every type")
                .text(" (id) VALUES (1)");
            c.run(&same)
        });
        assert!(
            matches!(result, Err(RegistryError::Constraint { .. })),
            "{result:?}"
        );
        let count = |c: &mut Connection| {
            let select = c
                .statement()
                .text("SELECT count(*) FROM ")
                .table("every type");
            c.collect(&select, |row| row.get_i64(0)).unwrap()
        };
        assert_eq!(count(&mut connection), [0]);
        // An error that the caller swallows must not turn into a commit that does nothing in silence.
        connection.begin_write().unwrap();
        connection
            .insert_generated("every type", "id", &[])
            .unwrap();
        assert!(connection.execute("SELECT nonsense", &[]).is_err());
        let committed = connection.commit();
        connection.rollback().unwrap();
        assert_eq!(count(&mut connection), [i64::from(committed.is_ok())]);
    }
}

#[test]
fn readers_of_a_write_in_progress_see_the_state_before() {
    for place in [Place::sqlite(), Place::postgresql()] {
        let mut writer = open(&place);
        writer.begin_write().unwrap();
        writer.insert_generated("every type", "id", &[]).unwrap();
        let mut reader = Connection::open(&place.target(), None, Access::ReadOnly).unwrap();
        reader.begin_read().unwrap();
        let select = reader
            .statement()
            .text("SELECT count(*) FROM ")
            .table("every type");
        let count = |c: &mut Connection| c.collect(&select, |row| row.get_i64(0)).unwrap()[0];
        assert_eq!(count(&mut reader), 0);
        reader.rollback().unwrap();
        writer.commit().unwrap();
        assert_eq!(count(&mut reader), 1);
        let refused = reader.insert_generated("every type", "id", &[]);
        if place.namespace().is_none() {
            assert!(matches!(refused, Err(RegistryError::ReadOnly { .. })));
        }
    }
}
