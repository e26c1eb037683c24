//! For tests: generated values.

/// Numbers that look random and are the same every time.
pub struct Dice(pub u64);

impl Dice {
    /// A whole number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    /// A text of up to `longest` characters of an alphabet.
    pub fn text(&mut self, alphabet: &str, longest: u64) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..self.below(longest + 1))
            .map(|_| alphabet[self.below(alphabet.len() as u64) as usize])
            .collect()
    }
}
