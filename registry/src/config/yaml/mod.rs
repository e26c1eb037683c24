//! YAML as PyYAML reads and writes it.

mod analysis;
mod anchors;
mod compose;
mod emit;
mod quoted;
mod scalar;

pub(super) use compose::{ComposeError, compose};
pub(super) use emit::emit;
