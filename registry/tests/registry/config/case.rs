//! Cases that both sides run: files in a folder of their own, variables, arguments.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use pantry_registry::config::Environment;
use pantry_testkit::oracle;
use serde_json::{Value as Json, json};

/// One case. `{here}` in file texts, variables and arguments stands for the case's folder, which is also the
/// working directory and the home.
#[derive(Debug, Clone, Default)]
pub struct Case {
    pub name: String,
    files: Vec<(String, String, u32)>,
    variables: Vec<(String, String)>,
    arguments: BTreeMap<String, Json>,
}

impl Case {
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    pub fn file(self, name: &str, text: &str) -> Self {
        self.file_with_mode(name, text, 0o644)
    }

    pub fn file_with_mode(mut self, name: &str, text: &str, mode: u32) -> Self {
        self.files.push((name.to_owned(), text.to_owned(), mode));
        self
    }

    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn argument(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.arguments.insert(name.to_owned(), value.into());
        self
    }
}

/// A case with its folder made.
pub struct Ready {
    pub case: Case,
    pub here: PathBuf,
}

impl Ready {
    /// The same surroundings that the reference gets.
    pub fn environment(&self) -> Environment {
        let environment = Environment::new(&self.here)
            .with_home(&self.here)
            .with_user("nobody");
        self.case
            .variables
            .iter()
            .fold(environment, |environment, (name, value)| {
                environment.with_variable(name, &self.fill(value))
            })
    }

    /// A text argument.
    pub fn text(&self, name: &str) -> Option<String> {
        self.case
            .arguments
            .get(name)
            .and_then(Json::as_str)
            .map(|text| self.fill(text))
    }

    /// A switch; absent is off.
    pub fn switch(&self, name: &str) -> bool {
        self.case
            .arguments
            .get(name)
            .and_then(Json::as_bool)
            .unwrap_or(false)
    }

    /// A list of texts; absent is empty.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let list = self.case.arguments.get(name).and_then(Json::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Json::as_str)
            .map(|text| self.fill(text))
            .collect()
    }

    fn fill(&self, text: &str) -> String {
        text.replace("{here}", &self.here.to_string_lossy())
    }

    fn json(&self) -> Json {
        let arguments: BTreeMap<&String, Json> = self
            .case
            .arguments
            .iter()
            .map(|(k, v)| (k, self.fill_json(v)))
            .collect();
        let variables: BTreeMap<&String, String> = self
            .case
            .variables
            .iter()
            .map(|(k, v)| (k, self.fill(v)))
            .collect();
        json!({"here": self.here, "variables": variables, "arguments": arguments})
    }

    fn fill_json(&self, value: &Json) -> Json {
        match value {
            Json::String(text) => Json::String(self.fill(text)),
            Json::Array(items) => items.iter().map(|item| self.fill_json(item)).collect(),
            other => other.clone(),
        }
    }
}

/// What the reference made of a case: a result, or the class and text of its error.
pub type Outcome = Result<Json, String>;

/// Make the folders of all cases below `folder` and let the reference run `body`, the body of a Python function
/// of `here` and `arguments`, for each.
pub fn run(cases: Vec<Case>, folder: &Path, body: &str) -> Vec<(Ready, Outcome)> {
    let cases: Vec<Ready> = cases
        .into_iter()
        .enumerate()
        .map(|(i, case)| prepare(case, &folder.join(format!("case{i}"))))
        .collect();
    let input = folder.join("cases.json");
    let list: Vec<Json> = cases.iter().map(Ready::json).collect();
    std::fs::write(&input, serde_json::to_string(&list).expect("test set-up"))
        .expect("test set-up");
    let body: String = body.lines().map(|line| format!("    {line}\n")).collect();
    let code = format!(
        "import io, json, os, sys, warnings\n\
         warnings.simplefilter('ignore')\n\
         def run(here, arguments):\n{body}\n\
         out = []\n\
         initial = dict(os.environ)\n\
         for case in json.load(open(sys.argv[1])):\n    \
             os.environ.clear(); os.environ.update(initial)\n    \
             for name in [n for n in os.environ if n.startswith(('PG', 'LSST_', 'DAF_'))]: del os.environ[name]\n    \
             os.environ['HOME'] = case['here']\n    \
             os.environ.update(case['variables'])\n    \
             os.chdir(case['here'])\n    \
             try:\n        \
                 out.append({{'ok': run(case['here'], case['arguments'])}})\n    \
             except Exception as e:\n        \
                 out.append({{'error': type(e).__name__ + ': ' + str(e)}})\n\
         json.dump(out, sys.stdout)\n"
    );
    let outcomes = oracle::json(&code, [&input]);
    let outcomes =
        outcomes
            .as_array()
            .expect("a list")
            .iter()
            .map(|outcome| match outcome.get("ok") {
                Some(result) => Ok(result.clone()),
                None => Err(outcome["error"].as_str().unwrap_or("?").to_owned()),
            });
    cases.into_iter().zip(outcomes).collect()
}

fn prepare(case: Case, here: &Path) -> Ready {
    std::fs::create_dir_all(here).expect("test set-up");
    let ready = Ready {
        case,
        here: here.canonicalize().expect("test set-up"),
    };
    for (name, text, mode) in &ready.case.files {
        let path = ready.here.join(name);
        std::fs::create_dir_all(path.parent().expect("test set-up")).expect("test set-up");
        std::fs::write(&path, ready.fill(text)).expect("test set-up");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(*mode))
            .expect("test set-up");
    }
    ready
}
