//! An empty place for a state on each back end.

use std::path::PathBuf;
use std::process::Command;

use pantry_state::{Location, PostgresqlLocation, PostgresqlServer, State};
use pantry_testkit::postgres::Database;
use pantry_testkit::run;
use tempfile::{TempDir, tempdir};

/// The schema; its name needs quotes.
pub const SCHEMA: &str = "Pantry \"state\"";

/// A place that goes away with this value.
pub enum Place {
    Sqlite(TempDir),
    Postgresql(Database),
}

impl Place {
    /// One of each.
    pub fn both() -> [Place; 2] {
        [
            Place::Sqlite(tempdir().unwrap()),
            Place::Postgresql(Database::new()),
        ]
    }

    pub fn file(folder: &TempDir) -> PathBuf {
        folder.path().join("state.sqlite3")
    }

    pub fn location(&self) -> Location {
        match self {
            Place::Sqlite(folder) => Location::Sqlite(Self::file(folder)),
            Place::Postgresql(database) => Location::Postgresql(Box::new(PostgresqlLocation {
                servers: vec![PostgresqlServer {
                    config: database.libpq_url().parse().unwrap(),
                    tls: None,
                }],
                schema: SCHEMA.to_owned(),
            })),
        }
    }

    pub fn open(&self) -> State {
        State::open(self.location()).unwrap()
    }

    /// SQL by the back end's own program; rows as text, fields parted by `|`.
    pub fn sql(&self, text: &str) -> String {
        match self {
            Place::Sqlite(folder) => {
                let code = "import sqlite3, sys\n\
                    c = sqlite3.connect(sys.argv[1])\n\
                    for row in c.execute(sys.argv[2]): print('|'.join(map(str, row)))\n\
                    c.commit()";
                run(Command::new("python3")
                    .args(["-c", code])
                    .arg(Self::file(folder))
                    .arg(text))
                .ok()
            }
            Place::Postgresql(database) => {
                let schema = SCHEMA.replace('"', "\"\"");
                database.sql(&format!("SET search_path TO \"{schema}\"; {text}"))
            }
        }
    }
}
