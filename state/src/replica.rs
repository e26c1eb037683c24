//! Where else files are: rules for all below a prefix, and entries for single files.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::database::{AnyConnection, on_either};
use crate::error::StateError;
use crate::schema::{replica, replica_rule};
use crate::state::State;

/// Rows that one statement adds, or that one looks for: SQLite takes 32,766 values.
const TOGETHER: usize = 5_000;

/// One file is also elsewhere, or all files below a prefix are.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = replica)]
pub struct Replica {
    /// The URI that a record names, or the prefix of such URIs.
    pub uri: String,
    /// The URI of the copy, or what stands in place of the prefix.
    pub copy: String,
    /// Copies are tried in this order, the lowest first.
    pub rank: i64,
}

impl State {
    /// Note a rule: files whose URIs begin with `uri` are also where `copy` stands in its place. One that is there gets the
    /// new rank.
    ///
    /// # Errors
    /// [`StateError::Database`], [`StateError::Connect`].
    pub fn add_replica_rule(&self, rule: &Replica) -> Result<(), StateError> {
        let row = (
            replica_rule::prefix.eq(&rule.uri),
            replica_rule::copy.eq(&rule.copy),
            replica_rule::rank.eq(rule.rank),
        );
        self.write("note where copies are", |connection| {
            let insert = diesel::insert_into(replica_rule::table).values(row);
            let insert = insert
                .on_conflict((replica_rule::prefix, replica_rule::copy))
                .do_update()
                .set(replica_rule::rank.eq(rule.rank));
            on_either!(connection, raw => insert.execute(raw))
        })?;
        Ok(())
    }

    /// Note copies of single files, some thousands in each transaction; one that is there gets the new rank.
    ///
    /// # Errors
    /// [`StateError::Database`], [`StateError::Connect`].
    pub fn add_replicas(&self, replicas: &[Replica]) -> Result<(), StateError> {
        for some in replicas.chunks(TOGETHER) {
            self.write("note where copies are", |connection| match connection {
                AnyConnection::Sqlite(raw) => raw.transaction(|raw| {
                    // SQLite's statements cost no way to a server.
                    some.iter().try_for_each(|row| {
                        let insert = diesel::insert_into(replica::table).values(row);
                        let insert = insert
                            .on_conflict((replica::uri, replica::copy))
                            .do_update()
                            .set(replica::rank.eq(row.rank));
                        insert.execute(raw).map(drop)
                    })
                }),
                AnyConnection::Postgresql(raw) => {
                    // A statement may not meet the same row twice.
                    let rows: HashMap<_, _> = some.iter().map(|r| ((&r.uri, &r.copy), r)).collect();
                    let rows: Vec<&Replica> = rows.into_values().collect();
                    let insert = diesel::insert_into(replica::table).values(rows);
                    let insert = insert
                        .on_conflict((replica::uri, replica::copy))
                        .do_update()
                        .set(replica::rank.eq(diesel::upsert::excluded(replica::rank)));
                    insert.execute(&mut **raw).map(drop)
                }
            })?;
        }
        Ok(())
    }

    /// Forget a rule, or all rules of a prefix; says how many.
    ///
    /// # Errors
    /// [`StateError::Database`], [`StateError::Connect`].
    pub fn remove_replica_rules(
        &self,
        prefix: &str,
        copy: Option<&str>,
    ) -> Result<usize, StateError> {
        let removed = self.write("forget where copies are", |connection| {
            let this = replica_rule::copy.eq(copy.unwrap_or_default());
            let meant = replica_rule::prefix
                .eq(prefix)
                .and(this.or(copy.is_none().into_sql::<Bool>()));
            let delete = diesel::delete(replica_rule::table).filter(meant);
            on_either!(connection, raw => delete.execute(raw))
        })?;
        Ok(removed.unwrap_or_default())
    }

    /// Forget a copy of a file, or all copies of it; says how many.
    ///
    /// # Errors
    /// [`StateError::Database`], [`StateError::Connect`].
    pub fn remove_replicas(&self, uri: &str, copy: Option<&str>) -> Result<usize, StateError> {
        let removed = self.write("forget where copies are", |connection| {
            let this = replica::copy.eq(copy.unwrap_or_default());
            let meant = replica::uri
                .eq(uri)
                .and(this.or(copy.is_none().into_sql::<Bool>()));
            let delete = diesel::delete(replica::table).filter(meant);
            on_either!(connection, raw => delete.execute(raw))
        })?;
        Ok(removed.unwrap_or_default())
    }

    /// All rules, in the order in which they are tried.
    ///
    /// # Errors
    /// [`StateError::Database`], [`StateError::Connect`].
    pub fn replica_rules(&self) -> Result<Vec<Replica>, StateError> {
        self.read("list where copies are", |connection| {
            let query = replica_rule::table.order((
                replica_rule::rank,
                replica_rule::prefix,
                replica_rule::copy,
            ));
            on_either!(connection, raw => query.load::<Replica>(raw))
        })
    }

    /// The copies of these files that have an entry of their own, in the order in which they are tried.
    ///
    /// # Errors
    /// [`StateError::Database`], [`StateError::Connect`].
    pub fn replicas_of(&self, uris: &[&str]) -> Result<Vec<Replica>, StateError> {
        let mut found = Vec::new();
        for some in uris.chunks(TOGETHER) {
            found.extend(self.read("look up copies", |connection| {
                let query = replica::table
                    .filter(replica::uri.eq_any(some.iter().copied()))
                    .order((replica::rank, replica::copy));
                on_either!(connection, raw => query.load::<Replica>(raw))
            })?);
        }
        Ok(found)
    }

    /// Entries of single files after one of them, by URI and copy: some thousands at most.
    ///
    /// # Errors
    /// [`StateError::Database`], [`StateError::Connect`].
    pub fn replicas_after(&self, last: Option<&Replica>) -> Result<Vec<Replica>, StateError> {
        let limit = i64::try_from(TOGETHER).unwrap_or(i64::MAX);
        let (uri, copy) = last.map_or(("", ""), |last| (&*last.uri, &*last.copy));
        self.read("list where copies are", |connection| {
            let same = replica::uri.eq(uri).and(replica::copy.gt(copy));
            let query = replica::table
                .filter(replica::uri.gt(uri).or(same))
                .order((replica::uri, replica::copy))
                .limit(limit);
            on_either!(connection, raw => query.load::<Replica>(raw))
        })
    }
}
