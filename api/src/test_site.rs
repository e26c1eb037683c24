//! A server for tests in process: two repos without datasets, a state for tokens, a trusted proxy.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::http::{HeaderName, Request, StatusCode, header};
use axum::response::Response;
use chrono::Utc;
use http_body_util::BodyExt;
use pantry_registry::config::{DatabaseTarget, Environment, RepoConfigOptions, repo_config};
use pantry_registry::database::Access;
use pantry_registry::model::collection::CollectionType;
use pantry_registry::schema::managers::Managers;
use pantry_registry::{Registry, RegistryError, create_registry, dimension_config};
use pantry_state::{Location, NewToken, Role, State};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::listen::Peer;
use crate::router::router;
use crate::server::Server;
use crate::settings::{RepoSetting, Settings};

/// Where the trusted proxy is.
pub const PROXY: &str = "10.1.2.3:4000";
/// Where somebody else is.
pub const OTHER: &str = "192.0.2.7:4000";

/// A server of the repos `survey` and `other`, and a state with tokens.
pub struct Site {
    pub server: Arc<Server>,
    pub state: Arc<State>,
    pub runtime: tokio::runtime::Runtime,
    _folder: TempDir,
}

/// A repo with RUN collections, and chains of them.
fn make_repo(root: &Path, environment: &Environment) {
    fs::create_dir(root).unwrap();
    let options = RepoConfigOptions {
        root: root.to_string_lossy().into_owned(),
        standalone: false,
        keep_seed: false,
        outfile: None,
        search_paths: Vec::new(),
    };
    let config = repo_config(None, &options, environment).unwrap();
    fs::write(root.join("butler.yaml"), config.text).unwrap();
    let target = DatabaseTarget::Sqlite(root.join("gen3.sqlite3"));
    let universe = dimension_config(None, environment).unwrap();
    create_registry(&target, None, Managers::default(), &universe).unwrap();
    let mut registry = Registry::open_target(&target, None, Access::ReadWrite, &[]).unwrap();
    let made = registry.write(|registry| {
        for run in ["raw/all", "u/me/run", "secret/run"] {
            registry.register_collection(run, CollectionType::Run, None)?;
        }
        for (name, children) in [
            ("public/all", &["raw/all"][..]),
            ("mixed", &["raw/all", "secret/run", "u/me/run"]),
        ] {
            registry.register_collection(name, CollectionType::Chained, None)?;
            let children: Vec<String> = children.iter().map(|c| (*c).to_owned()).collect();
            registry.set_collection_chain(name, &children)?;
        }
        Ok::<_, RegistryError>(())
    });
    made.unwrap();
}

impl Site {
    /// With anonymous read or without, and these rules.
    pub fn new(anonymous_read: bool, allow: &[&str]) -> Self {
        Self::with(|settings| {
            settings.auth.anonymous_read = anonymous_read;
            settings.auth.allowances = allow.iter().map(|rule| rule.parse().unwrap()).collect();
        })
    }

    /// As it is told further.
    pub fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let environment = Environment::new(folder.path());
        let labels = ["survey", "other"];
        let repos = labels.map(|label| {
            let root = folder.path().join(label);
            make_repo(&root, &environment);
            RepoSetting {
                label: label.to_owned(),
                repo: root.to_string_lossy().into_owned(),
            }
        });
        let state = State::open(Location::Sqlite(folder.path().join("state.sqlite3")));
        let state = Arc::new(state.unwrap());
        let address = "127.0.0.1:0".parse().unwrap();
        let mut settings = Settings::new(address, repos.to_vec(), environment);
        settings.auth.state = Some(Arc::clone(&state));
        settings.auth.user_header = Some(HeaderName::from_static("x-user"));
        settings.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
        change(&mut settings);
        Self {
            server: Arc::new(Server::open(settings).unwrap()),
            state,
            runtime: tokio::runtime::Runtime::new().unwrap(),
            _folder: folder,
        }
    }

    /// A token for these repos, and these collections of them.
    pub fn token(&self, repo: &str, collections: Option<&[&str]>) -> String {
        let texts = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
        let new = NewToken {
            name: None,
            repos: vec![repo.to_owned()],
            collections: collections.map(texts),
            role: Role::Read,
            expires: None,
        };
        let (secret, _) = self.state.create_token(&new, Utc::now()).unwrap();
        secret.reveal().to_owned()
    }

    /// What a request from `from` is answered.
    pub fn respond(&self, from: &str, request: Request<Body>) -> Response {
        let router = router(&self.server).layer(Extension(Peer(from.parse().unwrap())));
        self.runtime.block_on(router.oneshot(request)).unwrap()
    }

    /// Status and JSON of what a request from `from` is answered.
    pub fn ask(&self, from: &str, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.respond(from, request);
        let status = response.status();
        let body = self.runtime.block_on(response.into_body().collect());
        let body = body.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// The status of a question, from `from` with these headers, about the repo of a label.
    pub fn status(&self, from: &str, headers: &[(&str, &str)], label: &str) -> u16 {
        let path = format!("/api/butler/repo/{label}/v1/universe");
        let request = headers
            .iter()
            .fold(Request::get(path), |r, (k, v)| r.header(*k, *v));
        self.ask(from, request.body(Body::empty()).unwrap())
            .0
            .as_u16()
    }

    /// The status of a question of the holder of a token.
    pub fn status_of_token(&self, token: &str, label: &str) -> u16 {
        self.status(
            OTHER,
            &[("authorization", &format!("Bearer {token}"))],
            label,
        )
    }

    /// The answer to a question of the holder of a token about `survey`; a body makes it a POST.
    pub fn answer(&self, token: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let path = format!("/api/butler/repo/survey/v1/{path}");
        let request = match &body {
            Some(_) => Request::post(path),
            None => Request::get(path),
        };
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let (status, answer) = self.ask(OTHER, request.body(body).unwrap());
        (status.as_u16(), answer)
    }
}
