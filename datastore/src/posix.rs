//! Path text the way Python's `posixpath` treats it; nothing here touches a file system.

/// `posixpath.split`: folder and file name, without the slashes between them.
pub(crate) fn split(path: &str) -> (&str, &str) {
    let at = path.rfind('/').map_or(0, |slash| slash + 1);
    let (head, tail) = path.split_at(at);
    let trimmed = head.trim_end_matches('/');
    (if trimmed.is_empty() { head } else { trimmed }, tail)
}

/// `posixpath.join` of two parts.
pub(crate) fn join(head: &str, tail: &str) -> String {
    if tail.starts_with('/') || head.is_empty() {
        tail.to_owned()
    } else if head.ends_with('/') {
        format!("{head}{tail}")
    } else {
        format!("{head}/{tail}")
    }
}

/// `posixpath.normpath`: no empty parts, no `.`, and `..` taken back where something stands before it.
/// Two leading slashes are kept, as POSIX allows.
pub(crate) fn normpath(path: &str) -> String {
    if is_normal(path) {
        return path.to_owned();
    }
    let slashes = match path.len() - path.trim_start_matches('/').len() {
        0 => 0,
        2 => 2,
        _ => 1,
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
    {
        let can_go_up = parts.last().is_some_and(|last| *last != "..");
        if part == ".." && can_go_up {
            parts.pop();
        } else if part != ".." || slashes == 0 {
            parts.push(part);
        }
    }
    let normal = format!("{}{}", "/".repeat(slashes), parts.join("/"));
    if normal.is_empty() {
        ".".to_owned()
    } else {
        normal
    }
}

/// Whether [`normpath`] would return `path` itself; true for nearly every recorded path.
pub(crate) fn is_normal(path: &str) -> bool {
    let relative = path.strip_prefix('/').unwrap_or(path);
    !relative.is_empty()
        && relative
            .split('/')
            .all(|part| !matches!(part, "" | "." | ".."))
}

/// `posixpath.relpath(path, "/")` for an absolute path; others stay as they are.
pub(crate) fn relative(path: &str) -> String {
    match path.trim_start_matches('/') {
        "" if !path.is_empty() => ".".to_owned(),
        rest => rest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Expected values: posixpath of CPython 3.11.
    #[test]
    fn agrees_with_posixpath() {
        for (path, normal) in [
            ("", "."),
            ("/", "/"),
            ("//", "//"),
            ("///a", "/a"),
            ("//a/../b", "//b"),
            ("a/./b//c/", "a/b/c"),
            ("../a/..", ".."),
            ("/../a", "/a"),
            ("a/..", "."),
            ("a/../..", ".."),
        ] {
            assert_eq!(normpath(path), normal, "{path}");
        }
        for (path, parts) in [
            ("a/b", ("a", "b")),
            ("a//b", ("a", "b")),
            ("//b", ("//", "b")),
            ("b", ("", "b")),
            ("a/", ("a", "")),
        ] {
            assert_eq!(split(path), parts, "{path}");
        }
        assert_eq!(join("a", ""), "a/");
        assert_eq!(join("a", "/b"), "/b");
        assert_eq!(relative("//a/b"), "a/b");
    }
}
