//! What the database says of itself, and whether its tables of datasets, locations and records agree.

use pantry_registry::database::{Connection, Row};
use pantry_registry::schema::dialect::Dialect;
use pantry_registry::{Registry, RegistryError};

use super::finding::{Finding, Problem};
use super::record::{COLUMNS, Record, dashed};
use super::{Report, Verification};
use crate::Error;

/// More complaints than this are not asked for; SQLite would give 100.
const COMPLAINTS: usize = 1000;

impl Verification<'_> {
    /// Check the database. True unless the user stopped it.
    pub(super) fn check_database(
        &mut self,
        registry: &mut Registry,
        report: &mut Report<'_>,
    ) -> Result<bool, Error> {
        let connection = registry.connection();
        if connection.dialect() == Dialect::Sqlite {
            self.is_corrupt = check_integrity(connection, report)?;
            if self.is_stopped() {
                return Ok(false);
            }
            check_foreign_keys(connection, report)?;
        }
        for check in [
            Self::locations_without_record,
            Self::records_without_dataset,
            Self::records_without_location,
        ] {
            if self.is_stopped() {
                return Ok(false);
            }
            check(self, connection, report)?;
        }
        Ok(true)
    }

    fn locations_without_record(
        &self,
        connection: &mut Connection,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        let statement = connection
            .statement()
            .text("SELECT CAST(l.dataset_id AS TEXT) FROM ");
        let statement = statement
            .table("dataset_location")
            .text(" l WHERE l.datastore_name = ");
        let mut statement = statement.bind(self.datastore_name.as_str());
        if self.has_records {
            statement = statement
                .text(" AND NOT EXISTS (SELECT 1 FROM ")
                .table(&self.records_table)
                .text(" r WHERE r.dataset_id = l.dataset_id)");
        }
        let statement = statement.text(" ORDER BY l.dataset_id");
        connection.select(&statement, |row| {
            let mut finding = Finding::new(Problem::NoRecord);
            finding.dataset_id = Some(dashed(row.get_str(0)?));
            report.add(&finding)
        })
    }

    /// A dataset in the trash may be gone from the registry already; emptying the trash removes its record.
    fn records_without_dataset(
        &self,
        connection: &mut Connection,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        let absent = [
            ("dataset", "d.id = r.dataset_id"),
            ("dataset_location_trash", "d.dataset_id = r.dataset_id"),
        ];
        self.records_without(connection, Problem::NoDataset, &absent, None, report)
    }

    fn records_without_location(
        &self,
        connection: &mut Connection,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        let absent = [
            ("dataset_location", "d.dataset_id = r.dataset_id"),
            ("dataset_location_trash", "d.dataset_id = r.dataset_id"),
        ];
        let exists = Some(("dataset", "d.id = r.dataset_id"));
        self.records_without(connection, Problem::NoLocation, &absent, exists, report)
    }

    /// Records `r` for which none of the `absent` tables has a row `d` under its condition, but `present` has.
    fn records_without(
        &self,
        connection: &mut Connection,
        problem: Problem,
        absent: &[(&str, &str)],
        present: Option<(&str, &str)>,
        report: &mut Report<'_>,
    ) -> Result<(), Error> {
        if !self.has_records {
            return Ok(());
        }
        let select = format!("SELECT {COLUMNS} FROM ");
        let statement = connection.statement().text(&select);
        let mut statement = statement.table(&self.records_table).text(" r WHERE true");
        let absent = absent.iter().map(|terms| (" AND NOT EXISTS", *terms));
        let present = present.map(|terms| (" AND EXISTS", terms));
        for (exists, (table, condition)) in absent.chain(present) {
            statement = statement.text(exists).text(" (SELECT 1 FROM ").table(table);
            statement = statement.text(&format!(" d WHERE {condition}"));
            if table != "dataset" {
                statement = statement
                    .text(" AND d.datastore_name = ")
                    .bind(self.datastore_name.as_str());
            }
            statement = statement.text(")");
        }
        let statement = statement.text(" ORDER BY r.dataset_id, r.component");
        connection.select(&statement, |row| {
            report.add(&Record::read(row)?.finding(problem))
        })
    }
}

/// Returns whether SQLite complained.
fn check_integrity(connection: &mut Connection, report: &mut Report<'_>) -> Result<bool, Error> {
    let mut complained = false;
    let sql = format!("PRAGMA integrity_check({COMPLAINTS})");
    let checked = connection.query(&sql, &[], |row| {
        let answer = row.get_str(0)?;
        if answer == "ok" {
            return Ok(());
        }
        complained = true;
        report.add(&Finding::new(Problem::Integrity).found(answer))
    });
    match checked {
        // A file that is damaged badly enough ends the check itself.
        Err(Error::Registry(error @ RegistryError::Database { .. })) => {
            report.add(&Finding::new(Problem::Integrity).found(error))?;
            Ok(true)
        }
        other => other.map(|()| complained),
    }
}

/// Rows are named by SQLite's rowid where the table has one.
fn check_foreign_keys(connection: &mut Connection, report: &mut Report<'_>) -> Result<(), Error> {
    connection.query("PRAGMA foreign_key_check", &[], |row: &Row<'_>| {
        let row_name = match row.get_opt_i64(1)? {
            Some(id) => format!("row {id}"),
            None => "a row".to_owned(),
        };
        let (table, parent) = (row.get_str(0)?, row.get_str(2)?);
        let message =
            format!("{row_name} of {table} refers to a row of {parent} that does not exist");
        report.add(&Finding::new(Problem::ForeignKey).found(message))
    })
}
