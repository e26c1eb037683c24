//! Compares everything with lsst.sphgeom on random and adversarial cases; see `../oracle/regions.py` for the lines.
//!
//! `PANTRY_SKY_SEED` and `PANTRY_SKY_CLUSTERS` choose other cases or more of them.

use std::collections::BTreeMap;
use std::fmt::Display;

use pantry_sky::{
    Angle, Box3d, Circle, ConvexPolygon, Ellipse, HtmPixelization, LonLat, LonLatBox, Pixelization,
    RangeSet, Region, SkyError, UnitVector3d, Vector3d, orientation,
};

use crate::oracle_process::for_each_line;

#[test]
fn regions_and_pixels_are_those_of_sphgeom() {
    let variable =
        |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.into());
    let (seed, clusters) = (
        variable("PANTRY_SKY_SEED", "1"),
        variable("PANTRY_SKY_CLUSTERS", "420"),
    );
    let mut comparison = Comparison::default();
    for_each_line("regions.py", &[&seed, &clusters], |line| {
        comparison.line(line)
    });
    let values: usize = comparison.counts.values().sum();
    println!(
        "seed {seed}: {} cases, {values} values: {:?}",
        comparison.cases, comparison.counts
    );
    assert!(
        comparison.differences.is_empty(),
        "{} values differ from sphgeom's, the first ones:\n{}",
        comparison.differences.len(),
        comparison.differences[..comparison.differences.len().min(20)].join("\n")
    );
    if clusters == "420" {
        assert!(
            comparison.cases >= 100_000,
            "only {} cases",
            comparison.cases
        );
        assert!(
            comparison.counts["htm7 envelope"] >= 5_000,
            "{:?}",
            comparison.counts
        );
    }
}

#[derive(Default)]
struct Comparison {
    regions: Vec<Region>,
    cases: usize,
    counts: BTreeMap<&'static str, usize>,
    differences: Vec<String>,
}

impl Comparison {
    fn line(&mut self, line: &str) {
        let words: Vec<&str> = line
            .split(' ')
            .map(|word| if word == "-" { "" } else { word })
            .collect();
        if words[0] == "#" {
            return;
        }
        self.cases += 1;
        match (words[0], &words[1..]) {
            ("R", [hex, expected @ ..]) => self.region(hex, expected),
            ("P", [i, j, expected @ ..]) => self.pair(line, index(i), index(j), expected),
            ("V", [i, v, expected @ ..]) => self.point(line, index(i), &unit(v), expected),
            ("E", [i, level, max_ranges, expected @ ..]) => {
                let htm = htm(level.parse().expect("a level"));
                self.pixels(line, index(i), htm, index(max_ranges), expected);
            }
            ("H", [points, expected]) => {
                let points: Vec<UnitVector3d> = doubles(points).chunks(3).map(unit_of).collect();
                let got =
                    outcome(ConvexPolygon::convex_hull(&points).map(|p| Region::from(p).to_hex()));
                self.same("hull", line, got, expected);
            }
            ("C", [kind, numbers, expected]) => {
                let got = outcome(construct(kind, &doubles(numbers)).map(|r| r.to_hex()));
                self.same("construction", line, got, expected);
            }
            ("L", [numbers, from_degrees, unit, lon_lat]) => {
                self.lon_lat(line, numbers, from_degrees, unit, lon_lat)
            }
            ("X", [bytes, expected]) => {
                let got = outcome(Region::decode(&bytes_of(bytes)).map(|r| r.to_hex()));
                self.same("damaged bytes", line, got, expected);
            }
            ("B", [text, expected]) => {
                let got = outcome(Region::from_base64(text).map(|r| r.to_hex()));
                self.same("base64", line, got, expected);
            }
            ("Y", [text, expected]) => {
                let got = outcome(Region::from_hex(&text.replace('_', " ")).map(|r| r.to_hex()));
                self.same("hexadecimal", line, got, expected);
            }
            ("O", [text, expected]) => {
                let got = outcome(Region::overlaps_base64(text).map(tristate));
                self.same("overlaps in base64", line, got, expected);
            }
            ("N", [points, expected]) => {
                let v: Vec<UnitVector3d> = doubles(points).chunks(3).map(unit_of).collect();
                self.same(
                    "orientation",
                    line,
                    orientation(&v[0], &v[1], &v[2]),
                    expected,
                );
            }
            ("T", [i, expected @ ..]) => self.trixel(line, i.parse().expect("an index"), expected),
            _ => panic!("unknown line {line}"),
        }
    }

    fn pair(&mut self, line: &str, i: usize, j: usize, expected: &[&str]) {
        let (a, b) = (&self.regions[i], &self.regions[j]);
        let got = (
            a.relate(b).bits(),
            tristate(a.overlaps(b)),
            flag(a.contains_region(b)),
        );
        self.same("relate", line, got.0, expected[0]);
        self.same("overlaps", line, got.1, expected[1]);
        self.same("contains region", line, got.2, expected[2]);
    }

    fn point(&mut self, line: &str, i: usize, v: &UnitVector3d, expected: &[&str]) {
        let contains = flag(self.regions[i].contains(v));
        self.same("contains point", line, contains, expected[0]);
        self.same("htm7 index", line, htm(7).index(v), expected[1]);
        self.same("htm20 index", line, htm(20).index(v), expected[2]);
    }

    fn pixels(
        &mut self,
        line: &str,
        i: usize,
        htm: HtmPixelization,
        max_ranges: usize,
        expected: &[&str],
    ) {
        let r = &self.regions[i];
        let envelope = ranges(&htm.envelope_with_max_ranges(r, max_ranges));
        let interior = ranges(&htm.interior_with_max_ranges(r, max_ranges));
        let counted_as = match htm.level() {
            7 => ("htm7 envelope", "htm7 interior"),
            _ => ("other envelope", "other interior"),
        };
        self.same(counted_as.0, line, envelope, expected[0]);
        self.same(counted_as.1, line, interior, expected[1]);
    }

    fn trixel(&mut self, line: &str, i: u64, expected: &[&str]) {
        let level = HtmPixelization::level_of(i).map_or("-1".into(), |l| l.to_string());
        self.same("htm level", line, level, expected[0]);
        let triangle = outcome(HtmPixelization::triangle(i).map(|p| Region::from(p).to_hex()));
        self.same("htm triangle", line, triangle, expected[1]);
        self.same(
            "htm name",
            line,
            outcome(HtmPixelization::as_string(i)),
            expected[2],
        );
    }

    fn region(&mut self, hex: &str, expected: &[&str]) {
        let [base64, tag, empty, bbox, circle, box3d, centroid] = expected else {
            panic!("seven more words")
        };
        let r = Region::from_hex(hex).expect("encoded by the oracle");
        self.same("encoding", hex, r.to_hex(), hex);
        self.same("base64", hex, r.to_base64(), base64);
        self.same("yaml tag", hex, format!("!<{}>", r.yaml_tag()), tag);
        assert!(Region::is_yaml_tag(&r.yaml_tag()) && !Region::is_yaml_tag(r.class_name()));
        self.same("is_empty", hex, flag(r.is_empty()), empty);
        self.same(
            "bounding box",
            hex,
            Region::from(r.bounding_box()).to_hex(),
            bbox,
        );
        self.same(
            "bounding circle",
            hex,
            outcome(r.bounding_circle().map(|c| Region::from(c).to_hex())),
            circle,
        );
        self.same(
            "bounding box3d",
            hex,
            outcome(r.bounding_box3d().map(|b| box3d_hex(&b))),
            box3d,
        );
        if let Region::ConvexPolygon(p) = &r {
            self.same(
                "centroid",
                hex,
                outcome(p.centroid().map(|v| unit_hex(&v))),
                centroid,
            );
        }
        self.regions.push(r);
    }

    fn lon_lat(
        &mut self,
        line: &str,
        numbers: &str,
        from_degrees: &str,
        unit: &str,
        lon_lat: &str,
    ) {
        let [lon, lat, x, y, z] = doubles(numbers)[..] else {
            panic!("five numbers")
        };
        let got = outcome(
            LonLat::from_degrees(lon, lat).map(|p| unit_hex(&UnitVector3d::from_lon_lat(&p))),
        );
        self.same("unit vector of degrees", line, got, from_degrees);
        let v = UnitVector3d::new(x, y, z).expect("not zero");
        self.same("unit vector", line, unit_hex(&v), unit);
        let p = LonLat::from_vector(v.as_vector());
        self.same(
            "lon lat",
            line,
            hex(&[p.lon().as_radians(), p.lat().as_radians()]),
            lon_lat,
        );
    }

    fn same(&mut self, what: &'static str, case: &str, got: impl Display, expected: &str) {
        *self.counts.entry(what).or_default() += 1;
        let got = got.to_string();
        if got != expected {
            let case: String = case.chars().take(300).collect();
            let parts: Vec<String> = case
                .split(' ')
                .skip(1)
                .take(2)
                .map(|word| self.describe(word))
                .collect();
            self.differences.push(format!(
                "{what}: got {got:.200}, expected {expected:.200}, in {case} {parts:?}"
            ));
        }
    }

    fn describe(&self, word: &str) -> String {
        let region = word.parse::<usize>().ok().and_then(|i| self.regions.get(i));
        region.map_or(String::new(), |r| {
            format!("{} {:.500}", r.class_name(), r.to_hex())
        })
    }
}

fn construct(kind: &str, n: &[f64]) -> Result<Region, SkyError> {
    let angle = |i: usize| Angle::from_radians(n[i]);
    Ok(match kind {
        "0" => LonLatBox::from_degrees(n[0], n[1], n[2], n[3])?.into(),
        "1" => LonLatBox::around(&LonLat::from_radians(n[0], n[1])?, angle(2), angle(3)).into(),
        "2" => Circle::new(unit_of(n), angle(3)).into(),
        "3" => Ellipse::from_foci(&unit_of(n), &unit_of(&n[3..]), angle(6))?.into(),
        _ => Ellipse::from_semi_axes(&unit_of(n), angle(3), angle(4), angle(5))?.into(),
    })
}

fn htm(level: u32) -> HtmPixelization {
    HtmPixelization::new(level).expect("a valid level")
}

fn index(word: &str) -> usize {
    word.parse().expect("a number")
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits = |i| u8::from_str_radix(&hex[i..i + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(digits).collect()
}

fn doubles(hex: &str) -> Vec<f64> {
    bytes_of(hex)
        .chunks(8)
        .map(|b| f64::from_le_bytes(b.try_into().expect("eight bytes")))
        .collect()
}

fn unit(hex: &str) -> UnitVector3d {
    unit_of(&doubles(hex))
}

fn unit_of(n: &[f64]) -> UnitVector3d {
    UnitVector3d::from_normalized(Vector3d::new(n[0], n[1], n[2]))
}

fn hex(numbers: &[f64]) -> String {
    numbers
        .iter()
        .flat_map(|n| n.to_le_bytes())
        .map(|b| format!("{b:02x}"))
        .collect()
}

fn unit_hex(v: &UnitVector3d) -> String {
    hex(&[v.x(), v.y(), v.z()])
}

fn box3d_hex(b: &Box3d) -> String {
    let sides = [b.x(), b.y(), b.z()];
    hex(&sides
        .iter()
        .flat_map(|i| [i.a(), i.b()])
        .collect::<Vec<_>>())
}

fn ranges(found: &RangeSet) -> String {
    found
        .iter()
        .map(|(begin, end)| format!("{begin}:{end}"))
        .collect::<Vec<_>>()
        .join(",")
}

fn flag(value: bool) -> &'static str {
    if value { "1" } else { "0" }
}

fn tristate(value: Option<bool>) -> String {
    value.map_or("?", flag).to_owned()
}

fn outcome(result: Result<String, SkyError>) -> String {
    result.unwrap_or_else(|_| "!".into())
}
