//! When a token ends, as it is written on the command line. All times are UTC.
use chrono::{DateTime, Days, NaiveDate, NaiveTime, SecondsFormat, TimeDelta, Utc};

/// The first moment at which the token is no longer valid; `None` for `never`.
///
/// # Errors
/// A message for anything else than `never`, a number of hours, days or weeks, a day, or a time with its zone.
pub fn parse(text: &str, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, String> {
    if text.eq_ignore_ascii_case("never") {
        return Ok(None);
    }
    let found = duration(text)
        .map(|duration| now.checked_add_signed(duration))
        .or_else(|| day(text).map(|day| day.checked_add_days(Days::new(1))))
        .unwrap_or_else(|| {
            DateTime::parse_from_rfc3339(text)
                .ok()
                .map(|time| time.to_utc())
        });
    match found {
        Some(time) if time <= now => Err(format!(
            "--expires '{text}' is in the past: the token would never be valid"
        )),
        Some(time) => Ok(Some(time)),
        None => Err(format!(
            "--expires '{text}' is no time: write never, 12h, 30d, 6w, 2027-01-31 or 2027-01-31T12:00:00Z"
        )),
    }
}

/// A time as results show it: `2026-11-21T12:00:00Z`.
pub fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `12h`, `30d`, `6w`.
fn duration(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().last()?;
    let digits = text.strip_suffix(unit)?;
    let number = digits.chars().all(|c| c.is_ascii_digit());
    let number: i64 = number.then(|| digits.parse().ok())??;
    match unit.to_ascii_lowercase() {
        'h' => TimeDelta::try_hours(number),
        'd' => TimeDelta::try_days(number),
        'w' => TimeDelta::try_weeks(number),
        _ => None,
    }
}

/// The first moment of a day.
fn day(text: &str) -> Option<DateTime<Utc>> {
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(day.and_time(NaiveTime::MIN).and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read() {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        let read = |typed: &str| parse(typed, now).map(|time| time.map(text));
        for (typed, expected) in [
            ("12h", "2026-11-22T00:00:00Z"),
            ("30d", "2026-12-21T12:00:00Z"),
            ("6W", "2027-01-02T12:00:00Z"),
            // A token for today is valid until the day ends.
            ("2026-11-21", "2026-11-22T00:00:00Z"),
            ("2028-02-28", "2028-02-29T00:00:00Z"),
            ("2027-01-31T12:00:00Z", "2027-01-31T12:00:00Z"),
            ("2027-01-31T12:00:00+09:00", "2027-01-31T03:00:00Z"),
        ] {
            assert_eq!(read(typed), Ok(Some(expected.to_owned())), "{typed}");
        }
        assert_eq!(read("never"), Ok(None));
    }

    #[test]
    fn other_texts_are_refused() {
        let now = "2026-11-21T12:00:00Z".parse().unwrap();
        for typed in [
            "",
            "d",
            "30",
            "-1d",
            "+1d",
            "0d",
            "1.5d",
            "30 d",
            "9999999999999999999d",
            "999999999w",
            "2026-11-20",
            "2026-02-30",
            "2027-01-31T12:00:00",
            "tomorrow",
            "1é",
        ] {
            let refused = parse(typed, now);
            assert!(
                refused
                    .as_ref()
                    .is_err_and(|e| e.contains(&format!("'{typed}'"))),
                "{typed}: {refused:?}"
            );
        }
    }
}
