//! Calendar dates <-> Julian dates with the roundings of ERFA (`eraDtf2d`, `eraJd2cal`).

use super::civil::{civil_from_days, days_from_civil};
use super::julian_date::JulianDate;
use super::leap_seconds::tai_minus_utc_seconds;

/// Julian date of 1970-01-01 00:00.
const UNIX_JD: f64 = 2_440_587.5;
const SECONDS_PER_DAY: f64 = 86_400.0;

/// A date and a time of day, before the calendar is consulted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fields {
    pub(super) year: i64,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) hour: i64,
    pub(super) minute: i64,
    pub(super) second: f64,
}

impl Fields {
    /// Midnight that begins a day.
    pub(super) fn midnight(year: i64, month: u32, day: u32) -> Self {
        Self {
            year,
            month,
            day,
            hour: 0,
            minute: 0,
            second: 0.0,
        }
    }

    /// The Julian date; `None` if there is no such day or time of day. Seconds may be more than 59.
    pub(super) fn julian_date(self, is_utc: bool) -> Option<JulianDate> {
        if self.year < -4_799 || !(0..=23).contains(&self.hour) || !(0..=59).contains(&self.minute)
        {
            return None;
        }
        let days = days_from_civil(self.year, self.month, self.day)?;
        let mut length = SECONDS_PER_DAY;
        if is_utc {
            let start = tai_minus_utc_seconds(days, 0.0);
            let noon = tai_minus_utc_seconds(days, 0.5);
            length += tai_minus_utc_seconds(days + 1, 0.0) - (2.0 * noon - start);
        }
        let seconds = 60.0 * (60 * self.hour + self.minute) as f64 + self.second;
        Some(JulianDate::new(UNIX_JD + days as f64, seconds / length))
    }
}

/// The day since 1970-01-01 of a Julian date in two parts, and the fraction of it; `None` if it is too far away.
pub(super) fn day_and_fraction(jd1: f64, jd2: f64) -> Option<(i64, f64)> {
    if !(-68_569.5..=1e9).contains(&(jd1 + jd2)) {
        return None;
    }
    let (mut jd, mut s, mut cs) = (0_i64, 0.5, 0.0);
    for part in [jd1, jd2] {
        let day = part.round();
        jd += day as i64;
        let x = part - day;
        let t = s + x;
        cs += if f64::abs(s) >= f64::abs(x) {
            (s - t) + x
        } else {
            (x - t) + s
        };
        s = t;
        if s >= 1.0 {
            jd += 1;
            s -= 1.0;
        }
    }
    let mut f = s + cs;
    cs = f - s;
    if f < 0.0 {
        f = s + 1.0;
        cs += (1.0 - f) + s;
        s = f;
        f = s + cs;
        cs = f - s;
        jd -= 1;
    }
    if f - 1.0 >= -f64::EPSILON / 4.0 {
        let t = s - 1.0;
        cs += (s - t) - 1.0;
        s = t;
        f = s + cs;
        if -f64::EPSILON / 2.0 < f {
            jd += 1;
            f = f.max(0.0);
        }
    }
    // Number `jd` begins at noon before midnight of the day.
    Some((jd - 2_440_588, f))
}

/// The smaller part of a Julian date, UTC -> TAI; `None` if the date is too far away.
pub(super) fn utc_to_tai(jd1: f64, jd2: f64) -> Option<f64> {
    let (day, fraction) = day_and_fraction(jd1, jd2)?;
    let start = tai_minus_utc_seconds(day, 0.0);
    let drift = 2.0 * (tai_minus_utc_seconds(day, 0.5) - start);
    let (next, _) = day_and_fraction(jd1 + 1.5, jd2 - fraction)?;
    let leap = tai_minus_utc_seconds(next, 0.0) - (start + drift);
    let mut fraction = fraction * ((SECONDS_PER_DAY + leap) / SECONDS_PER_DAY);
    fraction *= (SECONDS_PER_DAY + drift) / SECONDS_PER_DAY;
    let mjd = (day + 40_587) as f64;
    let mut tai2 = 2_400_000.5 - jd1;
    tai2 += mjd;
    tai2 += fraction + start / SECONDS_PER_DAY;
    Some(tai2)
}

/// The smaller part of a Julian date, TAI -> UTC; `None` if the date is too far away.
pub(super) fn tai_to_utc(jd1: f64, jd2: f64) -> Option<f64> {
    let mut utc2 = jd2;
    for _ in 0..3 {
        utc2 += jd2 - utc_to_tai(jd1, utc2)?;
    }
    Some(utc2)
}

/// Year, month, day of a day of a year; `None` if the year has fewer.
pub(super) fn from_day_of_year(year: i64, day_of_year: i64) -> Option<Fields> {
    let first = days_from_civil(year, 1, 1)?;
    let (same_year, month, day) = civil_from_days(first + day_of_year - 1);
    (same_year == year).then(|| Fields::midnight(year, month, day))
}
