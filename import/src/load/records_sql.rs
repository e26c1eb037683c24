//! SQL that moves dimension records and their overlaps from the stage into the registry.

use pantry_registry::model::element::Element;
use pantry_registry::model::universe::Universe;

use super::datasets_sql::OnExisting;
use super::place::{Place, list, quote};
use crate::export::{overlap_table, record_table};

/// Columns of an element's table in the registry and the staged values for them.
struct Columns {
    keys: Vec<String>,
    names: Vec<String>,
    values: Vec<String>,
}

fn columns(place: &Place, universe: &Universe, element: &Element) -> Columns {
    let keys = universe
        .required_columns(element)
        .iter()
        .map(|(_, f, _)| (*f).to_owned())
        .collect();
    let mut names = Vec::new();
    let mut values = Vec::new();
    for column in universe.record_columns(element) {
        if column.name == "timespan" {
            names.extend(place.timespan_columns().into_iter().map(str::to_owned));
            values.extend(place.timespan_values("r"));
        } else {
            values.push(format!("r.{}", quote(&column.name)));
            names.push(column.name);
        }
    }
    Columns {
        keys,
        names,
        values,
    }
}

/// Insert the staged records of `element` that the registry does not have; of several with one key the first counts.
pub fn insert_records(place: &Place, universe: &Universe, element: &Element) -> String {
    let columns = columns(place, universe, element);
    format!(
        "INSERT INTO {} ({}) SELECT {} FROM {} r WHERE true ORDER BY {}, r.seq ON CONFLICT ({}) DO NOTHING",
        place.repo(&element.name),
        list("", &columns.names),
        columns.values.join(", "),
        place.stage(&record_table(&element.name)),
        list("r.", &columns.keys),
        list("", &columns.keys),
    )
}

/// Join condition between the staged record `r` and the registry's record `m`.
fn same_key(keys: &[String]) -> String {
    let terms: Vec<String> = keys
        .iter()
        .map(|k| format!("m.{0} = r.{0}", quote(k)))
        .collect();
    terms.join(" AND ")
}

/// Count staged records that the registry has with the same key: one column.
pub fn count_existing(place: &Place, universe: &Universe, element: &Element) -> String {
    let columns = columns(place, universe, element);
    format!(
        "SELECT count(*) FROM {} r JOIN {} m ON {}",
        place.stage(&record_table(&element.name)),
        place.repo(&element.name),
        same_key(&columns.keys),
    )
}

/// Staged records whose key the registry has with other values, each as text: key columns, then for every other column
/// the registry's value and the staged one.
pub fn differing_records(
    place: &Place,
    universe: &Universe,
    element: &Element,
) -> (Vec<String>, String) {
    let columns = columns(place, universe, element);
    let rest: Vec<(&String, &String)> = columns
        .names
        .iter()
        .zip(&columns.values)
        .filter(|(name, _)| !columns.keys.contains(name))
        .collect();
    let text = |expression: &str| format!("CAST({expression} AS TEXT)");
    let mut selected: Vec<String> = columns
        .keys
        .iter()
        .map(|k| text(&format!("r.{}", quote(k))))
        .collect();
    let mut differences = Vec::new();
    for (name, value) in &rest {
        let stored = format!("m.{}", quote(name));
        selected.push(text(&stored));
        selected.push(text(value));
        differences.push(place.is_distinct(&stored, value));
    }
    if differences.is_empty() {
        differences.push("false".to_owned());
    }
    let sql = format!(
        "SELECT {} FROM {} r JOIN {} m ON {} WHERE {} ORDER BY r.seq",
        selected.join(", "),
        place.stage(&record_table(&element.name)),
        place.repo(&element.name),
        same_key(&columns.keys),
        differences.join(" OR "),
    );
    let mut names: Vec<String> = columns.keys.clone();
    names.extend(rest.into_iter().map(|(name, _)| name.clone()));
    (names, sql)
}

/// Insert the pixels that staged records overlap, also those of records that the registry had before, as the reference
/// does (`StaticDimensionRecordStorageManager.insert`).
pub fn insert_overlaps(
    place: &Place,
    universe: &Universe,
    element: &Element,
    system: &str,
    level: u32,
    existing: OnExisting,
) -> String {
    let required = universe.required_columns(element);
    let dimensions: Vec<&str> = required.iter().map(|(d, _, _)| *d).collect();
    let fields: Vec<&str> = required.iter().map(|(_, f, _)| *f).collect();
    let table = format!("{}_skypix_overlap", element.name);
    format!(
        "INSERT INTO {} (skypix_system, skypix_level, {dims}, skypix_index) \
         SELECT '{system}', {level}, {}, o.pixel FROM {} o JOIN {} r ON r.seq = o.rec WHERE true \
         ORDER BY o.seq {}",
        place.repo(&table),
        list("r.", &fields),
        place.stage(&overlap_table(&element.name)),
        place.stage(&record_table(&element.name)),
        existing.clause(&format!(
            "skypix_system, skypix_level, {}, skypix_index",
            list("", &dimensions)
        )),
        dims = list("", &dimensions),
    )
}

/// Declare for staged governor records that `spatial`, an element of that governor, has overlaps with the common skypix.
pub fn insert_overlap_summary(
    place: &Place,
    governor: &Element,
    spatial: &str,
    system: &str,
    level: u32,
) -> String {
    let key = governor.primary_key().map_or("name", |k| k.name.as_str());
    let columns = format!("skypix_system, skypix_level, {}", quote(&governor.name));
    format!(
        "INSERT INTO {} ({columns}) SELECT '{system}', {level}, r.{} FROM {} r WHERE true ON CONFLICT ({columns}) DO NOTHING",
        place.repo(&format!("{spatial}_skypix_overlap_summary")),
        quote(key),
        place.stage(&record_table(&governor.name)),
    )
}

/// A staged record of `element` whose `dependency` has no record in the registry or in the stage table `staged`: the values
/// of the dependency's key.
pub fn missing_dependency(
    place: &Place,
    universe: &Universe,
    element: &Element,
    dependency: &Element,
    staged: Option<&str>,
) -> String {
    let (own, other) = reference(universe, element, dependency);
    let own: Vec<String> = own.iter().map(|c| format!("r.{}", quote(c))).collect();
    let (joins, condition) = nowhere(place, &dependency.name, staged, &other, &own);
    format!(
        "SELECT {} FROM {} r {joins} WHERE {condition} LIMIT 1",
        own.join(", "),
        place.stage(&record_table(&element.name)),
    )
}

/// Joins, and the condition on them, that neither the registry's `table` nor the stage's has a row whose `columns` equal
/// `values`. Outer joins, because SQLite builds an index for a join but not for a subquery.
pub fn nowhere(
    place: &Place,
    table: &str,
    staged: Option<&str>,
    columns: &[String],
    values: &[String],
) -> (String, String) {
    let sources = [
        Some((place.repo(table), "m1")),
        staged.map(|t| (place.stage(t), "m2")),
    ];
    let mut joins = Vec::new();
    let mut conditions = Vec::new();
    for (source, alias) in sources.into_iter().flatten() {
        let terms: Vec<String> = columns
            .iter()
            .zip(values)
            .map(|(c, v)| format!("{alias}.{} = {v}", quote(c)))
            .collect();
        joins.push(format!(
            "LEFT JOIN {source} {alias} ON {}",
            terms.join(" AND ")
        ));
        let first = columns.first().map_or("id", String::as_str);
        conditions.push(format!("{alias}.{} IS NULL", quote(first)));
    }
    (joins.join(" "), conditions.join(" AND "))
}

/// Columns of `element`'s table that refer to `dependency`, and the columns of the latter that they match.
fn reference(
    universe: &Universe,
    element: &Element,
    dependency: &Element,
) -> (Vec<String>, Vec<String>) {
    let own_name = |dimension: &str| match universe.get(dimension).and_then(Element::primary_key) {
        Some(key) if dimension == element.name => key.name.clone(),
        _ => dimension.to_owned(),
    };
    universe
        .required_columns(dependency)
        .into_iter()
        .map(|(dimension, field, _)| (own_name(dimension), field.to_owned()))
        .unzip()
}
