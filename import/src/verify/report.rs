//! Where findings go while a verification runs.

use super::finding::Finding;
use super::position::{Counts, Position};
use crate::Error;

/// Told what a verification finds and how far it is. All of a position's findings come before it.
pub trait VerifyWatch {
    /// Something is wrong.
    ///
    /// # Errors
    /// An error ends the verification.
    fn finding(&mut self, finding: &Finding) -> Result<(), Error>;

    /// Everything before `position` is done; a verification may start there.
    ///
    /// # Errors
    /// An error ends the verification.
    fn checkpoint(&mut self, position: &Position, counts: &Counts) -> Result<(), Error>;

    /// Which of the files at these keys need not be looked at. A key is a path below the root, an absolute path or a URI.
    ///
    /// # Errors
    /// An error ends the verification.
    fn known(&mut self, keys: &[&str]) -> Result<Vec<bool>, Error>;

    /// The files at these keys were looked at and found sound.
    ///
    /// # Errors
    /// An error ends the verification.
    fn sound(&mut self, keys: &[&str]) -> Result<(), Error>;

    /// A step begins, of so many things if that is known.
    fn step(&mut self, name: &'static str, total: Option<u64>);

    /// So many more things of the step are done.
    fn advance(&mut self, count: u64);
}

/// Counts on the way to the watch.
pub(super) struct Report<'a> {
    pub watch: &'a mut dyn VerifyWatch,
    pub counts: Counts,
}

impl Report<'_> {
    pub fn add(&mut self, finding: &Finding) -> Result<(), Error> {
        self.counts.findings += 1;
        self.watch.finding(finding)
    }

    pub fn checkpoint(&mut self, position: Position) -> Result<(), Error> {
        self.watch.checkpoint(&position, &self.counts)
    }
}
