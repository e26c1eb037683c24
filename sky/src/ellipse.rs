//! An ellipse on the sphere.

use crate::angle::Angle;
use crate::box3d::Box3d;
use crate::circle::Circle;
use crate::constants::{MAX_ASIN_ERROR, PI, std_max, std_min};
use crate::convex_polygon::ConvexPolygon;
use crate::error::SkyError;
use crate::lon_lat_box::LonLatBox;
use crate::matrix3d::Matrix3d;
use crate::normalized_angle::NormalizedAngle;
use crate::relationship::Relationship;
use crate::unit_vector3d::UnitVector3d;
use crate::vector3d::Vector3d;

/// All points whose angles to two foci sum to at most 2α (`sphgeom/Ellipse`).
///
/// `transform` maps the center to (0, 0, 1) and the foci onto the x-z plane; `a` and `b` are the semi-axes less π/2.
#[derive(Debug, Clone, Copy)]
pub struct Ellipse {
    pub(crate) transform: Matrix3d,
    pub(crate) a: Angle,
    pub(crate) b: Angle,
    pub(crate) gamma: Angle,
    pub(crate) tan_a: f64,
    pub(crate) tan_b: f64,
}

const QUARTER: Angle = Angle::from_radians(0.5 * PI);

impl Ellipse {
    /// The ellipse without points.
    pub fn empty() -> Self {
        let axes = [UnitVector3d::X, UnitVector3d::Y, UnitVector3d::Z].map(|v| *v.as_vector());
        Self {
            transform: Matrix3d::from_rows(axes[0], axes[1], axes[2]),
            a: Angle::from_radians(-2.0),
            b: Angle::from_radians(-2.0),
            gamma: Angle::ZERO,
            tan_a: f64::INFINITY,
            tan_b: f64::INFINITY,
        }
    }

    /// The whole sphere.
    pub fn full() -> Self {
        Self::empty().complemented()
    }

    /// The ellipse equal to a circle. Errors when the circle's center, which was decoded, is zero or its angle NaN.
    pub fn from_circle(c: &Circle) -> Result<Self, SkyError> {
        Self::from_foci(c.center(), c.center(), c.opening_angle())
    }

    /// The ellipse with two foci and semi-major axis angle `alpha`. Errors when `alpha` is NaN.
    pub fn from_foci(f1: &UnitVector3d, f2: &UnitVector3d, alpha: Angle) -> Result<Self, SkyError> {
        if alpha.is_nan() {
            return Err(SkyError::Angle("the semi-axis angle of an ellipse is NaN"));
        }
        let gamma = if f1 == f2 {
            Angle::ZERO
        } else if *f1 == -*f2 {
            QUARTER
        } else {
            Angle::from(NormalizedAngle::between_vectors(
                f1.as_vector(),
                f2.as_vector(),
            )) * 0.5
        };
        let a = alpha - QUARTER;
        let shape = Self {
            a,
            gamma,
            ..Self::empty()
        };
        if shape.is_empty() {
            return Ok(Self::empty());
        } else if shape.is_full() {
            return Ok(Self::full());
        }
        if gamma.as_radians() == 0.0 {
            return Self::circular(f1, a);
        }
        let (f1, f2) = (*f1.as_vector(), *f2.as_vector());
        let (b0, b2) = (f1 - f2, f1 + f2);
        let b1 = b0.cross(&b2);
        let unit = |v: Vector3d| Ok(v.normalized("an ellipse's axes")?.0);
        let transform = Matrix3d::from_rows(unit(b0)?, unit(b1)?, unit(b2)?);
        let r = clamp_cosine(alpha.cos() / gamma.cos());
        let mut b = Angle::from_radians(r.acos() - 0.5 * PI);
        if (a.as_radians() <= 0.0 && b > a) || (a.as_radians() > 0.0 && b < a) {
            b = a;
        }
        Ok(Self::from_axes(transform, a, b, gamma))
    }

    /// The ellipse with semi-axes `alpha` and `beta`, the first one at `orientation` east of north.
    ///
    /// Errors when an angle is NaN, the orientation infinite or only one of the semi-axes is below π/2.
    pub fn from_semi_axes(
        center: &UnitVector3d,
        mut alpha: Angle,
        mut beta: Angle,
        mut orientation: Angle,
    ) -> Result<Self, SkyError> {
        if !orientation.as_radians().is_finite() {
            return Err(SkyError::Angle(
                "the orientation of an ellipse is not finite",
            ));
        }
        if alpha.is_nan()
            || beta.is_nan()
            || (alpha < QUARTER && beta >= QUARTER)
            || (alpha > QUARTER && beta <= QUARTER)
            || (alpha == QUARTER && beta != QUARTER)
        {
            return Err(SkyError::Angle(
                "the semi-axes of an ellipse are NaN or on different sides of 90 degrees",
            ));
        }
        let half = Angle::from_radians(PI);
        if alpha < Angle::ZERO || beta < Angle::ZERO {
            return Ok(Self::empty());
        } else if alpha > half || beta > half || (alpha == half && beta == half) {
            return Ok(Self::full());
        }
        if alpha == beta {
            return Self::circular(center, alpha - QUARTER);
        }
        if (alpha < QUARTER && alpha < beta) || (alpha > QUARTER && alpha > beta) {
            std::mem::swap(&mut alpha, &mut beta);
            orientation = orientation + QUARTER;
        }
        let b0 =
            UnitVector3d::north_from(center.as_vector()).rotated_around(center, -orientation)?;
        let b1 = UnitVector3d::from_vector(&b0.cross(center.as_vector()))?;
        let transform = Matrix3d::from_rows(*b0.as_vector(), *b1.as_vector(), *center.as_vector());
        let gamma = Angle::from_radians(clamp_cosine(alpha.cos() / beta.cos()).acos());
        Ok(Self::from_axes(
            transform,
            alpha - QUARTER,
            beta - QUARTER,
            gamma,
        ))
    }

    /// An ellipse with both foci at `center`.
    fn circular(center: &UnitVector3d, a: Angle) -> Result<Self, SkyError> {
        let b0 = UnitVector3d::orthogonal_to(center.as_vector())?;
        let b1 = UnitVector3d::from_vector(&center.cross(b0.as_vector()))?;
        let transform = Matrix3d::from_rows(*b0.as_vector(), *b1.as_vector(), *center.as_vector());
        Ok(Self::from_axes(transform, a, a, Angle::ZERO))
    }

    fn from_axes(transform: Matrix3d, a: Angle, b: Angle, gamma: Angle) -> Self {
        Self {
            transform,
            a,
            b,
            gamma,
            tan_a: a.tan().abs(),
            tan_b: b.tan().abs(),
        }
    }

    /// True when the ellipse has no points.
    pub fn is_empty(&self) -> bool {
        QUARTER + self.a < self.gamma
    }

    /// True for the whole sphere.
    pub fn is_full(&self) -> bool {
        QUARTER - self.a <= self.gamma
    }

    /// The center.
    pub fn center(&self) -> UnitVector3d {
        UnitVector3d::from_normalized(self.transform.rows()[2])
    }

    /// The first semi-axis.
    pub fn alpha(&self) -> Angle {
        QUARTER + self.a
    }

    /// The second semi-axis.
    pub fn beta(&self) -> Angle {
        QUARTER + self.b
    }

    /// Half the angle between the foci.
    pub fn gamma(&self) -> Angle {
        self.gamma
    }

    /// The ellipse of all points that are not inside this one, and its edge.
    pub fn complemented(&self) -> Self {
        let [r0, r1, r2] = *self.transform.rows();
        Self {
            transform: Matrix3d::from_rows(-r0, r1, -r2),
            a: -self.a,
            b: -self.b,
            ..*self
        }
    }

    /// True when the point lies inside or on the edge.
    pub fn contains(&self, v: &UnitVector3d) -> bool {
        let (v, c) = (*v.as_vector(), *self.center().as_vector());
        let vdotc = v.dot(&c);
        // Near the center and its antipode the difference to it is transformed, which keeps small ellipses accurate.
        let (u, scz) = if vdotc > 0.5 {
            (v - c, 1.0)
        } else if vdotc < -0.5 {
            (v + c, -1.0)
        } else {
            (v, 0.0)
        };
        let u = self.transform.times(&u);
        let (x, y, z) = (u.x * self.tan_a, u.y * self.tan_b, u.z + scz);
        let d = (x * x + y * y) - z * z;
        if self.a > Angle::ZERO {
            z >= 0.0 || d >= 0.0
        } else {
            z >= 0.0 && d <= 0.0
        }
    }

    /// A circle around the ellipse.
    pub fn bounding_circle(&self) -> Circle {
        let r = std_max(self.alpha(), self.beta()) + Angle::from_radians(2.0 * MAX_ASIN_ERROR);
        Circle::new(self.center(), r)
    }

    /// A box of longitudes and latitudes around the bounding circle.
    pub fn bounding_box(&self) -> LonLatBox {
        self.bounding_circle().bounding_box()
    }

    /// A box in ℝ³ around the bounding circle.
    pub fn bounding_box3d(&self) -> Box3d {
        self.bounding_circle().bounding_box3d()
    }

    /// How this ellipse lies to a box; proves DISJOINT and WITHIN only.
    pub fn relate_box(&self, b: &LonLatBox) -> Relationship {
        b.relate_circle(&self.bounding_circle()).invert()
            & (Relationship::DISJOINT | Relationship::WITHIN)
    }

    /// How this ellipse lies to a circle; proves DISJOINT and WITHIN only.
    pub fn relate_circle(&self, c: &Circle) -> Relationship {
        self.bounding_circle().relate_circle(c) & (Relationship::DISJOINT | Relationship::WITHIN)
    }

    /// How this ellipse lies to a polygon; proves DISJOINT and WITHIN only.
    pub fn relate_polygon(&self, p: &ConvexPolygon) -> Relationship {
        p.relate_circle(&self.bounding_circle()).invert()
            & (Relationship::DISJOINT | Relationship::WITHIN)
    }

    /// How this ellipse lies to another; proves DISJOINT only.
    pub fn relate_ellipse(&self, e: &Self) -> Relationship {
        self.bounding_circle().relate_circle(&e.bounding_circle()) & Relationship::DISJOINT
    }
}

impl PartialEq for Ellipse {
    fn eq(&self, e: &Self) -> bool {
        self.transform == e.transform && self.a == e.a && self.b == e.b
    }
}

fn clamp_cosine(c: f64) -> f64 {
    std_min(1.0, std_max(-1.0, c))
}
