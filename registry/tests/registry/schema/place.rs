//! A place for a registry, made by the reference or by us: a SQLite file or a PostgreSQL schema.

use std::path::PathBuf;

use pantry_registry::config::{ConnectionString, DatabaseTarget, Environment};
use pantry_registry::database::Access;
use pantry_registry::schema::managers::Managers;
use pantry_registry::{Registry, RegistryError, create_registry};
use pantry_testkit::oracle;
use pantry_testkit::postgres::Database;
use tempfile::TempDir;

/// A temporary folder for repos and, for PostgreSQL, a database with the namespaces of both sides.
pub struct Place {
    pub folder: TempDir,
    database: Option<Database>,
}

impl Place {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            folder,
            database: None,
        }
    }

    pub fn postgresql() -> Self {
        Self::of(Database::new())
    }

    pub fn of(database: Database) -> Self {
        Self {
            database: Some(database),
            ..Self::sqlite()
        }
    }

    /// The repo folder of the reference's side.
    pub fn theirs(&self) -> PathBuf {
        self.folder.path().join("theirs")
    }

    /// What the comparison scripts take for our side.
    pub fn ours(&self) -> String {
        match &self.database {
            Some(database) => database.url(),
            None => self.our_file().display().to_string(),
        }
    }

    pub fn our_file(&self) -> PathBuf {
        self.folder.path().join("ours.sqlite3")
    }

    /// Our namespace; that of the reference is the same with `theirs`.
    pub fn namespace(&self) -> Option<&'static str> {
        self.database.as_ref().map(|_| "ours")
    }

    /// Options that tell the comparison scripts about namespaces; theirs is the first repo.
    pub fn options(&self) -> Vec<&'static str> {
        match self.database {
            Some(_) => vec!["--namespace=theirs", "--other-namespace=ours"],
            None => Vec::new(),
        }
    }

    pub fn target(&self) -> DatabaseTarget {
        match &self.database {
            Some(database) => ConnectionString::from_url(&database.url())
                .unwrap()
                .target(&Environment::from_process())
                .unwrap(),
            None => DatabaseTarget::Sqlite(self.our_file()),
        }
    }

    /// Write the reference's seed configuration with extra lines for `registry:`; returns its name.
    pub fn seed(&self, registry: &str) -> String {
        let seed = self.folder.path().join("seed.yaml");
        let mut text = "registry:\n".to_owned();
        if let Some(database) = &self.database {
            text += &format!("  db: {}\n  namespace: theirs\n", database.url());
        }
        text += registry;
        if text == "registry:\n" {
            text = "{}\n".to_owned();
        }
        std::fs::write(&seed, text).unwrap();
        seed.display().to_string()
    }

    /// Make the reference's repo with extra lines for `registry:` of its seed and extra arguments.
    pub fn create_theirs(&self, registry: &str, args: &[&str]) {
        let (seed, repo) = (self.seed(registry), self.theirs());
        let mut all = vec!["create", "--seed-config", &seed, repo.to_str().unwrap()];
        all.extend(args);
        let _ = oracle::butler(all).ok();
    }

    pub fn create_ours(&self, managers: Managers, universe: &str) -> Result<(), RegistryError> {
        create_registry(&self.target(), self.namespace(), managers, universe)
    }

    pub fn open_ours(&self) -> Registry {
        Registry::open_target(&self.target(), self.namespace(), Access::ReadWrite, &[]).unwrap()
    }
}
