//! A convex polygon made ready to be related to many trixels.

use crate::convex_polygon::ConvexPolygon;
use crate::htm_finder::Target;
use crate::htm_trixel::Trixel;
use crate::orientation::MAX_ABSOLUTE_ERROR;
use crate::relationship::Relationship;
use crate::unit_vector3d::UnitVector3d;
use crate::vector3d::Vector3d;
use crate::vertices::{contains, edges};
use crate::vertices_relate::{edge_crosses, relate_polygon};

/// A polygon with the normals of its edges.
///
/// [`relate_polygon`] asks for some orientations several times, with the arguments in different orders. Here each is
/// computed once, as one bit, and the same answer is put together from the bits. Only an orientation that rounding leaves
/// in doubt, and that matters, is asked for as the reference does: the order of its arguments might matter too.
pub(crate) struct PreparedPolygon<'a> {
    vertices: &'a [UnitVector3d],
    normals: Vec<Vector3d>,
}

/// Orientations of one point with many edges, or of many points with one edge; bit k is for vertex k or the edge ending
/// there.
#[derive(Clone, Copy)]
struct Sides {
    /// Certainly outside.
    outside: u64,
    /// Close to the edge's plane.
    doubt: u64,
}

impl Sides {
    #[inline]
    fn of(determinants: impl Iterator<Item = f64>) -> Self {
        determinants.enumerate().fold(
            Self {
                outside: 0,
                doubt: 0,
            },
            |seen, (k, determinant)| Self {
                outside: seen.outside | u64::from(determinant < -MAX_ABSOLUTE_ERROR) << k,
                doubt: seen.doubt
                    | u64::from(determinant.is_nan() | (determinant.abs() <= MAX_ABSOLUTE_ERROR))
                        << k,
            },
        )
    }

    /// Bits where the two are on different sides, as far as one knows.
    #[inline]
    fn may_differ(self, other: Self) -> u64 {
        (self.outside ^ other.outside) | self.doubt | other.doubt
    }

    /// Bits where the two are on the same side, as far as one knows.
    #[inline]
    fn may_agree(self, other: Self) -> u64 {
        !(self.outside ^ other.outside) | self.doubt | other.doubt
    }
}

impl<'a> PreparedPolygon<'a> {
    pub(crate) fn new(polygon: &'a ConvexPolygon) -> Self {
        let vertices = polygon.vertices();
        Self {
            vertices,
            normals: edges(vertices)
                .map(|(a, b)| a.cross(b.as_vector()))
                .collect(),
        }
    }

    /// The relation of a trixel to this polygon, of at most 64 vertices.
    fn relate_by_bits(&self, trixel: &Trixel) -> Relationship {
        let [a, b, c] = trixel;
        let of_edges = trixel
            .each_ref()
            .map(|v| Sides::of(self.normals.iter().map(|n| v.dot(n))));
        let normals = [
            a.cross(b.as_vector()),
            b.cross(c.as_vector()),
            c.cross(a.as_vector()),
        ];
        let of_vertices = normals.map(|n| Sides::of(self.vertices.iter().map(|v| v.dot(&n))));

        let mut inside = [false; 3];
        for ((inside, v), sides) in inside.iter_mut().zip(trixel).zip(&of_edges) {
            *inside = sides.outside == 0 && (sides.doubt == 0 || contains(self.vertices, v));
        }
        let mut outside = of_vertices
            .iter()
            .fold(0, |bits, sides| bits | sides.outside);
        let doubt = of_vertices.iter().fold(0, |bits, sides| bits | sides.doubt) & !outside;
        if doubt != 0 {
            for (k, v) in self
                .vertices
                .iter()
                .enumerate()
                .filter(|(k, _)| doubt >> k & 1 == 1)
            {
                outside |= u64::from(!contains(trixel, v)) << k;
            }
        }
        if inside == [true; 3] || outside == 0 {
            let within = if inside == [true; 3] {
                Relationship::WITHIN
            } else {
                Relationship::INTERSECTS
            };
            let contains = if outside == 0 {
                Relationship::CONTAINS
            } else {
                Relationship::INTERSECTS
            };
            within | contains
        } else if inside.contains(&true)
            || outside != self.all_bits()
            || self.edges_cross(trixel, &of_edges, &of_vertices)
        {
            Relationship::INTERSECTS
        } else {
            Relationship::DISJOINT
        }
    }

    /// True when an edge of the trixel properly crosses one of the polygon.
    ///
    /// That is so when both ends of each are on different sides of the other, and turn the right way round.
    #[inline]
    fn edges_cross(
        &self,
        trixel: &Trixel,
        of_edges: &[Sides; 3],
        of_vertices: &[Sides; 3],
    ) -> bool {
        (0..3).any(|i| {
            let (a, b, ends) = (of_edges[i], of_edges[(i + 1) % 3], of_vertices[i]);
            let starts = Sides {
                outside: self.rotated(ends.outside),
                doubt: self.rotated(ends.doubt),
            };
            let crossed = a.may_differ(b)
                & starts.may_differ(ends)
                & a.may_differ(starts)
                & a.may_agree(ends)
                & b.may_agree(starts)
                & b.may_differ(ends)
                & self.all_bits();
            let doubt = a.doubt | b.doubt | starts.doubt | ends.doubt;
            let (from, to) = (&trixel[i], &trixel[(i + 1) % 3]);
            crossed & !doubt != 0
                || crossed != 0
                    && edges(self.vertices)
                        .enumerate()
                        .any(|(k, (c, d))| crossed >> k & 1 == 1 && edge_crosses(from, to, c, d))
        })
    }

    /// Bit k is bit k - 1 of `bits`: from bits of the ends of edges to bits of their starts.
    #[inline]
    fn rotated(&self, bits: u64) -> u64 {
        (bits << 1 | bits >> (self.vertices.len() - 1)) & self.all_bits()
    }

    #[inline]
    fn all_bits(&self) -> u64 {
        u64::MAX >> (64 - self.vertices.len())
    }
}

impl Target for PreparedPolygon<'_> {
    fn relate_trixel(&self, trixel: &Trixel) -> Relationship {
        if self.vertices.len() <= 64 {
            self.relate_by_bits(trixel)
        } else {
            relate_polygon(trixel, self.vertices)
        }
    }
}
