//! The commands that the documents show work as they are shown.
use std::os::unix::fs::symlink;
use std::process::Command;

use pantry_testkit::{run, workspace};
use tempfile::tempdir;

/// Lines of the `sh` blocks of a document, without those that set things up on the reader's machine.
fn commands(document: &str) -> Vec<&str> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in document.lines() {
        match line.trim() {
            "```sh" => inside = true,
            "```" => inside = false,
            command if inside => found.push(command),
            _ => {}
        }
    }
    found.retain(|c| !c.is_empty() && *c != "./test" && !c.starts_with("alias "));
    found
}

/// Run a document's commands one after the other in a folder of its own.
fn follow(document: &str, at_least: usize) {
    let text = std::fs::read_to_string(workspace().join(document)).unwrap();
    let commands = commands(&text);
    assert!(
        commands.len() >= at_least,
        "{document} lost its commands: {commands:?}"
    );
    let folder = tempdir().unwrap();
    symlink(workspace().join("fixtures"), folder.path().join("fixtures")).unwrap();
    let pantry = env!("CARGO_BIN_EXE_pantry");
    for shown in commands {
        let typed = match shown.strip_prefix("pantry ") {
            Some(arguments) => format!("{pantry} {arguments}"),
            None => shown.replace("cargo run --release --", pantry),
        };
        let ran = run(Command::new("sh")
            .args(["-euc", &typed])
            .current_dir(folder.path()));
        assert_eq!(
            ran.code,
            Some(0),
            "{document}: {shown}\n{}{}",
            ran.stdout,
            ran.stderr
        );
    }
}

#[test]
fn the_readme_works() {
    follow("README.md", 8);
}

#[test]
fn the_operators_guide_works() {
    follow("docs/operator.md", 4);
}

#[test]
fn the_page_about_catalogues_works() {
    follow("docs/catalogues.md", 7);
}
