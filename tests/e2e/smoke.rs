//! The first words between a user and the program, beside those of `butler`.

use std::collections::BTreeSet;

use pantry_testkit::oracle;

use crate::pantry::pantry;

/// The long options that a help text explains, one or two in a line.
fn explained(help: &str) -> BTreeSet<String> {
    help.lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with('-'))
        .flat_map(|line| line.split([' ', ',', '/']))
        .filter(|word| word.starts_with("--"))
        .map(|word| word.trim_end_matches(['.', ':', ';']).to_owned())
        .collect()
}

#[test]
fn every_global_option_of_butler_is_ours_too() {
    let theirs = explained(&oracle::butler(["--help"]).ok());
    assert!(theirs.contains("--log-level"), "{theirs:?}");
    let ours = explained(&pantry(["--help"]).ok());
    let missing: Vec<_> = theirs.difference(&ours).collect();
    assert!(missing.is_empty(), "{missing:?} are not among {ours:?}");
}

#[test]
fn the_version_goes_to_standard_output() {
    let text = pantry(["--version"]).ok();
    assert_eq!(text, format!("pantry {}\n", env!("CARGO_PKG_VERSION")));
}
