//! Times written as numbers (`astropy/time/formats.py`).

use super::calendar::Fields;
use super::julian_date::JulianDate;
use super::scale::Scale;

/// The Julian date of a number in a format; the outer `None` is an unknown format, the inner one a time that does not exist.
pub(super) fn julian_date(format: &str, value: f64, scale: Scale) -> Option<Option<JulianDate>> {
    let epoch = |year, month, day, hour, second, its_scale, divisor| {
        let fields = Fields {
            hour,
            second,
            ..Fields::midnight(year, month, day)
        };
        let epoch = fields.julian_date(its_scale == Scale::Utc)?;
        since_epoch(
            epoch,
            its_scale,
            JulianDate::quotient(value, divisor),
            scale,
        )
    };
    let seconds = 1.0 / (1.0 / 86_400.0);
    Some(match format {
        "jd" => Some(JulianDate::new(value, 0.0)),
        "mjd" => {
            let day = JulianDate::new(value, 0.0);
            Some(JulianDate::new(day.jd1 + 2_400_000.5, day.jd2))
        }
        "unix" => epoch(1970, 1, 1, 0, 0.0, Scale::Utc, seconds),
        "unix_tai" => epoch(1970, 1, 1, 0, 0.0, Scale::Tai, seconds),
        "cxcsec" => epoch(1998, 1, 1, 0, 0.0, Scale::Tt, seconds),
        "galexsec" => epoch(1980, 1, 6, 0, 0.0, Scale::Utc, seconds),
        "gps" => epoch(1980, 1, 6, 0, 19.0, Scale::Tai, seconds),
        "stardate" => epoch(2318, 7, 5, 11, 0.0, Scale::Tai, 1.0 / 0.397_766_856),
        "plot_date" => {
            let day = JulianDate::quotient(value, 1.0);
            since_epoch(JulianDate::new(1_721_424.5, 0.0), Scale::Utc, day, scale)
        }
        "jyear" => Some(from_mjd(51_544.5 + (value - 2_000.0) * 365.25)),
        "byear" => Some(from_mjd(
            15_019.813_52 + (value - 1_900.0) * 365.242_198_781,
        )),
        "decimalyear" => decimal_year(value, scale),
        _ => return None,
    })
}

fn from_mjd(mjd: f64) -> JulianDate {
    JulianDate::new(2_400_000.5, mjd)
}

/// Days after an epoch that has its own scale.
fn since_epoch(epoch: JulianDate, own: Scale, days: JulianDate, to: Scale) -> Option<JulianDate> {
    let (jd1, jd2) = (epoch.jd1 + days.jd1, epoch.jd2 + days.jd2);
    if own == to {
        let whole = jd2.round_ties_even();
        return Some(JulianDate {
            jd1: jd1 + whole,
            jd2: jd2 - whole,
        });
    }
    own.convert(JulianDate::new(jd1, jd2), to)
}

/// A year with a part of that year, which is as long as the scale has it.
fn decimal_year(value: f64, scale: Scale) -> Option<JulianDate> {
    let year = value.trunc();
    let part = value - year;
    if year.abs() >= f64::from(i32::MAX) {
        return None;
    }
    let start = |year: f64| Fields::midnight(year as i64, 1, 1).julian_date(scale == Scale::Utc);
    let (begin, end) = (start(year)?, start(year + 1.0)?);
    let even = if scale == Scale::Utc {
        Scale::Tai
    } else {
        scale
    };
    let (begin, end) = (scale.convert(begin, even)?, scale.convert(end, even)?);
    let length = end.since(begin);
    let part = JulianDate::product(length.jd1, length.jd2, part);
    let time = even.convert(begin.plus(part), scale)?;
    Some(JulianDate::new(time.jd1, time.jd2))
}
