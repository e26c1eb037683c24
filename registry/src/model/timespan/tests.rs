//! Timespans compared with the Python Butler's.

use super::Timespan;
use crate::model::time::{TaiNs, oracle::python};

/// Bounds that meet, cross and touch the limits; in nanoseconds.
const BOUNDS: [i64; 9] = [
    0,
    1,
    1_000_000_000,
    1_000_000_001,
    1_500_000_000_123_456_789,
    1_500_000_059_999_999_600,
    4_102_444_799_999_999_998,
    4_102_444_799_999_999_999,
    4_102_444_800_000_000_000,
];

const SETUP: &str = r#"
import sys, warnings, yaml
warnings.simplefilter("ignore")
from lsst.daf.butler import Timespan
from lsst.daf.butler.time_utils import TimeConverter
B = [0, 1, 1_000_000_000, 1_000_000_001, 1_500_000_000_123_456_789, 1_500_000_059_999_999_600,
     4_102_444_799_999_999_998, 4_102_444_799_999_999_999, 4_102_444_800_000_000_000]
T = TimeConverter().nsec_to_astropy
def spans():
    return [Timespan(None, None, _nsec=(a, b)) for a in B for b in B]
"#;

fn spans() -> Vec<Timespan> {
    BOUNDS
        .iter()
        .flat_map(|a| BOUNDS.iter().map(|b| Timespan::from_ns(*a, *b)))
        .collect()
}

fn compare(program: &str, ours: Vec<String>) {
    let theirs = python(&format!("{SETUP}{program}"), "");
    let theirs: Vec<&str> = theirs.lines().collect();
    assert_eq!(theirs.len(), ours.len());
    for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert_eq!(ours, theirs, "case {index}");
    }
}

#[test]
fn constructs_as_the_reference() {
    let mut ours = Vec::new();
    let bounds: Vec<Option<TaiNs>> = BOUNDS
        .iter()
        .map(|ns| Some(TaiNs(*ns)))
        .chain([None])
        .collect();
    let show = |span: Result<Timespan, _>| match span {
        Ok(span) => format!("{} {}", span.ns().0, span.ns().1),
        Err(_) => "error".to_owned(),
    };
    for begin in &bounds {
        ours.extend(bounds.iter().map(|end| show(Timespan::new(*begin, *end))));
    }
    for ns in &BOUNDS[..8] {
        ours.push(show(Timespan::from_instant(TaiNs(*ns))));
    }
    for day in [
        19_700_101,
        20_240_229,
        20_230_229,
        20_241_301,
        19_691_231,
        20_991_231,
        20_210_909,
        100_000_000,
        7,
    ] {
        ours.extend(
            [0, 43_200, -43_200, 1].map(|offset| show(Timespan::from_day_obs(day, offset))),
        );
    }
    let program = r#"
def show(f):
    try:
        print(*f().nsec)
    except ValueError:
        print("error")
times = [T(ns) for ns in B] + [None]
for begin in times:
    for end in times:
        show(lambda: Timespan(begin, end))
for ns in B[:8]:
    show(lambda: Timespan.fromInstant(T(ns)))
for day in [19700101, 20240229, 20230229, 20241301, 19691231, 20991231, 20210909, 100000000, 7]:
    for offset in [0, 43200, -43200, 1]:
        show(lambda: Timespan.from_day_obs(day, offset))
"#;
    compare(program, ours);
}

#[test]
fn relates_as_the_reference() {
    let all = spans();
    let mut ours = Vec::new();
    for a in &all {
        for b in &all {
            let pieces: Vec<String> = a
                .difference(*b)
                .map(|piece| format!("{}:{}", piece.ns().0, piece.ns().1))
                .collect();
            let common = a.intersection(*b).ns();
            let flags = [
                a.overlaps(*b),
                a.contains(*b),
                a.is_before(*b),
                a.is_after(*b),
            ]
            .map(u8::from);
            ours.push(format!(
                "{flags:?} {} {} {}",
                common.0,
                common.1,
                pieces.join(",")
            ));
        }
        for ns in BOUNDS {
            let instant = TaiNs(ns);
            let flags = [
                a.contains_instant(instant),
                a.is_before_instant(instant),
                a.is_after_instant(instant),
            ];
            ours.push(format!("{:?}", flags.map(u8::from)));
        }
    }
    let program = r#"
times = [T(ns) for ns in B]
for a in spans():
    for b in spans():
        pieces = ",".join(f"{p.nsec[0]}:{p.nsec[1]}" for p in a.difference(b))
        flags = [int(x) for x in (a.overlaps(b), a.contains(b), a < b, a > b)]
        print(flags, *a.intersection(b).nsec, pieces, sep=" ")
    for t in times:
        print([int(x) for x in (a.contains(t), a < t, a > t)])
"#;
    compare(program, ours);
}

#[test]
fn shows_and_writes_as_the_reference() {
    let mut ours = Vec::new();
    for span in spans() {
        ours.push(span.to_string());
        ours.extend(format!("x: {}", span.to_yaml(2)).lines().map(str::to_owned));
        ours.push(
            format!("{:?}", (span.begin().map(|t| t.0), span.end().map(|t| t.0)))
                .replace("Some", ""),
        );
    }
    let program = r#"
def ns(t):
    return f"({TimeConverter().astropy_to_nsec(t)})" if t is not None and t is not Timespan.EMPTY else "None"
for s in spans():
    print(s)
    print(yaml.dump({"x": s}, sort_keys=False, width=1000).strip())
    print(f"({ns(s.begin)}, {ns(s.end)})")
"#;
    compare(program, ours);
}
