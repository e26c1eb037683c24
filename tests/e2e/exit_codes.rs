//! 0 for success, 1 for errors with one line on standard error, 2 for usage errors.
use std::process::Stdio;

use crate::pantry::{command, pantry};

/// Exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let ran = pantry(arguments);
    (ran.code.unwrap(), ran.stdout, ran.stderr)
}

/// The verbs that the help lists.
fn verbs() -> Vec<String> {
    let (_, help, _) = run(&["--help"]);
    let listed = help
        .split("Commands:\n")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    listed
        .lines()
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .collect()
}

#[test]
fn every_verb_has_help_by_both_names() {
    let verbs = verbs();
    assert!(verbs.contains(&"completions".to_owned()));
    for verb in &verbs {
        for flag in ["-h", "--help"] {
            let (code, help, complaints) = run(&[verb, flag]);
            assert_eq!((code, complaints.as_str()), (0, ""), "{verb} {flag}");
            assert!(
                help.contains(&format!("Usage: pantry {verb}"))
                    && help.contains("See 'pantry --help'"),
                "{help}"
            );
        }
    }
}

#[test]
fn usage_errors_are_2_and_say_nothing_on_standard_output() {
    let cases: [&[&str]; 7] = [
        &[],
        &["no-such-verb"],
        &["--no-such-option"],
        &["completions"],
        &["completions", "no-such-shell"],
        &["--log-level", "LOUD", "completions", "bash"],
        &["--log-file", "/nowhere/at/all.log", "completions", "bash"],
    ];
    for case in cases {
        let (code, output, complaints) = run(case);
        assert_eq!((code, output.as_str()), (2, ""), "{case:?}");
        assert!(!complaints.is_empty(), "{case:?}");
    }
}

#[test]
fn global_options_come_before_the_verb_and_the_last_one_wins() {
    let (code, output, _) = run(&[
        "--log-level",
        "verbose",
        "--log-level",
        "pantry.registry=DEBUG,.=info",
        "--long-log",
        "--log-tty",
        "--no-log-tty",
        "--log-label",
        "a=b",
        "--progress",
        "--no-progress",
        "--log-format",
        "text",
        "--log-format",
        "JSON",
        "--quiet",
        "completions",
        "BASH",
    ]);
    assert_eq!(code, 0);
    assert!(output.contains("_pantry()"));
    assert_eq!(run(&["completions", "bash", "--no-log-tty"]).0, 2);
}

#[test]
fn every_shell_gets_a_script_that_knows_the_verbs() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, script, complaints) = run(&["completions", shell]);
        assert_eq!((code, complaints.as_str()), (0, ""), "{shell}");
        for verb in verbs() {
            assert!(script.contains(&verb), "{shell}: {verb}");
        }
    }
}

#[test]
fn nobody_reading_the_output_is_no_error() {
    let mut child = command()
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}
