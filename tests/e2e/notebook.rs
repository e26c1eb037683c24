//! The notebook of the docs runs against `pantry serve`, and so do the commands of its guide.

use pantry_testkit::{oracle, run, workspace};
use serde_json::Value;

use crate::serving::{Backend, Repos, Server};

#[test]
fn the_notebook_of_the_docs_runs() {
    let repos = Repos::of(&["hsc-mini"], Backend::Sqlite);
    let server = Server::pantry(&repos);
    let notebook = workspace().join("docs/notebook.ipynb");
    let mut command = oracle::script("notebook.py");
    command
        .arg(notebook)
        .env("PANTRY_SERVER", &server.address)
        .env("PANTRY_REPO", "hsc-mini")
        // Kernels write where they run what they know of it.
        .env(
            "JUPYTER_RUNTIME_DIR",
            repos.path("hsc-mini").join("jupyter"),
        );
    let cells = run(&mut command).ok();
    let results: Vec<Value> = cells
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let has = |text: &str| {
        let has = |cell: &Value| cell["result"].as_str().is_some_and(|r| r.contains(text));
        assert!(results.iter().any(has), "{text} is in no cell of {cells}");
    };
    // A collection, a dataset type, the shape of the section and an id of the catalogue, as the direct Butler has them.
    has("HSC/tagged/best-seeing");
    has("objectTable");
    has("((40, 40), ");
    has("10789514851123205");
}
