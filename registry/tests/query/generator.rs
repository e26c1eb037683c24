//! The reference in a process that lives as long as it is asked: `tests/oracle/queries.py`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use pantry_testkit::oracle;
use serde_json::{Value, json};

use crate::answer::Outcome;
use crate::engine::{Question, Text};

/// A random query, and what the reference made of its texts.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    /// As it was written.
    pub json: Value,
    pub question: Question,
    pub texts: Vec<(Text, Outcome<Value>)>,
}

/// A running generator.
#[derive(Debug)]
pub struct Generator {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Generator {
    /// A process without a repository.
    pub fn start() -> Self {
        let mut child = oracle::script("queries.py")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the oracle starts");
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("stdout is piped"));
        Self {
            child,
            requests,
            answers,
        }
    }

    /// A process with this repository.
    pub fn open(repo: &Path) -> Self {
        let mut generator = Self::start();
        generator.must(&json!({"open": repo}));
        generator
    }

    /// The answer to a request.
    pub fn ask(&mut self, request: &Value) -> Value {
        let requests = self.requests.as_mut().expect("not dropped");
        writeln!(requests, "{request}").expect("the oracle reads");
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .expect("the oracle answers");
        serde_json::from_str(&line)
            .unwrap_or_else(|e| panic!("not JSON: {e}: {line:?} for {request}"))
    }

    /// The answer to a request that cannot fail.
    pub fn must(&mut self, request: &Value) -> Value {
        let answer = self.ask(request);
        assert!(answer.get("error").is_none(), "{request}: {answer}");
        answer
    }

    /// The dimensions of the repository as it stores them.
    pub fn universe(&mut self) -> String {
        let answer = self.must(&json!({"universe": {}}));
        answer["universe"].as_str().expect("a text").to_owned()
    }

    /// Random queries.
    pub fn generate(&mut self, seed: u64, count: u64) -> Vec<Case> {
        let answer = self.must(&json!({"generate": {"seed": seed, "count": count}}));
        let cases = answer["cases"].as_array().expect("a list");
        cases.iter().map(Case::read).collect()
    }
}

impl Drop for Generator {
    fn drop(&mut self) {
        // The end of its input ends the process; a test that panics must not wait for a query.
        drop(self.requests.take());
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Case {
    /// A query as the generator writes it.
    pub fn read(json: &Value) -> Self {
        let texts = json["texts"].as_array().expect("a list");
        Self {
            name: json["name"].as_str().expect("a name").to_owned(),
            json: json.clone(),
            question: Question::read(json),
            texts: texts.iter().map(Text::read).collect(),
        }
    }
}

impl Text {
    fn read(json: &Value) -> (Self, Outcome<Value>) {
        let names = |key: &str| {
            serde_json::from_value(json[key].clone()).unwrap_or_else(|e| panic!("{key}: {e}"))
        };
        let text = Self {
            text: json["text"].as_str().expect("a text").to_owned(),
            dimensions: names("dimensions"),
            datasets: names("datasets"),
            bind: json["bind"].clone(),
        };
        let outcome = Outcome::read(json, |found| found["predicate"].clone());
        (text, outcome)
    }
}
