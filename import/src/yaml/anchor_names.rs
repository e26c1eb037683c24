//! Anchor names and their numbers.

use std::collections::HashMap;

/// Numbers anchors in the order of their definition, in little memory for the names that PyYAML makes (`id001`).
#[derive(Debug, Default)]
pub(super) struct AnchorNames {
    /// Number of the anchor `id<index>`; 0 where there is none.
    numbered: Vec<u32>,
    named: HashMap<Box<str>, u32>,
    count: u32,
    name_bytes: usize,
}

/// PyYAML numbers anchors by their first alias, so numbers run ahead of definitions, but not beyond their total.
const NUMBERS_AHEAD: usize = 1 << 16;

impl AnchorNames {
    /// Defines an anchor and gives its number from 1; `None` if the name was defined before.
    pub(super) fn define(&mut self, name: &str) -> Option<usize> {
        if self.find(name).is_some() {
            return None;
        }
        self.count += 1;
        match pyyaml_number(name) {
            Some(number)
                if number
                    < self
                        .numbered
                        .len()
                        .max(2 * self.count as usize + NUMBERS_AHEAD) =>
            {
                if number >= self.numbered.len() {
                    self.numbered.resize(number + 1, 0);
                }
                self.numbered[number] = self.count;
            }
            _ => {
                self.name_bytes += name.len() + 48;
                self.named.insert(name.into(), self.count);
            }
        }
        Some(self.count as usize)
    }

    /// The number of an anchor.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let numbered = pyyaml_number(name).and_then(|number| self.numbered.get(number).copied());
        match numbered {
            Some(found) if found > 0 => Some(found as usize),
            _ => self.named.get(name).map(|found| *found as usize),
        }
    }

    /// Memory taken by names, in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.name_bytes + self.numbered.len() * size_of::<u32>()
    }
}

/// The number in `id001`, `id1234`: at least three digits, no more zeros in front than that.
fn pyyaml_number(name: &str) -> Option<usize> {
    let digits = name.strip_prefix("id")?;
    let canonical = digits.len() == 3 || (digits.len() > 3 && !digits.starts_with('0'));
    if !canonical || digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}
