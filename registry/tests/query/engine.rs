//! What answers queries: the reference, or Pantry.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::answer::{Outcome, Rows};
use crate::generator::Generator;

/// A query as it is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// A serialised tree.
    pub tree: Value,
    /// A serialised result specification.
    pub spec: Value,
    /// What the tree refers to: objects with `key`, `dimensions`, and `type` "upload" with `rows` of required values, or
    /// "materialized" with another `tree`, its `datasets` and `allow_duplicate_overlaps`.
    pub inputs: Value,
    /// Values of governor dimensions by name.
    pub default_data_id: Value,
    /// How rows are counted.
    pub count: CountFlags,
    /// How it is found out whether there are any.
    pub any: AnyFlags,
    /// Whether reasons for no rows may be looked for by running queries.
    pub explain_executes: bool,
}

/// How rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CountFlags {
    pub exact: bool,
    pub discard: bool,
}

/// How it is found out whether there are rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyFlags {
    pub execute: bool,
    pub exact: bool,
}

impl Question {
    /// A query as the generator drew it.
    pub fn read(json: &Value) -> Self {
        let flag = |pointer: &str| {
            let flag = json.pointer(pointer).and_then(Value::as_bool);
            flag.unwrap_or_else(|| panic!("no {pointer}: {json}"))
        };
        Self {
            tree: json["tree"].clone(),
            spec: json["spec"].clone(),
            inputs: json["inputs"].clone(),
            default_data_id: json["default_data_id"].clone(),
            count: CountFlags {
                exact: flag("/count/exact"),
                discard: flag("/count/discard"),
            },
            any: AnyFlags {
                execute: flag("/any/execute"),
                exact: flag("/any/exact"),
            },
            explain_executes: flag("/explain/execute"),
        }
    }

    /// Whether the same row may come more than once, as often as the database likes.
    pub fn may_repeat_rows(&self) -> bool {
        let inputs = self.inputs.as_array().map_or(&[][..], Vec::as_slice);
        let repeats = |of: &Value| of["allow_duplicate_overlaps"] == true;
        repeats(&self.spec) || inputs.iter().any(repeats)
    }

    /// Whether only that there are rows is certain of their number. Of rows without columns the reference's inexact count
    /// is the number of pairs in the spatial joins behind the one row, because it groups by nothing.
    pub fn has_vague_count(&self) -> bool {
        let has_columns = self.spec["dimensions"] != Value::Array(Vec::new());
        self.may_repeat_rows() || (!self.count.exact && !has_columns)
    }
}

/// A where-expression with what its names mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    pub text: String,
    /// Names of the dimensions of the query that it is for.
    pub dimensions: Vec<String>,
    /// Names of its dataset types.
    pub datasets: Vec<String>,
    /// Serialised literals, or lists of them, by name.
    pub bind: Value,
}

/// Answers queries over one repository.
pub trait Engine {
    /// All rows, after `validate_tree`.
    fn execute(&mut self, question: &Question) -> Outcome<Rows>;

    /// The number of rows.
    fn count(&mut self, question: &Question) -> Outcome<u64>;

    /// Whether the tree has rows.
    fn any(&mut self, question: &Question) -> Outcome<bool>;

    /// Why the tree has no rows; in any order.
    fn explain(&mut self, question: &Question) -> Outcome<BTreeSet<String>>;

    /// The serialised predicate of a where-expression; `None` if this engine does not read texts.
    fn predicate(&mut self, text: &Text) -> Option<Outcome<Value>>;
}

/// The reference itself.
impl Engine for Generator {
    fn execute(&mut self, question: &Question) -> Outcome<Rows> {
        let request = request("execute", question, json!({"spec": question.spec}));
        Outcome::read(&self.ask(&request), Rows::read)
    }

    fn count(&mut self, question: &Question) -> Outcome<u64> {
        let CountFlags { exact, discard } = question.count;
        let more = json!({"spec": question.spec, "exact": exact, "discard": discard});
        Outcome::read(&self.ask(&request("count", question, more)), |found| {
            found["count"].as_u64().expect("a count")
        })
    }

    fn any(&mut self, question: &Question) -> Outcome<bool> {
        let AnyFlags { execute, exact } = question.any;
        let more = json!({"execute": execute, "exact": exact});
        Outcome::read(&self.ask(&request("any", question, more)), |found| {
            found["any"].as_bool().expect("true or false")
        })
    }

    fn explain(&mut self, question: &Question) -> Outcome<BTreeSet<String>> {
        let more = json!({"execute": question.explain_executes});
        Outcome::read(&self.ask(&request("explain", question, more)), |found| {
            serde_json::from_value(found["messages"].clone()).expect("texts")
        })
    }

    fn predicate(&mut self, _: &Text) -> Option<Outcome<Value>> {
        None
    }
}

/// A request for something about a query.
fn request(name: &str, question: &Question, mut arguments: Value) -> Value {
    arguments["tree"] = question.tree.clone();
    arguments["inputs"] = question.inputs.clone();
    arguments["default_data_id"] = question.default_data_id.clone();
    json!({name: arguments})
}
