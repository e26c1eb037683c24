//! Options files against the reference: the same files and words through its `click` commands.
use std::fs;
use std::path::PathBuf;

use clap::{Command, arg, value_parser};
use serde_json::{Value, json};

use super::*;
use pantry_testkit::oracle::ask;

/// The reference's `query-datasets`, as far as the cases need it.
fn query_datasets() -> Command {
    Command::new("pantry")
        .args_override_self(true)
        .subcommand_required(true)
        .arg(arg!(--label <L> ...))
        .subcommand(
            Command::new("query-datasets")
                .arg(arg!(<repo>))
                .arg(arg!([glob]...).action(ArgAction::Append))
                .arg(
                    arg!(--collections <TEXT>)
                        .action(ArgAction::Append)
                        .allow_hyphen_values(true),
                )
                .arg(arg!(--where <TEXT>))
                .arg(
                    arg!(--limit <N>)
                        .value_parser(value_parser!(i64))
                        .allow_hyphen_values(true),
                )
                .arg(arg!(--"find-first").overrides_with("no-find-first"))
                .arg(arg!(--"no-find-first"))
                .arg(arg!(--"show-uri"))
                .arg(arg!(options_file: -'@' --"options-file" <FILE>)),
        )
}

/// The file's text and the words after the verb; `@` stands for the file's path.
const CASES: [(&str, &str); 21] = [
    (
        "query-datasets: {limit: 7, where: 'tract = 1', show-uri: true}",
        "repo raw -@ @",
    ),
    ("query-datasets: {limit: -7}", "-@ @ repo --limit 9"),
    ("query-datasets: {limit: 7}", "repo --limit -5 -@ @"),
    (
        "query-datasets: {collections: [a, b], glob: [raw, 'calexp*']}",
        "repo --options-file @",
    ),
    (
        "query-datasets: {collections: [a, b], glob: [raw]}",
        "repo bias --collections -c -@ @",
    ),
    ("query-datasets: {repo: there}", "-@ @"),
    ("query-datasets: {repo: there, glob: [raw]}", "-@ @ here"),
    ("query-datasets: {glob: [raw]}", "-@ @"),
    ("query-datasets: {find-first: true}", "-@ @ repo"),
    (
        "query-datasets: {find-first: true}",
        "-@ @ repo --no-find-first",
    ),
    (
        "query-datasets: {find-first: false}",
        "-@ @ repo --find-first",
    ),
    (
        "query-datasets: {find-first: 'yes', show-uri: 'off'}",
        "-@ @ repo",
    ),
    ("query-datasets: {show-uri: perhaps}", "-@ @ repo"),
    ("query-datasets: {no-find-first: true}", "-@ @ repo"),
    ("query-datasets: {where: 12}", "-@ @ repo"),
    ("query-datasets: {limit: many}", "-@ @ repo"),
    ("query-datasets: {colections: [a]}", "-@ @ repo"),
    ("import: {transfer: copy}", "-@ @ repo"),
    ("query-datasets: [a, b]", "-@ @ repo"),
    ("query-datasets: {collections: []}", "-@ @ repo"),
    (
        "query-datasets: {where: '--limit 3'}",
        "-@ @ repo query-datasets",
    ),
];

fn ours(matches: &ArgMatches) -> Value {
    let verb = matches.subcommand_matches("query-datasets").unwrap();
    let many = |id| {
        verb.get_many::<String>(id)
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
    };
    json!({
        "repo": verb.get_one::<String>("repo"),
        "glob": many("glob"),
        "collections": many("collections"),
        "where": verb.get_one::<String>("where").map_or("", String::as_str),
        "limit": verb.get_one::<i64>("limit").copied().unwrap_or(-20_000),
        "find_first": verb.get_flag("find-first"),
        "show_uri": verb.get_flag("show-uri"),
    })
}

const THEIRS: &str = "
import sys, json, click
from lsst.daf.butler.cli.cmd.commands import query_datasets
def params(words):
    try:
        params = query_datasets.make_context('query-datasets', words).params
    except click.UsageError as e:
        return e.exit_code
    del params['order_by']
    return params
print(json.dumps([params(words) for words in json.load(sys.stdin)]))";

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("pantry-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn files_and_words_mix_as_in_the_reference() {
    let folder = folder("options-file");
    let mut words = Vec::new();
    for (at, (text, line)) in CASES.iter().enumerate() {
        let file = folder.join(format!("{at}.yaml"));
        fs::write(&file, text).unwrap();
        let file = file.to_str().unwrap();
        words.push(
            line.split(' ')
                .map(|word| if word == "@" { file } else { word }.to_owned())
                .collect::<Vec<_>>(),
        );
    }
    let theirs = ask(THEIRS, &json!(words));
    for ((case, words), theirs) in CASES.iter().zip(words).zip(theirs.as_array().unwrap()) {
        let arguments = ["pantry", "--label", "query-datasets", "query-datasets"];
        let arguments = arguments
            .iter()
            .copied()
            .chain(words.iter().map(String::as_str))
            .map(OsString::from);
        let ours = match parse(&query_datasets(), arguments.collect()) {
            Ok(matches) => ours(&matches),
            Err(error) => json!(error.exit_code()),
        };
        assert_eq!(ours, *theirs, "{case:?}");
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_lone_value_will_do_for_a_list_and_null_is_nothing() {
    // The reference's present release refuses the first and stumbles over the second; people write both.
    let folder = folder("options-file-lone");
    let file = folder.join("o.yaml");
    fs::write(
        &file,
        "query-datasets: {collections: HSC/raw, limit: 3, where: null}",
    )
    .unwrap();
    let words = [
        "pantry",
        "query-datasets",
        "repo",
        "-@",
        file.to_str().unwrap(),
    ]
    .map(OsString::from);
    let matches = ours(&parse(&query_datasets(), words.to_vec()).unwrap());
    assert_eq!(
        (&matches["collections"], &matches["limit"]),
        (&json!(["HSC/raw"]), &json!(3))
    );
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_missing_file_is_a_usage_error_that_names_it() {
    let words = ["pantry", "query-datasets", "repo", "-@", "/nowhere/o.yaml"].map(OsString::from);
    let error = parse(&query_datasets(), words.to_vec()).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("/nowhere/o.yaml"), "{error}");
}
