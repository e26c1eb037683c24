//! Compares HEALPix with lsst.sphgeom and hpgeom on random and adversarial cases; see `../oracle/healpix.py` for the lines.
//!
//! `PANTRY_SKY_SEED` and `PANTRY_SKY_HEALPIX` choose other cases or more of them.

use std::collections::BTreeMap;

use pantry_sky::{HealpixPixelization, RangeSet, Region, UnitVector3d, Vector3d};

use crate::oracle_process::for_each_line;

fn variable(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.into())
}

#[test]
fn pixels_are_those_of_the_reference() {
    let (seed, count) = (
        variable("PANTRY_SKY_SEED", "1"),
        variable("PANTRY_SKY_HEALPIX", "1500"),
    );
    let comparison = compare(&[&seed, &count]);
    println!("seed {seed}: {:?}", comparison.counts);
    assert!(
        comparison.differences.is_empty(),
        "{} answers differ, the first ones:\n{}",
        comparison.differences.len(),
        comparison.differences[..comparison.differences.len().min(20)].join("\n")
    );
    let count: usize = count.parse().expect("a number of cases");
    let regions: usize = comparison
        .counts
        .iter()
        .filter(|(kind, _)| kind.ends_with("envelope"))
        .map(|(_, n)| n)
        .sum();
    assert_eq!(regions, count);
    for class in [
        "Box",
        "Circle",
        "ConvexPolygon",
        "Ellipse",
        "UnionRegion",
        "IntersectionRegion",
    ] {
        let kind = format!("{class} envelope");
        assert!(comparison.counts.contains_key(&kind), "no {kind}");
    }
}

/// What the module says of NumPy on processors with AVX-512 stays true: only polygons differ, and few of them.
#[test]
fn only_polygons_depend_on_the_processor_of_the_reference() {
    let seed = variable("PANTRY_SKY_SEED", "1");
    let comparison = compare(&[&seed, "200", "native"]);
    println!(
        "of {:?} differ {:?}",
        comparison.counts, comparison.differences
    );
    for difference in &comparison.differences {
        assert!(difference.starts_with("ConvexPolygon"), "{difference}");
    }
    assert!(
        comparison.differences.len() <= 10,
        "{:#?}",
        comparison.differences
    );
}

#[test]
fn levels_and_pixels_that_do_not_exist_are_refused() {
    assert!(HealpixPixelization::new(17).is_ok());
    assert!(HealpixPixelization::new(18).is_err());
    let healpix = HealpixPixelization::new(3).expect("a level");
    assert!(healpix.pixel(767).is_ok());
    assert!(healpix.pixel(768).is_err());
}

fn compare(arguments: &[&str]) -> Comparison {
    let mut comparison = Comparison::default();
    for_each_line("healpix.py", arguments, |line| comparison.line(line));
    comparison
}

#[derive(Default)]
struct Comparison {
    counts: BTreeMap<String, usize>,
    differences: Vec<String>,
}

impl Comparison {
    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let level = words[1].parse().expect("a level");
        let healpix = HealpixPixelization::new(level).expect("a level");
        match (words[0], &words[2..]) {
            ("U", [universe]) => {
                self.same("universe", line, &ranges(&healpix.universe()), universe)
            }
            ("G", [region, envelope, interior]) => {
                let region = Region::from_hex(region).expect("a region of the reference");
                let class = region.class_name();
                let got = outcome(healpix.envelope(&region).map(|r| ranges(&r)));
                self.same(&format!("{class} envelope"), line, &got, envelope);
                let got = outcome(healpix.interior(&region).map(|r| ranges(&r)));
                self.same(&format!("{class} interior"), line, &got, interior);
            }
            ("I", [vector, expected]) => {
                let got = healpix.index(&unit(vector)).to_string();
                self.same("index", line, &got, expected);
            }
            ("P", [index, polygon, name]) => {
                let index = index.parse().expect("a number");
                let got = outcome(healpix.pixel(index).map(|p| Region::from(p).to_hex()));
                self.same("pixel", line, &got, polygon);
                self.same("name", line, &healpix.to_string(index), name);
            }
            _ => panic!("cannot read the line {line}"),
        }
    }

    fn same(&mut self, kind: &str, line: &str, got: &str, expected: &str) {
        *self.counts.entry(kind.to_owned()).or_default() += 1;
        if got != expected {
            let short = |s: &str| s.chars().take(400).collect::<String>();
            self.differences.push(format!(
                "{kind}: {}\n  ours   {}\n  theirs {}",
                short(line),
                short(got),
                short(expected)
            ));
        }
    }
}

fn outcome<E>(result: Result<String, E>) -> String {
    result.unwrap_or_else(|_| "!".into())
}

fn ranges(set: &RangeSet) -> String {
    if set.is_empty() {
        return "-".into();
    }
    let each: Vec<String> = set.iter().map(|(b, e)| format!("{b}:{e}")).collect();
    each.join(",")
}

fn unit(hex: &str) -> UnitVector3d {
    let number = |i: usize| {
        let bits = u64::from_str_radix(&hex[16 * i..16 * (i + 1)], 16).expect("hexadecimal digits");
        f64::from_bits(bits.swap_bytes())
    };
    UnitVector3d::from_normalized(Vector3d::new(number(0), number(1), number(2)))
}
