//! Regions as they stand in an export: a class and bytes in hexadecimal.

/// A region in sphgeom's byte encoding, not decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedRegion {
    /// The class that the tag names. The reference ignores it and believes the bytes.
    pub class: RegionClass,
    /// sphgeom's encoding (`Region.encode()`).
    pub bytes: Box<[u8]>,
}

/// The region classes that have a tag (`sphgeom/_yaml.py`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionClass {
    /// `lsst.sphgeom.ConvexPolygon`
    ConvexPolygon,
    /// `lsst.sphgeom.Ellipse`
    Ellipse,
    /// `lsst.sphgeom.Circle`
    Circle,
    /// `lsst.sphgeom.Box`
    Box,
    /// `lsst.sphgeom.UnionRegion`
    UnionRegion,
    /// `lsst.sphgeom.IntersectionRegion`
    IntersectionRegion,
}

impl RegionClass {
    /// The class that sphgeom's encoding begins with.
    pub fn of_bytes(bytes: &[u8]) -> Option<RegionClass> {
        Some(match bytes.first()? {
            b'p' => RegionClass::ConvexPolygon,
            b'e' => RegionClass::Ellipse,
            b'c' => RegionClass::Circle,
            b'b' => RegionClass::Box,
            b'u' => RegionClass::UnionRegion,
            b'i' => RegionClass::IntersectionRegion,
            _ => return None,
        })
    }

    /// The tag without `!<` and `>`.
    pub fn tag(self) -> &'static str {
        match self {
            RegionClass::ConvexPolygon => "lsst.sphgeom.ConvexPolygon",
            RegionClass::Ellipse => "lsst.sphgeom.Ellipse",
            RegionClass::Circle => "lsst.sphgeom.Circle",
            RegionClass::Box => "lsst.sphgeom.Box",
            RegionClass::UnionRegion => "lsst.sphgeom.UnionRegion",
            RegionClass::IntersectionRegion => "lsst.sphgeom.IntersectionRegion",
        }
    }

    /// The class of a tag without `!<` and `>`.
    pub fn from_tag(tag: &str) -> Option<RegionClass> {
        Some(match tag.strip_prefix("lsst.sphgeom.")? {
            "ConvexPolygon" => RegionClass::ConvexPolygon,
            "Ellipse" => RegionClass::Ellipse,
            "Circle" => RegionClass::Circle,
            "Box" => RegionClass::Box,
            "UnionRegion" => RegionClass::UnionRegion,
            "IntersectionRegion" => RegionClass::IntersectionRegion,
            _ => return None,
        })
    }
}
