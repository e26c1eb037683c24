//! Tags of YAML nodes.

use super::region::RegionClass;

/// What a tag asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Tag {
    /// No tag.
    #[default]
    None,
    /// A lone `!`, which PyYAML resolves as if it stood for a plain scalar.
    NonSpecific,
    /// `!uuid`
    Uuid,
    /// `!butler_time/tai/iso`
    Time,
    /// `!lsst.daf.butler.Timespan`
    Timespan,
    /// `!<lsst.sphgeom.ConvexPolygon>` and its like.
    Region(RegionClass),
    /// `!!str` and the other types of YAML itself.
    Core(CoreTag),
    /// Anything else, as it is to be shown.
    Unknown(Box<str>),
}

/// The YAML 1.1 types that PyYAML's safe loader constructs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CoreTag {
    Null,
    Bool,
    Int,
    Float,
    Binary,
    Timestamp,
    Omap,
    Pairs,
    Set,
    Str,
    Seq,
    Map,
}

/// What `!!` stands for.
pub(super) const CORE_PREFIX: &str = "tag:yaml.org,2002:";

impl Tag {
    /// The tag of a full name, with its `!!` or `%TAG` handle already replaced.
    pub(super) fn from_name(name: &str) -> Tag {
        match name {
            "" => Tag::None,
            "!" => Tag::NonSpecific,
            "!uuid" => Tag::Uuid,
            "!butler_time/tai/iso" => Tag::Time,
            "!lsst.daf.butler.Timespan" => Tag::Timespan,
            _ => name
                .strip_prefix(CORE_PREFIX)
                .and_then(CoreTag::from_name)
                .map(Tag::Core)
                .or_else(|| RegionClass::from_tag(name).map(Tag::Region))
                .unwrap_or_else(|| Tag::Unknown(name.into())),
        }
    }

    /// The tag as it stands in a file.
    pub(super) fn shown(&self) -> String {
        match self {
            Tag::None => "no tag".to_owned(),
            Tag::NonSpecific => "!".to_owned(),
            Tag::Uuid => "!uuid".to_owned(),
            Tag::Time => "!butler_time/tai/iso".to_owned(),
            Tag::Timespan => "!lsst.daf.butler.Timespan".to_owned(),
            Tag::Region(class) => format!("!<lsst.sphgeom.{class:?}>"),
            Tag::Core(core) => format!("!!{}", format!("{core:?}").to_lowercase()),
            Tag::Unknown(name) => match name.strip_prefix(CORE_PREFIX) {
                Some(core) => format!("!!{core}"),
                None if name.starts_with('!') => name.to_string(),
                None => format!("!<{name}>"),
            },
        }
    }
}

impl CoreTag {
    fn from_name(name: &str) -> Option<CoreTag> {
        Some(match name {
            "null" => CoreTag::Null,
            "bool" => CoreTag::Bool,
            "int" => CoreTag::Int,
            "float" => CoreTag::Float,
            "binary" => CoreTag::Binary,
            "timestamp" => CoreTag::Timestamp,
            "omap" => CoreTag::Omap,
            "pairs" => CoreTag::Pairs,
            "set" => CoreTag::Set,
            "str" => CoreTag::Str,
            "seq" => CoreTag::Seq,
            "map" => CoreTag::Map,
            _ => return None,
        })
    }
}
