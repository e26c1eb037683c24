//! Queries that a server answers (`lsst/daf/butler/remote_butler/_query_driver.py`).

use std::io::BufRead as _;

use pantry_registry::query::execute::ResultValue;
use pantry_registry::query::tree::json::{spec_to_json, tree_to_json};
use pantry_registry::query::tree::{QueryTree, ResultSpec};
use serde::Deserialize;
use serde_json::{Value, json};

use super::row_reader::RowReader;
use super::{RemoteButler, RemoteError};

/// Bytes of a page of rows at most; servers write some thousand rows to a page.
const PAGE: u64 = 1 << 30;

#[derive(Deserialize)]
struct FoundRows {
    found_rows: bool,
}

#[derive(Deserialize)]
struct Messages {
    messages: Vec<String>,
}

impl RemoteButler {
    /// Hand the rows of a query to `visit`, page by page as they come, in the order of the query's result columns, until it
    /// says `false`.
    ///
    /// # Errors
    /// [`RemoteError`], also in the middle of the rows.
    pub fn execute(
        &self,
        tree: &QueryTree,
        spec: &ResultSpec,
        visit: &mut dyn FnMut(&[ResultValue]) -> bool,
    ) -> Result<(), RemoteError> {
        let path = "query/execute";
        let request = json!({
            "query": self.inputs(tree),
            "result_spec": spec_to_json(spec),
        });
        let reader = RowReader::new(&self.universe, spec);
        let mut answer = self.connection.post_for_lines(path, &request)?;
        let mut line = Vec::new();
        loop {
            line.clear();
            let mut page = std::io::Read::take(&mut answer, PAGE);
            match page.read_until(b'\n', &mut line) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(self.connection.broken(path, &error)),
            }
            let page: Value = serde_json::from_slice(&line)
                .map_err(|e| self.connection.not_understood(path, &e))?;
            match page.get("type").and_then(Value::as_str) {
                Some("keep-alive") => continue,
                Some("error") => return Err(self.connection.user_error(path, page.get("error"))),
                _ => {}
            }
            let rows = page.get("rows").and_then(Value::as_array);
            for row in rows.into_iter().flatten() {
                let values = reader.read(row);
                if !visit(&values.map_err(|e| self.connection.not_understood(path, &e))?) {
                    return Ok(());
                }
            }
        }
    }

    /// Whether there is a row, before regions are compared exactly.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub fn any(&self, tree: &QueryTree) -> Result<bool, RemoteError> {
        let request = json!({"query": self.inputs(tree), "execute": true, "exact": false});
        let answer: FoundRows = self.connection.post("query/any", &request)?;
        Ok(answer.found_rows)
    }

    /// Why there are no rows, as far as that is known.
    ///
    /// # Errors
    /// [`RemoteError`].
    pub fn explain_no_results(&self, tree: &QueryTree) -> Result<Vec<String>, RemoteError> {
        let request = json!({"query": self.inputs(tree), "execute": true});
        let answer: Messages = self.connection.post("query/explain", &request)?;
        Ok(answer.messages)
    }

    fn inputs(&self, tree: &QueryTree) -> Value {
        json!({
            "tree": tree_to_json(tree),
            "default_data_id": {"dataId": {}, "records": null},
            "additional_query_inputs": [],
        })
    }
}
