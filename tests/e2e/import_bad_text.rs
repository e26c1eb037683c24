//! Export files that are cut off, of another encoding, or made to exhaust memory.

use std::fmt::Write as _;
use std::process::Command;

use pantry_testkit::run;

use crate::import_setup::{Scratch, complaint, everything};
use crate::import_spoiled::Victim;
use crate::pantry::command;

#[test]
fn text_that_is_cut_off_or_not_utf_8() {
    let scratch = Scratch::new();
    let (repo, victim) = (scratch.empty("repo"), Victim::new(&scratch));
    let cut = |mark: &str| {
        let at = victim.text.find(mark).unwrap();
        victim.text.as_bytes()[..at + mark.len()].to_vec()
    };
    let mut latin = victim.text.clone().into_bytes();
    let at = victim.text.find("an.absent.Camera").unwrap();
    latin[at] = 0xe4;
    let cases: [(&str, Vec<u8>, &str); 8] = [
        (
            "cut off in an id",
            cut("    - !uuid '01a0c450-6c0b"),
            "export.yaml:3",
        ),
        (
            "cut off in a key",
            cut("    data_id:\n    - skymap: tiny\n      tra"),
            "export.yaml:",
        ),
        (
            "cut off in an entry",
            cut("  dataset_type: count\n"),
            "export.yaml:",
        ),
        ("Latin-1", latin, "export.yaml:14"),
        (
            "UTF-16",
            victim
                .text
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
            "export.yaml",
        ),
        ("empty", Vec::new(), "export.yaml:1"),
        ("binary", (0..=255).collect(), "export.yaml:"),
        ("a list", b"- version: 1.0.2\n".to_vec(), "export.yaml:1"),
    ];
    for (name, text, says) in cases {
        victim.write(&text);
        let said = victim.fails(&repo, &[]);
        let said = said.unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(said.starts_with(says), "{name}: {said}");
    }
}

/// `name: &name [*last, *last, ...]`, level upon level.
fn bomb() -> String {
    let mut text = "version: 1.0.2\nuniverse_version: 8\na0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..30 {
        let last = format!("*a{}, ", level - 1).repeat(9);
        writeln!(text, "a{level}: &a{level} [{last}]").unwrap();
    }
    text + "data: []\n"
}

#[test]
fn bombs_end_early_and_in_little_memory() {
    let scratch = Scratch::new();
    let (repo, victim) = (scratch.empty("repo"), Victim::new(&scratch));
    let head = "version: 1.0.2\nuniverse_version: 8\ndata:\n";
    let block: String = (0..20_000)
        .map(|i| format!("{}- \n", "  ".repeat(i / 10)))
        .collect();
    let anchors: String = (0..3_000_000).fold(String::new(), |mut text, i| {
        writeln!(text, "k{i}: &a{i} [x]").unwrap();
        text
    });
    let cases = [
        ("aliases", bomb()),
        (
            "aliases in a record",
            format!(
                "{head}- type: dimension\n  element: instrument\n  records:\n  - {}",
                bomb().replace('\n', "\n    ")
            ),
        ),
        ("an alias in itself", format!("{head}- &a [*a]\n")),
        ("flow lists", format!("{head}- {}", "[".repeat(1_000_000))),
        (
            "flow mappings",
            format!("{head}- {}", "{a: ".repeat(1_000_000)),
        ),
        (
            "a key in a key",
            format!("{head}{}", "? ".repeat(1_000_000)),
        ),
        ("block lists", format!("{head}{block}")),
        (
            "a long text",
            format!("{head}- type: '{}'", "x".repeat(50_000_000)),
        ),
        (
            "many anchors",
            format!("{anchors}version: 1.0.2\ndata: []\n"),
        ),
    ];
    for (name, text) in cases {
        victim.write(&text);
        let before = everything(&repo);
        let mut shell = Command::new("bash");
        shell.args(["-c", "ulimit -v 900000; exec \"$@\"", "bash"]);
        shell
            .arg(command().get_program())
            .arg("import")
            .arg(&repo)
            .arg(&victim.directory);
        let said = complaint(&run(&mut shell));
        assert!(said.contains("export.yaml:"), "{name}: {said}");
        assert!(said.len() < 1000, "{name}: {said}");
        assert!(before == everything(&repo), "{name}: {said}");
    }
}
