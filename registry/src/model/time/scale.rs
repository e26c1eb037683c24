//! Conversion of Julian dates between scales (`astropy/time/core.py`, ERFA).

use super::calendar::{tai_to_utc, utc_to_tai};
use super::julian_date::JulianDate;

/// TT - TAI in days.
const TT_MINUS_TAI: f64 = 32.184 / 86_400.0;
/// Rate of TT against TCG.
const ELG: f64 = 6.969_290_134e-10;
/// MJD of 1977-01-01 00:00:00 TAI, when TT and TCG were the same, in TT.
const ORIGIN: f64 = 43_144.0 + TT_MINUS_TAI;
const MJD_ZERO: f64 = 2_400_000.5;

/// The scale of a time in an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scale {
    Utc,
    Tai,
    Tt,
    Tcg,
}

impl Scale {
    /// The scale of this name in lower case; `Err` says why there is none.
    pub(super) fn named(name: &str) -> Result<Self, &'static str> {
        match name {
            "utc" => Ok(Self::Utc),
            "tai" => Ok(Self::Tai),
            "tt" => Ok(Self::Tt),
            "tcg" => Ok(Self::Tcg),
            "tdb" | "tcb" => Err(
                "the scales tdb and tcb need a model of the motion of the Earth, which is not built in; write the time \
                 in tai or tt",
            ),
            "ut1" => Err(
                "the scale ut1 needs tables of the rotation of the Earth, which are not built in; write the time in \
                 utc or tai",
            ),
            "local" => Err("a time of scale local has no place on other scales"),
            _ => Err("there is no such scale; write /tai, /utc, /tt or /tcg"),
        }
    }

    /// The scales on the way to TT, this one first.
    fn to_tt(self) -> &'static [Self] {
        match self {
            Self::Utc => &[Self::Utc, Self::Tai, Self::Tt],
            Self::Tai => &[Self::Tai, Self::Tt],
            Self::Tt => &[Self::Tt],
            Self::Tcg => &[Self::Tcg, Self::Tt],
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
        let (mut jd1, mut jd2) = (time.jd1, time.jd2);
        for hop in way.windows(2) {
            (jd1, jd2) = match (hop[0], hop[1]) {
                (Self::Utc, _) => utc_to_tai(jd1, jd2)?,
                (Self::Tai, Self::Utc) => tai_to_utc(jd1, jd2)?,
                (Self::Tai, _) => (jd1, jd2 + TT_MINUS_TAI),
                (Self::Tt, Self::Tai) => (jd1, jd2 - TT_MINUS_TAI),
                (Self::Tt, _) => {
                    let rate = ELG / (1.0 - ELG);
                    (jd1, jd2 + ((jd1 - MJD_ZERO) + (jd2 - ORIGIN)) * rate)
                }
                (Self::Tcg, _) => (jd1, jd2 - ((jd1 - MJD_ZERO) + (jd2 - ORIGIN)) * ELG),
            };
        }
        Some(JulianDate::new(jd1, jd2))
    }
}
