//! TDB - TT at the centre of the Earth (ERFA's `eraDtdb`): the time that a clock of the Solar System's centre would show.

use std::sync::LazyLock;

/// For each power of the time: amplitude, frequency, phase of the terms.
static TERMS: LazyLock<Vec<Vec<[f64; 3]>>> = LazyLock::new(|| {
    let term = |line: &str| {
        let mut columns = line.split('\t').map_while(|column| column.parse().ok());
        // Dividing gives the double that the number with its exponent is.
        Some([
            columns.next().map(|amplitude: f64| amplitude / 1e6)?,
            columns.next()?,
            columns.next()?,
        ])
    };
    let blocks = include_str!("tdb_terms.tsv").split("\n\n");
    blocks
        .map(|block| block.lines().filter_map(term).collect())
        .collect()
});

/// Seconds by which TDB is ahead of TT, at a Julian date of either.
pub(super) fn tdb_minus_tt(jd1: f64, jd2: f64) -> f64 {
    let t = ((jd1 - 2_451_545.0) + jd2) / 365_250.0;
    let sum = |terms: &Vec<[f64; 3]>| {
        let terms = terms.iter().rev();
        terms.fold(0.0, |sum, [a, f, p]| sum + a * (f * t + p).sin())
    };
    let model = TERMS
        .iter()
        .rev()
        .fold(0.0, |value, terms| value * t + sum(terms));
    // Newer masses of the planets than the model's.
    let masses = 0.000_65e-6 * (6_069.776_754 * t + 4.021_194).sin()
        + 0.000_33e-6 * (213.299_095 * t + 5.543_132).sin()
        - 0.001_96e-6 * (6_208.294_251 * t + 5.696_701).sin()
        - 0.001_73e-6 * (74.781_599 * t + 2.435_900).sin()
        + 0.036_38e-6 * t * t;
    model + masses
}
