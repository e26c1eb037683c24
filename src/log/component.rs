//! Names of log components: dotted, as Python's loggers, whatever the Rust module path is.

/// The reference's loggers and the rooms that do the same work here. A name below one of these keeps its tail.
const REFERENCE: [(&str, &str); 10] = [
    ("lsst.daf.butler.registry", "pantry.registry"),
    ("lsst.daf.butler.dimensions", "pantry.registry"),
    ("lsst.daf.butler.queries", "pantry.registry"),
    ("lsst.daf.butler.direct_query_driver", "pantry.registry"),
    ("lsst.daf.butler.datastores", "pantry.datastore"),
    ("lsst.daf.butler.datastore", "pantry.datastore"),
    ("lsst.resources", "pantry.datastore"),
    ("lsst.daf.butler.transfers", "pantry.import"),
    ("lsst.daf.butler.script", "pantry.cmd"),
    ("lsst.sphgeom", "pantry.sky"),
];

/// The component that a `tracing` target (a module path) belongs to: `pantry_registry::schema` is
/// `pantry.registry.schema`, `tokio_postgres::client` is `tokio_postgres.client`.
pub fn of_target(target: &str) -> String {
    let dotted = target.replace("::", ".");
    match dotted.strip_prefix("pantry_") {
        Some(room) => format!("pantry.{room}"),
        None => dotted,
    }
}

/// The component that a user means: `.` and the empty string are the root (returned as the empty string);
/// Rust paths and the reference's logger names are translated. A name that nothing here uses is kept: it has no
/// effect, as in the reference.
pub fn of_user(name: &str) -> String {
    match name {
        "" | "." => return String::new(),
        "lsst" | "lsst.daf" | "lsst.daf.butler" => return "pantry".to_owned(),
        _ => {}
    }
    for (theirs, ours) in REFERENCE {
        if let Some(tail) = name.strip_prefix(theirs)
            && (tail.is_empty() || tail.starts_with('.'))
        {
            return format!("{ours}{tail}");
        }
    }
    of_target(name)
}

/// Whether `component` is `ancestor` or below it; everything is below the root.
pub fn is_within(component: &str, ancestor: &str) -> bool {
    ancestor.is_empty()
        || component
            .strip_prefix(ancestor)
            .is_some_and(|tail| tail.is_empty() || tail.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_become_dotted_names() {
        assert_eq!(
            of_target("pantry_registry::schema::sqlite"),
            "pantry.registry.schema.sqlite"
        );
        assert_eq!(of_target("pantry::cmd::create"), "pantry.cmd.create");
        assert_eq!(of_target("tokio_postgres::client"), "tokio_postgres.client");
    }

    #[test]
    fn reference_names_reach_the_room_that_does_the_work() {
        assert_eq!(of_user("lsst.daf.butler"), "pantry");
        assert_eq!(
            of_user("lsst.daf.butler.registry.versions"),
            "pantry.registry.versions"
        );
        assert_eq!(
            of_user("lsst.daf.butler.registryx"),
            "lsst.daf.butler.registryx"
        );
        assert_eq!(of_user("lsst.obs.base"), "lsst.obs.base");
        assert_eq!(of_user("."), "");
        assert_eq!(of_user("pantry_datastore::posix"), "pantry.datastore.posix");
    }

    #[test]
    fn ancestors_end_at_a_dot() {
        assert!(is_within("pantry.registry", "pantry"));
        assert!(is_within("pantry", "pantry"));
        assert!(is_within("anything", ""));
        assert!(!is_within("pantryfoo", "pantry"));
    }
}
