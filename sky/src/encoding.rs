//! The binary form of regions: a letter for the kind, then little-endian doubles.

use crate::angle::Angle;
use crate::circle::Circle;
use crate::convex_polygon::ConvexPolygon;
use crate::ellipse::Ellipse;
use crate::error::SkyError;
use crate::intersection_region::IntersectionRegion;
use crate::lon_lat_box::LonLatBox;
use crate::matrix3d::Matrix3d;
use crate::region::Region;
use crate::union_region::UnionRegion;
use crate::unit_vector3d::UnitVector3d;
use crate::vector3d::Vector3d;

const BOX: u8 = b'b';
const CIRCLE: u8 = b'c';
const ELLIPSE: u8 = b'e';
const INTERSECTION: u8 = b'i';
const POLYGON: u8 = b'p';
const UNION: u8 = b'u';

/// Unions and intersections may be nested this deep; the reference has no limit but its stack.
const MAX_DEPTH: usize = 100;

impl Region {
    /// The bytes that `lsst.sphgeom.Region.encode` writes.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode_to(&mut out);
        out
    }

    fn encode_to(&self, out: &mut Vec<u8>) {
        match self {
            Self::Box(b) => {
                let (lon, lat) = (b.lon(), b.lat());
                let ends = [
                    lon.a().as_radians(),
                    lon.b().as_radians(),
                    lat.a().as_radians(),
                    lat.b().as_radians(),
                ];
                put(out, BOX, ends);
            }
            Self::Circle(c) => {
                let v = c.center();
                let numbers = [
                    v.x(),
                    v.y(),
                    v.z(),
                    c.squared_chord_length(),
                    c.opening_angle().as_radians(),
                ];
                put(out, CIRCLE, numbers);
            }
            Self::ConvexPolygon(p) => {
                out.reserve(1 + 24 * p.vertices().len());
                put(
                    out,
                    POLYGON,
                    p.vertices().iter().flat_map(|v| [v.x(), v.y(), v.z()]),
                );
            }
            Self::Ellipse(e) => {
                let rows = e.transform.rows().iter().flat_map(|r| [r.x, r.y, r.z]);
                let angles = [
                    e.a.as_radians(),
                    e.b.as_radians(),
                    e.gamma.as_radians(),
                    e.tan_a,
                    e.tan_b,
                ];
                put(out, ELLIPSE, rows.chain(angles));
            }
            Self::Union(u) => put_operands(out, UNION, u.operands()),
            Self::Intersection(i) => put_operands(out, INTERSECTION, i.operands()),
        }
    }

    /// Reads what `lsst.sphgeom.Region.encode` wrote, from any bytes at all.
    ///
    /// As in the reference, only kind and length are checked: the numbers may be anything, NaN included, except for a
    /// box whose unreduced longitudes are in the wrong order.
    pub fn decode(bytes: &[u8]) -> Result<Self, SkyError> {
        decode_at_depth(bytes, 0)
    }
}

fn put(out: &mut Vec<u8>, kind: u8, numbers: impl IntoIterator<Item = f64>) {
    out.push(kind);
    for number in numbers {
        out.extend_from_slice(&number.to_le_bytes());
    }
}

/// Each operand is preceded by its length in bytes.
fn put_operands(out: &mut Vec<u8>, kind: u8, operands: &[Region]) {
    out.push(kind);
    for operand in operands {
        let start = out.len();
        out.extend_from_slice(&[0; 8]);
        operand.encode_to(out);
        let length = (out.len() - start - 8) as u64;
        out[start..start + 8].copy_from_slice(&length.to_le_bytes());
    }
}

fn decode_at_depth(bytes: &[u8], depth: usize) -> Result<Region, SkyError> {
    let (kind, body) = bytes
        .split_first()
        .ok_or_else(|| SkyError::Decode("no bytes".into()))?;
    match *kind {
        BOX => decode_box(&exactly(body, "Box")?),
        CIRCLE => Ok(decode_circle(&exactly(body, "Circle")?)),
        ELLIPSE => Ok(decode_ellipse(&exactly(body, "Ellipse")?)),
        POLYGON => decode_polygon(body),
        UNION => Ok(UnionRegion::new(decode_operands(body, depth)?).into()),
        INTERSECTION => Ok(IntersectionRegion::new(decode_operands(body, depth)?).into()),
        other => Err(SkyError::Decode(format!(
            "unknown kind, first byte is {other:#04x}"
        ))),
    }
}

/// The body as exactly `N` doubles.
fn exactly<const N: usize>(body: &[u8], name: &str) -> Result<[f64; N], SkyError> {
    let (numbers, rest) = body.as_chunks::<8>();
    let numbers: Option<[[u8; 8]; N]> = numbers.try_into().ok().filter(|_| rest.is_empty());
    let numbers = numbers.ok_or_else(|| {
        SkyError::Decode(format!(
            "an encoded {name} has {} bytes, these are {}",
            1 + 8 * N,
            1 + body.len()
        ))
    })?;
    Ok(numbers.map(f64::from_le_bytes))
}

fn decode_box([lon_a, lon_b, lat_a, lat_b]: &[f64; 4]) -> Result<Region, SkyError> {
    let decoded = LonLatBox::from_radians(*lon_a, *lat_a, *lon_b, *lat_b);
    decoded
        .map(Region::Box)
        .map_err(|e| SkyError::Decode(format!("Box: {e}")))
}

fn decode_circle([x, y, z, squared_chord_length, opening_angle]: &[f64; 5]) -> Region {
    let center = UnitVector3d::from_normalized(Vector3d::new(*x, *y, *z));
    Circle::from_parts(
        center,
        *squared_chord_length,
        Angle::from_radians(*opening_angle),
    )
    .into()
}

fn decode_ellipse(n: &[f64; 14]) -> Region {
    let row = |i: usize| Vector3d::new(n[i], n[i + 1], n[i + 2]);
    let angle = |i: usize| Angle::from_radians(n[i]);
    Region::Ellipse(Ellipse {
        transform: Matrix3d::from_rows(row(0), row(3), row(6)),
        a: angle(9),
        b: angle(10),
        gamma: angle(11),
        tan_a: n[12],
        tan_b: n[13],
    })
}

fn decode_polygon(body: &[u8]) -> Result<Region, SkyError> {
    let (vertices, rest) = body.as_chunks::<24>();
    if vertices.len() < 3 || !rest.is_empty() {
        let message = format!(
            "an encoded ConvexPolygon has 1 byte and 24 for each of at least 3 vertices, these are {}",
            1 + body.len()
        );
        return Err(SkyError::Decode(message));
    }
    let vertices = vertices.iter().map(|bytes| {
        let (numbers, _) = bytes.as_chunks::<8>();
        let number = |i: usize| numbers.get(i).map_or(0.0, |b| f64::from_le_bytes(*b));
        UnitVector3d::from_normalized(Vector3d::new(number(0), number(1), number(2)))
    });
    Ok(ConvexPolygon::from_vertices(vertices.collect())?.into())
}

fn decode_operands(mut body: &[u8], depth: usize) -> Result<Vec<Region>, SkyError> {
    if depth >= MAX_DEPTH {
        return Err(SkyError::Decode(format!(
            "unions and intersections are nested deeper than {MAX_DEPTH}"
        )));
    }
    let truncated = || SkyError::Decode("a union or intersection is truncated".into());
    let mut operands = Vec::new();
    while !body.is_empty() {
        let (length, rest) = body.split_first_chunk::<8>().ok_or_else(truncated)?;
        let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| truncated())?;
        let (operand, rest) = rest.split_at_checked(length).ok_or_else(truncated)?;
        operands.push(decode_at_depth(operand, depth + 1)?);
        body = rest;
    }
    Ok(operands)
}
