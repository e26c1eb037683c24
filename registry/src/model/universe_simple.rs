//! The definition of a universe with all its defaults filled in (`SerializedDimensionConfig`,
//! `lsst/daf/butler/dimensions/_config.py`).

use serde_json::{Map, Value, json};

/// The form that servers give to clients, of a definition that was found good.
pub(super) fn simple(definition: &Value) -> Value {
    let elements = entries(&definition["elements"]).map(|(name, e)| (name.clone(), element(e)));
    let topology = &definition["topology"];
    json!({
        "version": definition["version"],
        "namespace": or(&definition["namespace"], json!("daf_butler")),
        "skypix": skypix(&definition["skypix"]),
        "elements": elements.collect::<Map<_, _>>(),
        "topology": {
            "spatial": or(&topology["spatial"], json!({})),
            "temporal": or(&topology["temporal"], json!({})),
        },
    })
}

/// The pixelisations, which stored definitions have beside `common`, in a mapping of their own.
fn skypix(section: &Value) -> Value {
    let nested = entries(&section["systems"]);
    let beside = entries(section).filter(|(name, _)| *name != "common" && *name != "systems");
    let systems = nested.chain(beside).map(|(name, system)| {
        let system = json!({
            "class": system["class"],
            "min_level": or(&system["min_level"], json!(1)),
            "max_level": system["max_level"],
        });
        (name.clone(), system)
    });
    json!({"common": section["common"], "systems": systems.collect::<Map<_, _>>()})
}

fn element(element: &Value) -> Value {
    // Definitions before version 5 say in the name of a storage class what two fields say today.
    let storage = &element["storage"];
    let is_governor = element["governor"] == json!(true);
    let class = storage["cls"].as_str().unwrap_or_default();
    let (is_cached, union_of) = match storage.is_object() {
        true => {
            let has_cache = storage["nested"].is_object()
                || class.ends_with("BasicGovernorDimensionRecordStorage");
            let table = match &storage["nested"] {
                Value::Object(_) => &storage["nested"],
                _ => storage,
            };
            (json!(has_cache), table["view_of"].clone())
        }
        false => (
            or(&element["is_cached"], json!(false)),
            element["implied_union_target"].clone(),
        ),
    };
    json!({
        "doc": or(&element["doc"], json!("")),
        "keys": columns(&element["keys"], false),
        "requires": or(&element["requires"], json!([])),
        "implies": or(&element["implies"], json!([])),
        "metadata": columns(&element["metadata"], true),
        "is_cached": if is_governor { json!(true) } else { is_cached },
        "implied_union_target": union_of,
        "governor": is_governor,
        "always_join": or(&element["always_join"], json!(false)),
        "populated_by": element["populated_by"],
        "storage": null,
    })
}

fn columns(list: &Value, may_be_null: bool) -> Value {
    let column = |column: &Value| {
        let mut result = json!({
            "name": column["name"],
            "doc": or(&column["doc"], json!("")),
            "type": column["type"],
            "nullable": match may_be_null {
                true => or(&column["nullable"], json!(true)),
                false => json!(false),
            },
        });
        let size = match column["type"].as_str() {
            Some("string") => "length",
            Some("hash") => "nbytes",
            _ => return result,
        };
        result[size] = column[size].clone();
        result
    };
    list.as_array().into_iter().flatten().map(column).collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn or(value: &Value, default: Value) -> Value {
    match value {
        Value::Null => default,
        other => other.clone(),
    }
}
