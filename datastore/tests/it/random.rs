//! Reproducible pseudo-random choices for generated cases.

/// A small generator (SplitMix64); every test seeds its own.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("small")
    }

    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// Up to `longest` pieces of `pieces` in a row.
    pub fn text(&mut self, pieces: &[&str], longest: usize) -> String {
        (0..self.below(longest + 1))
            .map(|_| *self.pick(pieces))
            .collect()
    }
}
