//! Conversion of Julian dates between scales (`astropy/time/core.py`, ERFA).

use super::calendar::{tai_to_utc, utc_to_tai};
use super::dynamical_time::tdb_minus_tt;
use super::julian_date::JulianDate;

/// TT - TAI in days.
const TT_MINUS_TAI: f64 = 32.184 / 86_400.0;
/// Rate of TT against TCG.
const ELG: f64 = 6.969_290_134e-10;
/// MJD of 1977-01-01 00:00:00 TAI, when TT and TCG were the same, in TT.
const ORIGIN: f64 = 43_144.0 + TT_MINUS_TAI;
/// The Julian date of that day.
const ORIGIN_DAY: f64 = 2_400_000.5 + 43_144.0;
/// Rate of TDB against TCB.
const ELB: f64 = 1.550_519_768e-8;
/// TDB - TCB at the origin, in days.
const TDB_ZERO: f64 = -6.55e-5 / 86_400.0;
const MJD_ZERO: f64 = 2_400_000.5;

/// The scale of a time in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Utc,
    Tai,
    Tt,
    Tcg,
    Tdb,
    Tcb,
}

impl Scale {
    /// The scale of this name in lower case; `Err` says why there is none.
    pub(super) fn named(name: &str) -> Result<Self, &'static str> {
        match name {
            "utc" => Ok(Self::Utc),
            "tai" => Ok(Self::Tai),
            "tt" => Ok(Self::Tt),
            "tcg" => Ok(Self::Tcg),
            "tdb" => Ok(Self::Tdb),
            "tcb" => Ok(Self::Tcb),
            "ut1" => Err(
                "the scale ut1 needs tables of the rotation of the Earth, which are not built in; write the time in \
                 utc or tai",
            ),
            "local" => Err("a time of scale local has no place on other scales"),
            _ => Err("there is no such scale; write /tai, /utc, /tt, /tdb, /tcg or /tcb"),
        }
    }

    /// The scales on the way to TT, this one first.
    fn to_tt(self) -> &'static [Self] {
        match self {
            Self::Utc => &[Self::Utc, Self::Tai, Self::Tt],
            Self::Tai => &[Self::Tai, Self::Tt],
            Self::Tt => &[Self::Tt],
            Self::Tcg => &[Self::Tcg, Self::Tt],
            Self::Tdb => &[Self::Tdb, Self::Tt],
            Self::Tcb => &[Self::Tcb, Self::Tdb, Self::Tt],
        }
    }

    /// A time of this scale on another scale; `None` if it is too far away.
    pub(super) fn convert(self, time: JulianDate, to: Self) -> Option<JulianDate> {
        if self == to {
            return Some(time);
        }
        let (up, down) = (self.to_tt(), to.to_tt());
        let mut way: Vec<Self> = Vec::new();
        for scale in up {
            way.push(*scale);
            if let Some(at) = down.iter().position(|s| s == scale) {
                way.extend(down[..at].iter().rev());
                break;
            }
        }
        let (jd1, mut jd2) = (time.jd1, time.jd2);
        for hop in way.windows(2) {
            jd2 = hop_jd2(hop[0], hop[1], jd1, jd2)?;
        }
        Some(JulianDate::new(jd1, jd2))
    }
}

/// The smaller part of a Julian date on a neighbouring scale; the larger one stays.
fn hop_jd2(from: Scale, to: Scale, jd1: f64, jd2: f64) -> Option<f64> {
    Some(match (from, to) {
        (Scale::Utc, _) => utc_to_tai(jd1, jd2)?,
        (Scale::Tai, Scale::Utc) => tai_to_utc(jd1, jd2)?,
        (Scale::Tai, _) => jd2 + TT_MINUS_TAI,
        (Scale::Tt, Scale::Tai) => jd2 - TT_MINUS_TAI,
        (Scale::Tt, Scale::Tdb) => jd2 + tdb_minus_tt_in_days(jd1, jd2)?,
        (Scale::Tdb, Scale::Tt) => jd2 - tdb_minus_tt_in_days(jd1, jd2)?,
        (Scale::Tt, _) => {
            let rate = ELG / (1.0 - ELG);
            jd2 + ((jd1 - MJD_ZERO) + (jd2 - ORIGIN)) * rate
        }
        (Scale::Tcg, _) => jd2 - ((jd1 - MJD_ZERO) + (jd2 - ORIGIN)) * ELG,
        (Scale::Tcb, _) => {
            let days = jd1 - ORIGIN_DAY;
            jd2 + TDB_ZERO - (days + (jd2 - TT_MINUS_TAI)) * ELB
        }
        (Scale::Tdb, _) => {
            let (days, rest) = (ORIGIN_DAY - jd1, jd2 - TDB_ZERO);
            rest - (days - (rest - TT_MINUS_TAI)) * (ELB / (1.0 - ELB))
        }
    })
}

/// The reference asks for UTC on the way, which has an end.
fn tdb_minus_tt_in_days(jd1: f64, jd2: f64) -> Option<f64> {
    tai_to_utc(jd1, jd2 - TT_MINUS_TAI)?;
    Some(tdb_minus_tt(jd1, jd2) / 86_400.0)
}
