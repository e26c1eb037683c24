//! What columns of the usual names mean, in words of the IVOA.

/// UCD (UCD1+ 1.4) and unit (VOUnits) of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Meaning {
    /// The UCD.
    pub ucd: Option<&'static str>,
    /// The unit.
    pub unit: Option<&'static str>,
}

/// The meaning of a column; nothing for names whose meaning is not sure.
pub fn meaning(name: &str) -> Meaning {
    let (ucd, unit) = match name {
        "id" => (Some("meta.id;meta.main"), None),
        "instrument" => (Some("meta.id;instr"), None),
        "detector" => (Some("meta.id;instr.det"), None),
        "physical_filter" => (Some("meta.id;instr.filter"), None),
        "band" => (Some("instr.bandpass"), None),
        "visit" | "exposure" => (Some("meta.id;obs"), None),
        "target_name" => (Some("meta.id;src"), None),
        "exposure_time" => (Some("time.duration;obs.exposure"), Some("s")),
        "dark_time" => (Some("time.duration"), Some("s")),
        "zenith_angle" => (Some("pos.az.zd"), Some("deg")),
        "timespan_begin" => (Some("time.start"), None),
        "timespan_end" => (Some("time.end"), None),
        _ => (None, None),
    };
    Meaning { ucd, unit }
}
