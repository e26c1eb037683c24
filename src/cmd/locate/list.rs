//! Lists of files for `--files-from` of rclone and rsync.
use pantry_datastore::{Location, ResourcePath};

use crate::failure::Failure;

/// A program that reads lists of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// `rclone --files-from FILE`
    Rclone,
    /// `rsync --files-from=FILE`
    Rsync,
}

impl Program {
    /// The line for a path, which both programs would take for a comment or trim in some cases.
    ///
    /// # Errors
    /// A path that no line can say.
    pub fn line(self, path: &str) -> Result<String, Failure> {
        if path.contains(['\n', '\r']) || path.ends_with(char::is_whitespace) {
            return Err(Failure::error(format!(
                "the name of the file {path:?} cannot be written into a list: it has a line break, or white space at its end"
            )));
        }
        let is_special = path.starts_with(['#', ';']) || path.starts_with(char::is_whitespace);
        Ok(match (self, is_special) {
            (_, false) => path.to_owned(),
            (Program::Rclone, true) => format!("/{path}"),
            (Program::Rsync, true) => format!("./{path}"),
        })
    }
}

/// The path of a file below a folder, plain; `None` if it is elsewhere.
pub fn below(location: &Location, root: &ResourcePath) -> Option<String> {
    if let (Some(file), Some(folder)) = (location.local_path(), root.local_path()) {
        let path = file.strip_prefix(folder).ok()?;
        return Some(path.to_str()?.to_owned());
    }
    let relative = location.uri().relative_to(root)?;
    Some(ResourcePath::parse(&relative).ok()?.path().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_like_comments_are_written_otherwise() {
        let line = |program: Program, path| program.line(path).ok();
        assert_eq!(line(Program::Rsync, "a b/c").as_deref(), Some("a b/c"));
        assert_eq!(line(Program::Rsync, "#1").as_deref(), Some("./#1"));
        assert_eq!(line(Program::Rclone, ";1").as_deref(), Some("/;1"));
        assert_eq!(line(Program::Rclone, " 1").as_deref(), Some("/ 1"));
        assert_eq!(line(Program::Rclone, "1 "), None);
        assert_eq!(line(Program::Rsync, "a\nb"), None);
    }
}
