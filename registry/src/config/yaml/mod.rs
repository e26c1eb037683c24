//! YAML as PyYAML reads and writes it.

mod analysis;
mod anchors;
mod compose;
mod emit;
mod one_line;
mod quoted;
mod scalar;

pub(super) use compose::{ComposeError, compose};
pub(super) use emit::emit;
pub use emit::float_text as yaml_float;
pub use one_line::yaml_text;
