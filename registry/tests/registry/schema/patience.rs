//! Queries end when their time is over, when somebody asks, and when nobody wants more rows; on both back ends.

use std::thread;
use std::time::{Duration, Instant};

use pantry_registry::RegistryError;
use pantry_registry::database::{Access, Connection};

use super::place::Place;

/// Numbers without end.
const ROWS: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) \
                    SELECT CAST(i AS bigint) FROM n";

/// A query that gives its first row after hours.
const COUNT: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000000) \
                     SELECT count(*) FROM n";

const SHORT: Duration = Duration::from_millis(200);

fn places() -> [Place; 2] {
    let places = [Place::sqlite(), Place::postgresql()];
    Connection::create_sqlite(&places[0].our_file()).unwrap();
    places
}

fn open(place: &Place) -> Connection {
    Connection::open(&place.target(), None, Access::ReadOnly).unwrap()
}

fn count(connection: &mut Connection) -> Result<(), RegistryError> {
    connection.query(COUNT, &[], |_| Ok(()))
}

/// A query that answers at once.
fn answers(connection: &mut Connection) -> Result<i64, RegistryError> {
    let mut found = 0;
    connection.query("SELECT CAST(42 AS bigint)", &[], |row| {
        found = row.get_i64(0)?;
        Ok::<(), RegistryError>(())
    })?;
    Ok(found)
}

#[test]
fn a_query_ends_when_its_time_is_over_and_the_next_one_has_its_own() {
    for place in places() {
        let mut connection = open(&place);
        connection.limit_reads(Some(SHORT)).unwrap();
        for _ in 0..2 {
            connection.begin_read().unwrap();
            let ended = count(&mut connection);
            assert!(
                matches!(ended, Err(RegistryError::TimedOut { .. })),
                "{ended:?}"
            );
            connection.rollback().unwrap();
        }
        connection.begin_read().unwrap();
        assert_eq!(answers(&mut connection).unwrap(), 42);
        connection.rollback().unwrap();
    }
}

#[test]
fn a_slow_reader_has_no_more_time_than_others() {
    for place in places() {
        let mut connection = open(&place);
        connection.limit_reads(Some(SHORT)).unwrap();
        connection.begin_read().unwrap();
        let mut rows = 0;
        let ended = connection.query(ROWS, &[], |_| {
            rows += 1;
            thread::sleep(SHORT / 4);
            Ok(())
        });
        assert!(
            matches!(ended, Err(RegistryError::TimedOut { .. })),
            "{ended:?}"
        );
        assert!((1..=4).contains(&rows), "{rows}");
        connection.rollback().unwrap();
    }
}

#[test]
fn a_cancelled_connection_stops_and_answers_nothing_more() {
    for place in places() {
        let mut connection = open(&place);
        let canceller = connection.canceller();
        let other = thread::spawn(move || {
            thread::sleep(SHORT);
            canceller.cancel()
        });
        connection.begin_read().unwrap();
        let ended = count(&mut connection);
        assert!(
            matches!(ended, Err(RegistryError::Cancelled { .. })),
            "{ended:?}"
        );
        other.join().unwrap().unwrap();
        connection.rollback().unwrap();
        let ended = answers(&mut connection);
        assert!(
            matches!(ended, Err(RegistryError::Cancelled { .. })),
            "{ended:?}"
        );
        assert_eq!(answers(&mut open(&place)).unwrap(), 42);
    }
}

#[test]
fn rows_that_nobody_wants_are_not_waited_for() {
    for place in places() {
        let mut connection = open(&place);
        connection.begin_read().unwrap();
        let start = Instant::now();
        let ended = connection.query(ROWS, &[], |_| {
            Err(RegistryError::Corrupt("enough".to_owned()))
        });
        assert!(matches!(ended, Err(RegistryError::Corrupt(_))), "{ended:?}");
        connection.rollback().unwrap();
        // A thousand million rows take minutes.
        assert!(start.elapsed() < Duration::from_secs(30));
        connection.begin_read().unwrap();
        assert_eq!(answers(&mut connection).unwrap(), 42);
        connection.rollback().unwrap();
    }
}

#[test]
fn a_lock_is_waited_for_as_long_as_was_said() {
    let place = Place::sqlite();
    let mut writer = Connection::create_sqlite(&place.our_file()).unwrap();
    writer.execute("CREATE TABLE t (i INTEGER)", &[]).unwrap();
    let wait = Duration::from_secs(1);
    let open = || Connection::open_waiting(&place.target(), None, Access::ReadWrite, wait);
    // Opening reads the file, so it comes before the lock.
    let mut second = open().unwrap();
    writer.execute("BEGIN EXCLUSIVE", &[]).unwrap();
    for ended in [
        open().map(|_| ()),
        second.query("SELECT i FROM t", &[], |_| Ok(())),
        second.begin_write(),
    ] {
        assert!(
            matches!(
                ended,
                Err(RegistryError::Busy {
                    waited_seconds: 1,
                    ..
                })
            ),
            "{ended:?}"
        );
    }
    writer.execute("ROLLBACK", &[]).unwrap();
    second.begin_write().unwrap();
}
