//! What the requests to `query/...` have in common (`QueryInputs` in `server_models.py`).

use std::sync::Arc;

use pantry_registry::model::data_coordinate::DataIdValue;
use pantry_registry::model::universe::Universe;
use pantry_registry::query::execute::{Materialization, QueryInputs, Upload};
use pantry_registry::query::tree::json::{spec_from_json, tree_from_json};
use pantry_registry::query::tree::{QueryTree, ResultSpec};
use serde_json::Value;

use super::request::{Fields, data_id_value, default_data_id};
use crate::refusal::Refusal;

/// Rows of one upload.
const UPLOADED_ROWS: usize = 100_000;

/// A query with what it refers to.
pub struct QueryRequest {
    /// What is joined and filtered.
    pub tree: QueryTree,
    /// Uploads, materialisations, defaults.
    pub inputs: QueryInputs,
}

impl QueryRequest {
    /// Read the field `query` of a request.
    ///
    /// # Errors
    /// [`Refusal::Malformed`]; `invalid_query` for trees that contradict themselves, and for too many rows.
    pub fn of(request: &Fields<'_>, universe: &Arc<Universe>) -> Result<Self, Refusal> {
        let query = request.object("query")?;
        let tree = tree_from_json(query.required("tree")?, universe)?;
        let defaults = query.object("default_data_id")?.data_id("dataId")?;
        let mut inputs = QueryInputs {
            default_data_id: default_data_id(defaults),
            ..QueryInputs::default()
        };
        for input in query.objects("additional_query_inputs")? {
            let key = input.uuid("key")?;
            match input.text("type")? {
                "upload" => {
                    inputs.uploads.insert(key, upload(&input, universe)?);
                }
                "materialized" => {
                    let materialization = Materialization {
                        tree: tree_from_json(input.required("tree")?, universe)?,
                        dimensions: input.dimensions("dimensions", universe)?,
                        datasets: input.texts("datasets")?,
                        allow_duplicate_overlaps: input
                            .flag_or("allow_duplicate_overlaps", false)?,
                    };
                    inputs.materializations.push((key, materialization));
                }
                other => return Err(input.fail("type", format!("'{other}' is no query input"))),
            }
        }
        Ok(Self { tree, inputs })
    }
}

/// What the framework of the reference checks of a request before anything is done with it: the field `query`, others that
/// must be there, and flags. Errors in trees come later.
///
/// # Errors
/// [`Refusal::Malformed`].
pub fn check_query(request: &Fields<'_>, required: &[&str], flags: &[&str]) -> Result<(), Refusal> {
    let query = request.object("query")?;
    query.required("tree")?;
    let defaults = query.object("default_data_id")?;
    defaults.required("dataId")?;
    defaults.data_id("dataId")?;
    let are_records = match defaults.optional("records") {
        None | Some(Value::Null) => true,
        Some(records) => records
            .as_object()
            .is_some_and(|records| records.values().all(Value::is_object)),
    };
    if !are_records {
        return Err(defaults.fail("records", "Input should be an object of records"));
    }
    query.objects("additional_query_inputs")?;
    for name in required {
        request.required(name)?;
    }
    for name in flags {
        request.flag(name)?;
    }
    Ok(())
}

/// The field `result_spec` of a request.
///
/// # Errors
/// `invalid_query`.
pub fn result_spec(request: &Fields<'_>, universe: &Arc<Universe>) -> Result<ResultSpec, Refusal> {
    Ok(spec_from_json(request.required("result_spec")?, universe)?)
}

fn upload(input: &Fields<'_>, universe: &Arc<Universe>) -> Result<Upload, Refusal> {
    let rows = input.list("rows")?;
    if rows.len() > UPLOADED_ROWS {
        return Err(Refusal::User {
            error_type: "invalid_query",
            detail: format!("Uploaded data coordinate rows exceed limit of {UPLOADED_ROWS}"),
        });
    }
    let dimensions = input.dimensions("dimensions", universe)?;
    let row = |row: &Value| -> Option<Vec<DataIdValue>> {
        let values: Vec<DataIdValue> = row
            .as_array()?
            .iter()
            .map(data_id_value)
            .collect::<Option<_>>()?;
        (values.len() == dimensions.required_len()).then_some(values)
    };
    let rows: Option<Vec<_>> = rows.iter().map(row).collect();
    let rows = rows.ok_or_else(|| {
        let count = dimensions.required_len();
        input.fail(
            "rows",
            format!("each row should have {count} integers or strings"),
        )
    })?;
    Ok(Upload { dimensions, rows })
}
