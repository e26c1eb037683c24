//! A share of the files, the same for the same seed.

/// Which files are looked at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// From 0 to 1.
    pub share: f64,
    /// Another seed is another sample.
    pub seed: u64,
}

impl Sample {
    /// Whether the file at this path is one of them. What else is in the repo does not matter.
    pub fn has(&self, key: &str) -> bool {
        let hash = spread(key.bytes().fold(spread(self.seed), |hash, byte| {
            // FNV-1a: never to be changed, or a sample would not be the same again.
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        }));
        let place = (hash >> 11) as f64 / (1_u64 << 53) as f64;
        place < self.share
    }
}

/// Every bit of the result depends on every bit of `x` (the finish of SplitMix64).
fn spread(x: u64) -> u64 {
    let x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_share_is_that_and_seeds_differ() {
        let names: Vec<String> = (0..20_000).map(|n| format!("runs/a/{n}.fits")).collect();
        let take = |share, seed| -> Vec<&String> {
            let sample = Sample { share, seed };
            names.iter().filter(|name| sample.has(name)).collect()
        };
        // Binomial: within six standard deviations.
        for (share, deviation) in [(0.01, 14.1), (0.5, 70.7)] {
            let taken: HashSet<_> = take(share, 1).into_iter().collect();
            let found = taken.len() as f64;
            assert!(
                (found - share * 20_000.0).abs() < 6.0 * deviation,
                "{found}"
            );
            let small: Vec<_> = take(share / 2.0, 1);
            assert!(small.iter().all(|name| taken.contains(name)));
        }
        assert_eq!((take(0.0, 1).len(), take(1.0, 1).len()), (0, 20_000));
        assert_ne!(take(0.1, 1), take(0.1, 2));
    }

    /// A sample that was taken years ago can be taken again. Expected: SplitMix64's first number after the seed 0.
    #[test]
    fn it_is_the_same_for_ever() {
        assert_eq!(spread(0), 0xe220_a839_7b1d_cdaf);
    }
}
