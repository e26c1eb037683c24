//! Which files may be ingested, and why others may not.

use super::finding::Problem;

/// What is held against each file, as a set of problems.
#[derive(Debug, Clone, Default)]
pub struct Verdicts {
    problems: Vec<u32>,
    /// Files of children whose director is not accepted.
    orphaned: Vec<bool>,
}

/// Whether a file may be ingested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It may.
    Accepted,
    /// It may not, for these problems; none if only a file of the director that it refers to may not.
    Rejected(Vec<Problem>),
}

impl Verdicts {
    pub(super) fn new(files: usize) -> Self {
        Self {
            problems: vec![0; files],
            orphaned: vec![false; files],
        }
    }

    pub(super) fn add(&mut self, file: usize, problem: Problem) {
        self.problems[file] |= problem.bit();
    }

    pub(super) fn orphan(&mut self, file: usize) {
        self.orphaned[file] = true;
    }

    /// Whether nothing is held against a file itself.
    pub fn is_sound(&self, file: usize) -> bool {
        self.problems[file] == 0
    }

    /// Of a file, by its number in the order in which files were told.
    pub fn of(&self, file: usize) -> Verdict {
        let is_held = |problem: &Problem| self.problems[file] & problem.bit() != 0;
        let problems: Vec<Problem> = Problem::ALL.into_iter().filter(is_held).collect();
        match problems.is_empty() && !self.orphaned[file] {
            true => Verdict::Accepted,
            false => Verdict::Rejected(problems),
        }
    }
}
