//! The command line of Pantry: global options, logging, progress, output, and one file per verb in [`cmd`].
//!
//! Reading order: [`cli`] (what may be typed), [`options_file`] (`-@`), [`log`], [`context`] (what a verb is
//! given), [`cmd`] (the verbs), [`failure`] (how errors become exit codes), [`query`] (what the query verbs share),
//! [`rows`] and [`table`] (results).
mod agreement;
pub mod cli;
pub mod cmd;
pub mod context;
#[cfg(test)]
mod dice;
pub mod failure;
pub mod html;
pub mod interrupt;
pub mod key_value;
pub mod log;
pub mod options_file;
mod prefixes;
pub mod progress;
pub mod query;
mod replicas;
pub mod repo;
pub mod rows;
mod scrutiny;
pub mod state;
mod stores;
pub mod table;
pub mod transfer;
pub mod watch;
pub mod whole_file;

pub use cli::run;
