//! What a datastore wants set in the configuration of a new repo (`Datastore.setConfigRoot`).

use std::sync::Arc;

use super::component::{CONTAINER, DATASTORE, DatastoreClass};
use super::configuration::{Config, mapping_of};
use super::error::ConfigError;
use super::merge;
use super::part_update::PartUpdate;
use super::value::{Key, Value, entry};

/// Set root, class and record table of the datastore; `full` is the same configuration with all defaults.
pub(super) fn set_config_root(
    root: &str,
    config: &mut Config,
    full: &Config,
    overwrite: bool,
) -> Result<(), ConfigError> {
    let part = DATASTORE.select(merge::copy(&full.data))?;
    let name = entry(&part, "cls").and_then(Value::as_str).unwrap_or("");
    match DatastoreClass::from_name(name) {
        Some(DatastoreClass::File) => {
            let update = PartUpdate {
                set: vec![("root", Value::str(root))],
                copy: &[&["cls"], &["records", "table"]],
                ..PartUpdate::default()
            };
            update.apply(&DATASTORE, config, full, overwrite)
        }
        Some(DatastoreClass::InMemory) => Ok(()),
        Some(DatastoreClass::Chained) => set_member_roots(root, config, full, overwrite),
        None => Err(ConfigError::UnknownClass {
            key: "datastore.cls".into(),
            class: name.to_owned(),
        }),
    }
}

/// Every member gets a root of its own, named by its class and position.
fn set_member_roots(
    root: &str,
    config: &mut Config,
    full: &Config,
    overwrite: bool,
) -> Result<(), ConfigError> {
    let mut own = DATASTORE.select(merge::copy(&config.data))?;
    let complete = DATASTORE.select(merge::copy(&full.data))?;
    let (Some(list), Some(complete)) =
        (entry(&own, CONTAINER).cloned(), entry(&complete, CONTAINER))
    else {
        return Err(ConfigError::value(
            format!("datastore.{CONTAINER}"),
            "is missing",
        ));
    };
    let (items, complete) = (
        list.as_list().unwrap_or(&[]),
        complete.as_list().unwrap_or(&[]),
    );
    if items.len() != complete.len() {
        return Err(ConfigError::value(
            format!("datastore.{CONTAINER}"),
            "differs from the defaults in length",
        ));
    }
    let mut members = Vec::with_capacity(items.len());
    for (i, (item, full_item)) in items.iter().zip(complete).enumerate() {
        let mut member = Config::from_mapping(merge::copy(&mapping_of(item.clone(), CONTAINER)?));
        let full_member =
            Config::from_mapping(merge::copy(&mapping_of(full_item.clone(), CONTAINER)?));
        let class = entry(&full_member.data, "cls")
            .and_then(Value::as_str)
            .unwrap_or("");
        let short =
            DatastoreClass::from_name(class).map_or("Datastore", DatastoreClass::short_name);
        set_config_root(
            &format!("{root}/{short}_{i}"),
            &mut member,
            &full_member,
            overwrite,
        )?;
        members.push(Value::map(merge::deep_copy(&member.data)));
    }
    let members = Value::List(Arc::new(members));
    if let Some(identity) = list.identity() {
        // The list itself changes in the reference, wherever else it is used.
        merge::replace_list(&mut config.data, identity, &members);
    }
    own.insert(Key::from(CONTAINER), members);
    if entry(&config.data, DATASTORE.key).is_some() {
        config
            .data
            .insert(Key::from(DATASTORE.key), Value::map(merge::deep_copy(&own)));
    } else {
        merge::update(&mut config.data, &own);
    }
    Ok(())
}
