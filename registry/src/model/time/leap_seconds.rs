//! TAI minus UTC: the leap seconds announced from 1972 to 2017, and the linear drift just before them.

use super::civil::days_from_civil;

/// First day (year, month, always day 1) on which TAI - UTC has the given whole number of seconds (IERS Bulletin C).
const STEPS: [(i64, u32, i64); 28] = [
    (1972, 1, 10),
    (1972, 7, 11),
    (1973, 1, 12),
    (1974, 1, 13),
    (1975, 1, 14),
    (1976, 1, 15),
    (1977, 1, 16),
    (1978, 1, 17),
    (1979, 1, 18),
    (1980, 1, 19),
    (1981, 7, 20),
    (1982, 7, 21),
    (1983, 7, 22),
    (1985, 7, 23),
    (1988, 1, 24),
    (1990, 1, 25),
    (1991, 1, 26),
    (1992, 7, 27),
    (1993, 7, 28),
    (1994, 7, 29),
    (1996, 1, 30),
    (1997, 7, 31),
    (1999, 1, 32),
    (2006, 1, 33),
    (2009, 1, 34),
    (2012, 7, 35),
    (2015, 7, 36),
    (2017, 1, 37),
];

/// TAI - UTC in nanoseconds at a UTC instant: a day since 1970-01-01 and nanoseconds into that day.
///
/// A leap second itself (23:59:60) counts with the day that it ends. Days before 1972 use the drift of 1968-1971;
/// everything earlier than 1970 is clamped by the caller anyway.
pub(super) fn tai_minus_utc(day: i64, ns_of_day: i64) -> i64 {
    let step = STEPS.iter().rev().find(|(year, month, _)| {
        days_from_civil(*year, *month, 1).is_some_and(|first| first <= day)
    });
    match step {
        Some((_, _, seconds)) => seconds * 1_000_000_000,
        None => {
            // 4.2131700 s + (MJD - 39126) * 0.002592 s; 1970-01-01 is MJD 40587.
            let per_day_ns = 2_592_000;
            let whole = 4_213_170_000 + (day + 40_587 - 39_126) * per_day_ns;
            whole + (ns_of_day as f64 / 86_400e9 * per_day_ns as f64).round() as i64
        }
    }
}

/// TAI - UTC in seconds at the begin of a day since 1970-01-01, with a fraction of the day (ERFA's `eraDat`).
///
/// Before 1968 the drift is continued; such times are clamped by the caller anyway.
pub(super) fn tai_minus_utc_seconds(day: i64, fraction: f64) -> f64 {
    let step = STEPS.iter().rev().find(|(year, month, _)| {
        days_from_civil(*year, *month, 1).is_some_and(|first| first <= day)
    });
    match step {
        Some((_, _, seconds)) => *seconds as f64,
        None => 4.213_170_0 + ((day + 40_587) as f64 + fraction - 39_126.0) * 0.002_592,
    }
}
