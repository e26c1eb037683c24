//! What answers queries: the reference, or Pantry.

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
    /// Uploaded data IDs: objects with `key`, `dimensions` and `rows` of required values.
    pub uploads: Value,
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

    /// The exact number of rows; those that postprocessing leaves out are not counted.
    fn count(&mut self, question: &Question) -> Outcome<u64>;

    /// Whether the tree has rows, exactly.
    fn any(&mut self, question: &Question) -> Outcome<bool>;

    /// The serialised predicate of a where-expression; `None` if this engine does not read texts.
    fn predicate(&mut self, text: &Text) -> Option<Outcome<Value>>;
}

/// The reference itself.
impl Engine for Generator {
    fn execute(&mut self, question: &Question) -> Outcome<Rows> {
        let Question {
            tree,
            spec,
            uploads,
        } = question;
        let request = json!({"execute": {"tree": tree, "spec": spec, "uploads": uploads}});
        Outcome::read(&self.ask(&request), Rows::read)
    }

    fn count(&mut self, question: &Question) -> Outcome<u64> {
        let Question {
            tree,
            spec,
            uploads,
        } = question;
        let request = json!({"count": {"tree": tree, "spec": spec, "uploads": uploads}});
        Outcome::read(&self.ask(&request), |found| {
            found["count"].as_u64().expect("a count")
        })
    }

    fn any(&mut self, question: &Question) -> Outcome<bool> {
        let Question { tree, uploads, .. } = question;
        let request = json!({"any": {"tree": tree, "uploads": uploads}});
        Outcome::read(&self.ask(&request), |found| {
            found["any"].as_bool().expect("true or false")
        })
    }

    fn predicate(&mut self, _: &Text) -> Option<Outcome<Value>> {
        None
    }
}
