//! Times compared with astropy as the Python Butler uses it.

use super::oracle::python;
use super::{TaiNs, TimeScale};

const PARSE: &str = r#"
import logging, sys, warnings
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
from astropy.time import Time
from lsst.daf.butler.time_utils import TimeConverter
for line in sys.stdin.read().splitlines():
    scale, text = line.split("|", 1)
    try:
        print(TimeConverter().astropy_to_nsec(Time(text, format="isot" if "T" in text else "iso", scale=scale)))
    except ValueError:
        print("error")
"#;

fn parse(line: &str) -> String {
    let (scale, text) = line.split_once('|').expect("scale|text");
    let scale = if scale == "utc" {
        TimeScale::Utc
    } else {
        TimeScale::Tai
    };
    let time = if text.contains('T') {
        TaiNs::parse_isot(text, scale)
    } else {
        TaiNs::parse_iso(text, scale)
    };
    time.map_or_else(|_| "error".to_owned(), |time| time.0.to_string())
}

/// A small generator, so that the cases are the same in every run.
fn next(state: &mut u64, below: u64) -> u64 {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % below
}

fn random_times() -> Vec<String> {
    let mut state = 20_261_121;
    let mut lines = Vec::new();
    for case in 0..4000 {
        let below = |state: &mut u64, limit| next(state, limit);
        let year = 1965 + below(&mut state, 140);
        let (month, day) = (1 + below(&mut state, 12), 1 + below(&mut state, 28));
        let (hour, minute, second) = (
            below(&mut state, 24),
            below(&mut state, 60),
            below(&mut state, 60),
        );
        let digits = below(&mut state, 14) as usize;
        let fraction: String = (0..digits)
            .map(|_| char::from(b'0' + below(&mut state, 10) as u8))
            .collect();
        let point = if digits > 0 { "." } else { "" };
        let scale = if case % 4 == 0 && digits <= 9 {
            "utc"
        } else {
            "tai"
        };
        let separator = if case % 3 == 0 { 'T' } else { ' ' };
        lines.push(format!(
            "{scale}|{year}-{month:02}-{day:02}{separator}{hour:02}:{minute:02}:{second:02}{point}{fraction}"
        ));
    }
    lines
}

fn chosen_times() -> Vec<String> {
    let mut lines: Vec<String> = [
        "2020-01-01",
        "2020-1-2",
        "2020-01-02 03:04",
        "2020-01-02 3:4:5",
        "2020-01-02 3:4:62",
        "2020-01-02 03:04:05.",
        "2020-01-02 03:04:05.1234567891",
        "2020-01-02 03:04:05.12345678950000",
        "2020-01-02 23:59:60",
        "2020-01-02 23:59:61.5",
        "2020-01-02 23:59:75",
        "2020-01-02 24:00:00",
        "2020-02-30 00:00:00",
        "2020-02-29",
        "2100-02-29",
        "2019-02-29",
        "2020-13-01",
        "2020-00-01",
        "2020-01-00",
        "0000-01-01 00:00:00",
        "9999-12-31",
        "1969-12-31 23:59:59.999999999",
        "1970-01-01 00:00:00.000000001",
        "2099-12-31 23:59:59.999999999",
        "2100-01-01 00:00:00.000000001",
        "2020-01-01T00:00:00.5",
        "2020-01-01 00:00:00Z",
        " 2020-01-01",
        "2020-01-01 ",
        "20200101",
        "2020-001",
        "2020-01-02 03",
        "2020-01-02 03:04.5",
        "+2020-01-01",
        "",
        "nonsense",
        "2020-01-02 03:60:00",
        "2016-12-31 23:59:60",
        "2016-12-31 23:59:60.5",
        "2017-01-01 00:00:00",
        "2016-12-31 12:00:00.123456789",
    ]
    .iter()
    .flat_map(|text| [format!("tai|{text}"), format!("utc|{text}")])
    .filter(|line| line != "utc|2020-01-01 00:00:00Z")
    .collect();
    // Around every leap second, and through the years before 1972 when UTC drifted.
    for year in 1970..2021 {
        for (month, day) in [(6, 30), (12, 31)] {
            lines.push(format!("utc|{year}-{month:02}-{day:02} 23:59:59.999999"));
            lines.push(format!("utc|{year}-{month:02}-{day:02} 12:00:00"));
            lines.push(format!("utc|{year}-{:02}-01 00:00:00", month % 12 + 1));
        }
    }
    lines
}

#[test]
fn parses_as_astropy() {
    let lines = [random_times(), chosen_times()].concat();
    let expected = python(PARSE, &lines.join("\n"));
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(expected.len(), lines.len());
    for (line, expected) in lines.iter().zip(expected) {
        // UTC before 1972 is a continuous function there; below a nanosecond its conversion rounds in double precision.
        let below_ns = line
            .rsplit_once('.')
            .is_some_and(|(_, digits)| digits.len() > 9);
        let inexact = line.starts_with("utc|")
            && (line.as_str() < "utc|1972" || below_ns)
            && expected != "error";
        if inexact {
            let (ours, theirs): (i64, i64) =
                (parse(line).parse().unwrap(), expected.parse().unwrap());
            assert!(
                (ours - theirs).abs() <= 1,
                "{line}: {ours} instead of {theirs}"
            );
        } else {
            assert_eq!(parse(line), expected, "{line}");
        }
    }
}

#[test]
fn writes_as_the_exporter() {
    let program = r#"
import sys, yaml
from lsst.daf.butler.time_utils import TimeConverter
for line in sys.stdin:
    print(yaml.dump(TimeConverter().nsec_to_astropy(int(line)), width=1000).strip())
"#;
    let mut state = 7;
    let mut times: Vec<i64> = vec![
        0,
        1,
        999_999_999,
        TaiNs::MAX.0,
        TaiNs::MAX.0 - 1,
        951_782_399_999_999_999,
    ];
    times.extend((0..2000).map(|_| {
        let seconds = next(&mut state, 4_102_444_800) as i64;
        seconds * 1_000_000_000 + next(&mut state, 1_000_000_000) as i64
    }));
    let input: Vec<String> = times.iter().map(i64::to_string).collect();
    let expected = python(program, &input.join("\n"));
    assert_eq!(expected.lines().count(), times.len());
    for (time, expected) in times.iter().zip(expected.lines()) {
        assert_eq!(
            format!("!butler_time/tai/iso '{}'", TaiNs(*time).iso()),
            expected,
            "{time}"
        );
    }
}

#[test]
fn takes_python_datetimes_as_utc() {
    let program = r#"
import logging, sys, warnings
from datetime import datetime, timedelta
logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")
from astropy.time import Time
from lsst.daf.butler.time_utils import TimeConverter
for line in sys.stdin:
    when = datetime(1970, 1, 1) + timedelta(microseconds=int(line))
    print(TimeConverter().astropy_to_nsec(Time(when, scale="utc")))
"#;
    let mut state = 99;
    let mut micros: Vec<i64> = vec![
        -1,
        63_072_000_000_000,
        1_483_228_799_999_999,
        1_483_228_800_000_000,
    ];
    micros.extend((0..1000).map(|_| {
        let seconds = 63_072_000 + next(&mut state, 4_000_000_000) as i64;
        seconds * 1_000_000 + next(&mut state, 1_000_000) as i64
    }));
    let input: Vec<String> = micros.iter().map(i64::to_string).collect();
    let expected = python(program, &input.join("\n"));
    for (micros, expected) in micros.iter().zip(expected.lines()) {
        assert_eq!(
            TaiNs::from_utc_micros(*micros).0.to_string(),
            expected,
            "{micros}"
        );
    }
}

#[test]
fn observing_day_of_an_instant() {
    let program = r#"
import sys
from astropy.time import TimeDelta
from lsst.daf.butler.time_utils import TimeConverter
for line in sys.stdin:
    ns, offset = map(int, line.split())
    date = TimeConverter().nsec_to_astropy(ns).tai
    if offset:
        date = date - TimeDelta(offset, format="sec", scale="tai")
    print(int(date.strftime("%Y%m%d")))
"#;
    let mut state = 5;
    let cases: Vec<(i64, i64)> = (0..500)
        .map(|_| {
            let ns = 86_400_000_000_000 * (1 + next(&mut state, 40_000) as i64)
                + next(&mut state, 3) as i64 * 1_000_000;
            (ns, (next(&mut state, 3) as i64 - 1) * 43_200)
        })
        .collect();
    let input: Vec<String> = cases
        .iter()
        .map(|(ns, offset)| format!("{ns} {offset}"))
        .collect();
    let expected = python(program, &input.join("\n"));
    for ((ns, offset), expected) in cases.iter().zip(expected.lines()) {
        assert_eq!(
            TaiNs(*ns).day_obs(*offset).to_string(),
            expected,
            "{ns} {offset}"
        );
    }
}
