//! Bounds around a box of longitudes and latitudes, and its relation to circles.

use crate::angle::Angle;
use crate::box3d::Box3d;
use crate::chord::{max_squared_chord_length, min_squared_chord_length};
use crate::circle::{ANGLE_SLACK, Circle};
use crate::constants::{EPSILON, MAX_SQUARED_CHORD_LENGTH_ERROR, PI, std_max, std_min};
use crate::interval::{Interval1d, relate_if_empty};
use crate::lon_lat::LonLat;
use crate::lon_lat_box::LonLatBox;
use crate::normalized_angle::NormalizedAngle;
use crate::relationship::Relationship;
use crate::unit_vector3d::UnitVector3d;
use crate::vertices_relate::side_of_circle;

impl LonLatBox {
    /// The corners: west-south, west-north, east-south, east-north.
    fn corners(&self) -> [UnitVector3d; 4] {
        let corner = |lon: NormalizedAngle, lat| UnitVector3d::from_angles(lon.into(), lat);
        let (lon, lat) = (self.lon(), self.lat());
        [
            corner(lon.a(), lat.a()),
            corner(lon.a(), lat.b()),
            corner(lon.b(), lat.a()),
            corner(lon.b(), lat.b()),
        ]
    }

    /// A circle around the box, the smallest one up to rounding if the box is at most π wide.
    pub fn bounding_circle(&self) -> Circle {
        if self.is_empty() {
            return Circle::empty();
        }
        if self.is_full() {
            return Circle::full();
        }
        let w = self.lon().size();
        if w.as_radians() <= PI {
            self.corner_circle(w.into())
        } else {
            self.wide_circle(w.into())
        }
    }

    /// The circle through the corners, or through the two at the wider end (`sphgeom/Box.cc` derives the center).
    fn corner_circle(&self, w: Angle) -> Circle {
        let corners = self.corners();
        let (lat_a, lat_b) = (self.lat().a(), self.lat().b());
        let c = (w * 0.5).cos();
        let (phi1, phi2, phi3) = if c == 0.0 {
            (
                (0.5 * PI).copysign(lat_a.as_radians()),
                (0.5 * PI).copysign(lat_b.as_radians()),
                0.0,
            )
        } else {
            (
                (lat_a.tan() / c).atan(),
                (lat_b.tan() / c).atan(),
                (c * self.lat().center().tan()).atan(),
            )
        };
        let on_meridian =
            |phi| UnitVector3d::from_angles(self.lon().center().into(), Angle::from_radians(phi));
        let p = if phi1 <= phi3 && phi3 <= phi2 {
            on_meridian(phi3)
        } else {
            let (p1, p2) = (on_meridian(phi1), on_meridian(phi2));
            if p1.dot(corners[0].as_vector()) > p2.dot(corners[1].as_vector()) {
                p2
            } else {
                p1
            }
        };
        let mut cl2 = p.squared_chord_to(&corners[0]);
        for corner in &corners[1..] {
            cl2 = std_max(cl2, p.squared_chord_to(corner));
        }
        Circle::from_squared_chord_length(p, cl2 + 2.0 * MAX_SQUARED_CHORD_LENGTH_ERROR)
    }

    /// The smallest circle around a pole or around the box's middle longitude on the equator.
    fn wide_circle(&self, w: Angle) -> Circle {
        let quarter = Angle::from_radians(0.5 * PI);
        let (lat_a, lat_b) = (self.lat().a(), self.lat().b());
        let (mut v, mut r) = if lat_a.abs() <= lat_b.abs() {
            (UnitVector3d::Z, quarter - lat_a)
        } else {
            (-UnitVector3d::Z, lat_b + quarter)
        };
        if !self.lon().is_full() && w * 0.5 < r {
            r = w * 0.5;
            v = UnitVector3d::from_angles(self.lon().center().into(), Angle::ZERO);
        }
        Circle::new(v, r + Angle::from_radians(ANGLE_SLACK))
    }

    /// A box in ℝ³ around this box.
    pub fn bounding_box3d(&self) -> Box3d {
        if self.is_empty() {
            return Box3d::empty();
        }
        if self.is_full() {
            return Box3d::around_unit_sphere();
        }
        let (lat_a, lat_b) = (self.lat().a(), self.lat().b());
        let (lon_a, lon_b) = (Angle::from(self.lon().a()), Angle::from(self.lon().b()));
        let (clata, clatb) = (lat_a.cos(), lat_b.cos());
        let crosses_equator = self.lat().contains(Angle::ZERO);
        let max_lat_cos = if crosses_equator {
            1.0
        } else {
            std_max(clata, clatb) + EPSILON
        };
        // The range of one horizontal component; `low` and `high` are the longitudes where it is extreme.
        let side = |a: f64, b: f64, low: f64, high: f64| {
            let mut min = std_min(std_min(a * clata, b * clata), std_min(a * clatb, b * clatb))
                - 2.5 * EPSILON;
            let mut max = std_max(std_max(a * clata, b * clata), std_max(a * clatb, b * clatb))
                + 2.5 * EPSILON;
            if crosses_equator {
                min = std_min(min, std_min(a, b) - EPSILON);
                max = std_max(max, std_max(a, b) + EPSILON);
            }
            if self.lon().contains(NormalizedAngle::from_radians(high)) {
                max = std_max(max, max_lat_cos);
            }
            if self.lon().contains(NormalizedAngle::from_radians(low)) {
                min = std_min(min, -max_lat_cos);
            }
            Interval1d::new(std_max(-1.0, min), std_min(1.0, max))
        };
        let x = side(lon_a.cos(), lon_b.cos(), PI, 0.0);
        let y = side(lon_a.sin(), lon_b.sin(), 1.5 * PI, 0.5 * PI);
        let z = Interval1d::new(
            std_max(-1.0, lat_a.sin() - EPSILON),
            std_min(1.0, lat_b.sin() + EPSILON),
        );
        Box3d::new(x, y, z)
    }

    /// How this box lies to `c`.
    pub fn relate_circle(&self, c: &Circle) -> Relationship {
        if let Some(r) = relate_if_empty(self.is_empty(), c.is_empty()) {
            return r;
        }
        match (self.is_full(), c.is_full()) {
            (true, true) => return Relationship::CONTAINS | Relationship::WITHIN,
            (true, false) => return Relationship::CONTAINS,
            (false, true) => return Relationship::WITHIN,
            (false, false) => {}
        }
        let corners = self.corners();
        match side_of_circle(&corners, c) {
            None => Relationship::INTERSECTS,
            Some(true) => self.relate_around(&corners, c),
            Some(false) => self.relate_beside(&corners, c),
        }
    }

    /// Relation to a circle that has all corners inside.
    fn relate_around(&self, corners: &[UnitVector3d; 4], c: &Circle) -> Relationship {
        let limit = c.squared_chord_length() - MAX_SQUARED_CHORD_LENGTH_ERROR;
        let leaves = self
            .meridian_edges(corners)
            .iter()
            .any(|(a, b, n)| max_squared_chord_length(c.center(), a, b, n.as_vector()) > limit);
        if leaves {
            return Relationship::INTERSECTS;
        }
        let anti = LonLat::from_vector((-*c.center()).as_vector());
        if self.lon().contains(anti.lon()) {
            // The points furthest from the circle's center on the parallels are inside the box's edges.
            let a = Angle::from_radians(PI) - self.angle_to_nearest_parallel(&anti);
            if Circle::squared_chord_length_for(a) > limit {
                return Relationship::INTERSECTS;
            }
        }
        // A circle larger than a hemisphere may still punch a hole around its anti-center.
        if self.contains_lon_lat(&anti) {
            Relationship::INTERSECTS
        } else {
            Relationship::WITHIN
        }
    }

    /// Relation to a circle that has all corners outside.
    fn relate_beside(&self, corners: &[UnitVector3d; 4], c: &Circle) -> Relationship {
        let limit = c.squared_chord_length() + MAX_SQUARED_CHORD_LENGTH_ERROR;
        let enters = self
            .meridian_edges(corners)
            .iter()
            .any(|(a, b, n)| min_squared_chord_length(c.center(), a, b, n.as_vector()) < limit);
        if enters {
            return Relationship::INTERSECTS;
        }
        let center = LonLat::from_vector(c.center().as_vector());
        if self.lon().contains(center.lon()) {
            let a = self.angle_to_nearest_parallel(&center);
            if Circle::squared_chord_length_for(a) < limit {
                return Relationship::INTERSECTS;
            }
        }
        if self.contains_lon_lat(&center) {
            Relationship::CONTAINS
        } else {
            Relationship::DISJOINT
        }
    }

    /// The two edges along meridians, north to south, with the normals of their planes.
    fn meridian_edges(
        &self,
        corners: &[UnitVector3d; 4],
    ) -> [(UnitVector3d, UnitVector3d, UnitVector3d); 2] {
        [
            (
                corners[1],
                corners[0],
                UnitVector3d::orthogonal_to_meridian(self.lon().a()),
            ),
            (
                corners[3],
                corners[2],
                UnitVector3d::orthogonal_to_meridian(self.lon().b()),
            ),
        ]
    }

    fn angle_to_nearest_parallel(&self, p: &LonLat) -> Angle {
        std_min(
            (p.lat() - self.lat().a()).abs(),
            (p.lat() - self.lat().b()).abs(),
        )
    }
}
