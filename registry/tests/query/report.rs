//! What a run of many queries found.

use std::collections::BTreeMap;
use std::fmt;

use crate::generator::Case;
use crate::judge::Verdict;

/// Numbers of verdicts by what was asked, and the disagreements.
#[derive(Debug, Default)]
pub struct Report {
    pub agree: BTreeMap<&'static str, usize>,
    /// By why we may.
    pub surpass: BTreeMap<&'static str, usize>,
    pub skipped: usize,
    pub unanswered: usize,
    pub differ: Vec<String>,
}

impl Report {
    /// Note a verdict.
    pub fn add(&mut self, case: &Case, asked: &'static str, verdict: Verdict) {
        match verdict {
            Verdict::Agree => *self.agree.entry(asked).or_default() += 1,
            Verdict::Surpass(why) => *self.surpass.entry(why).or_default() += 1,
            Verdict::Skipped => self.skipped += 1,
            Verdict::Unanswered => self.unanswered += 1,
            Verdict::Differ(why) => {
                let texts: Vec<&str> = case.texts.iter().map(|(t, _)| t.text.as_str()).collect();
                let found = format!(
                    "{asked} of {}: {why}\nwhere {texts:?}\n{}",
                    case.name, case.json
                );
                // Long runs are not always seen to their end.
                eprintln!("DIFFER {found}");
                self.differ.push(found);
            }
        }
    }

    /// Take in what was found on a repository.
    pub fn join(&mut self, repo: &str, other: Self) {
        for (asked, number) in other.agree {
            *self.agree.entry(asked).or_default() += number;
        }
        for (why, number) in other.surpass {
            *self.surpass.entry(why).or_default() += number;
        }
        self.skipped += other.skipped;
        self.unanswered += other.unanswered;
        let differ = other.differ.into_iter();
        self.differ
            .extend(differ.map(|why| format!("{repo}, {why}")));
    }

    /// Nothing differed.
    #[track_caller]
    pub fn assert_agreement(&self) {
        const SHOWN: usize = 10;
        let first: Vec<&str> = self.differ.iter().take(SHOWN).map(String::as_str).collect();
        assert!(
            first.is_empty(),
            "{self}; the first {}:\n\n{}",
            first.len(),
            first.join("\n\n")
        );
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "agree {:?}, surpass {:?}, skipped {}, unanswered {}, differ {}",
            self.agree,
            self.surpass,
            self.skipped,
            self.unanswered,
            self.differ.len()
        )
    }
}
