//! Sets of spatial or temporal families that joins connect (`_NaiveDisjointSet` of `queries/overlaps.py`).

/// Disjoint sets, the largest first.
#[derive(Debug, Clone)]
pub struct DisjointSet {
    subsets: Vec<Vec<String>>,
}

impl DisjointSet {
    /// Each of these alone.
    pub fn new(members: impl IntoIterator<Item = String>) -> Self {
        Self {
            subsets: members.into_iter().map(|m| vec![m]).collect(),
        }
    }

    /// Put two together; members that it does not have are left alone.
    pub fn merge(&mut self, a: &str, b: &str) {
        let find = |name: &str| {
            self.subsets
                .iter()
                .position(|s| s.iter().any(|m| m == name))
        };
        let (Some(i), Some(j)) = (find(a), find(b)) else {
            return;
        };
        if i == j {
            return;
        }
        let moved = self.subsets.remove(i.max(j));
        if let Some(kept) = self.subsets.get_mut(i.min(j)) {
            kept.extend(moved);
        }
        self.subsets.sort_by_key(|s| std::cmp::Reverse(s.len()));
    }

    /// The sets.
    pub fn subsets(&self) -> &[Vec<String>] {
        &self.subsets
    }
}
