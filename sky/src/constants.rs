//! Numbers shared by the geometry: angle units and the error bounds that relations are allowed.

/// The double nearest to π; it is less than π (`sphgeom/constants.h`).
pub const PI: f64 = std::f64::consts::PI;
/// Radians in one degree.
pub const RAD_PER_DEG: f64 = 0.017_453_292_519_943_295;
/// Degrees in one radian.
pub const DEG_PER_RAD: f64 = 57.295_779_513_082_32;
/// Bound in radians on the error of `asin` whose argument is off by one ulp (3.1 milliarcseconds).
pub const MAX_ASIN_ERROR: f64 = 1.5e-8;
/// Bound on the error of a squared chord length between two unit vectors.
pub const MAX_SQUARED_CHORD_LENGTH_ERROR: f64 = 2.5e-15;
/// The largest value which, added to 1, still rounds to 1.
pub const EPSILON: f64 = 1.110_223_024_625_156_5e-16;

/// Smaller of two values with the NaN and tie behaviour of C++ `std::min`, which `f64::min` does not have.
pub(crate) fn std_min<T: PartialOrd>(a: T, b: T) -> T {
    if b < a { b } else { a }
}

/// Larger of two values with the NaN and tie behaviour of C++ `std::max`, which `f64::max` does not have.
pub(crate) fn std_max<T: PartialOrd>(a: T, b: T) -> T {
    if a < b { b } else { a }
}
