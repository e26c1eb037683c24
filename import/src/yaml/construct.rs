//! Values from scalars and collections with tags, as PyYAML's safe loader and the Butler's constructors make them.

use compact_str::CompactString;
use pantry_registry::model::time::{TaiNs, TimeScale};
use pantry_registry::model::timespan::Timespan;
use uuid::Uuid;

use super::binary;
use super::mapping::Mapping;
use super::node::Node;
use super::number::{float, int};
use super::region::{EncodedRegion, RegionClass};
use super::resolve::{Resolved, resolve};
use super::tag::{CoreTag, Tag};
use super::timestamp::Timestamp;

/// The value of a scalar. Errors are messages without a place.
pub(super) fn scalar(text: &str, plain: bool, tag: &Tag) -> Result<Resolved, String> {
    let node = match tag {
        Tag::None if plain => return resolve(text),
        Tag::NonSpecific => return resolve(text),
        Tag::None | Tag::Core(CoreTag::Str) => Node::Str(CompactString::new(text)),
        Tag::Uuid => Node::Uuid(uuid(text)?),
        Tag::Time => {
            Node::Time(TaiNs::parse_iso(text, TimeScale::Tai).map_err(|error| error.to_string())?)
        }
        Tag::Timespan if text == "EMPTY" => Node::Timespan(Timespan::EMPTY),
        Tag::Core(CoreTag::Null) => Node::Null,
        Tag::Core(CoreTag::Bool) => Node::Bool(boolean(text)?),
        Tag::Core(CoreTag::Int) => int(text)?,
        Tag::Core(CoreTag::Float) => Node::Float(float(text)?),
        Tag::Core(CoreTag::Binary) => Node::Bytes(binary::decode(text)?),
        Tag::Core(CoreTag::Timestamp) => Node::Timestamp(Timestamp::parse(text)?),
        _ => return Err(unfit(tag, "a scalar")),
    };
    Ok(Resolved::Node(node))
}

/// The value of a list.
pub(super) fn sequence(elements: Vec<Node>, tag: &Tag) -> Result<Node, String> {
    match tag {
        Tag::None | Tag::NonSpecific | Tag::Core(CoreTag::Seq) => Ok(Node::Seq(elements)),
        Tag::Core(CoreTag::Omap | CoreTag::Pairs) => elements
            .into_iter()
            .map(pair)
            .collect::<Result<_, _>>()
            .map(Node::Seq),
        _ => Err(unfit(tag, "a list")),
    }
}

/// The value of a mapping.
pub(super) fn mapping(mapping: Mapping, tag: &Tag) -> Result<Node, String> {
    match tag {
        Tag::None | Tag::NonSpecific | Tag::Core(CoreTag::Map) => Ok(Node::Map(mapping)),
        Tag::Core(CoreTag::Set) => Ok(Node::Set(
            mapping.into_iter().map(|field| field.key).collect(),
        )),
        Tag::Timespan => timespan(&mapping).map(Node::Timespan),
        Tag::Region(class) => region(*class, &mapping).map(Node::Region),
        _ => Err(unfit(tag, "a mapping")),
    }
}

fn unfit(tag: &Tag, what: &str) -> String {
    match tag {
        Tag::Unknown(_) => format!("unknown tag {}", tag.shown()),
        _ => format!("the tag {} cannot stand on {what}", tag.shown()),
    }
}

fn pair(element: Node) -> Result<Node, String> {
    match element {
        Node::Map(mapping) if mapping.len() == 1 => Ok(Node::Seq(
            mapping
                .into_iter()
                .flat_map(|field| [field.key, field.value])
                .collect(),
        )),
        other => Err(format!(
            "an element of !!omap or !!pairs must be a mapping of one key, not {}",
            other.kind()
        )),
    }
}

fn boolean(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "yes" | "true" | "on" => Ok(true),
        "no" | "false" | "off" => Ok(false),
        _ => Err(format!("{text:?} is not a boolean")),
    }
}

/// 32 hexadecimal digits; hyphens anywhere, braces and `urn:uuid:` are ignored, as Python's `uuid.UUID` does.
fn uuid(text: &str) -> Result<Uuid, String> {
    if let Ok(uuid) = Uuid::try_parse_ascii(text.as_bytes()) {
        return Ok(uuid);
    }
    let bare = text.replace("urn:", "").replace("uuid:", "");
    let digits = bare.trim_matches(['{', '}']).replace('-', "");
    let all_hex = digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    match u128::from_str_radix(&digits, 16) {
        Ok(value) if all_hex => Ok(Uuid::from_u128(value)),
        _ => Err(format!(
            "{:?} is not a UUID",
            text.chars().take(60).collect::<String>()
        )),
    }
}

fn timespan(mapping: &Mapping) -> Result<Timespan, String> {
    let bound = |key: &str| match mapping.get(key) {
        Some(Node::Null) => Ok(None),
        Some(Node::Time(time)) => Ok(Some(*time)),
        Some(other) => Err(format!(
            "`{key}` of a timespan must be a time or null, not {}",
            other.kind()
        )),
        None => Err(format!("a timespan needs `{key}`")),
    };
    Timespan::new(bound("begin")?, bound("end")?).map_err(|error| error.to_string())
}

fn region(class: RegionClass, mapping: &Mapping) -> Result<EncodedRegion, String> {
    match mapping.get("encoded") {
        Some(Node::Str(hex)) => Ok(EncodedRegion {
            class,
            bytes: binary::decode_hex(hex)?,
        }),
        Some(other) => Err(format!(
            "`encoded` of a region must be a string, not {}",
            other.kind()
        )),
        None => Err("a region needs `encoded`".to_owned()),
    }
}
