//! HEALPix in nested numbering, as `lsst.sphgeom.HealpixPixelization` has it.
//!
//! The pixel geometry is that of Górski et al. 2005 (ApJ 622, 759). The reference (`sphgeom/_healpixPixelization.py`)
//! asks the Python package hpgeom which pixels a region covers; its answers include pixels that only come near the region,
//! and they follow from comparisons of rounded numbers. Equal answers therefore need the same formulas in the same
//! order, with `sin`, `cos`, `acos` and `atan2` of the same C library. They are those of hpgeom 1.6.1; versions before
//! 1.6 take other pixels for boxes, mostly near the poles.
//!
//! What looks odd is the reference's and kept:
//! - a box over all longitudes has the same first and last longitude after reduction to [0, 2π) and so no pixels;
//!   neither has a box without width or height;
//! - unions and intersections are refused, as are empty regions of any kind (a polygon is never empty);
//! - a circle of radius zero has an envelope, and asking for its interior is an error;
//! - ellipses and polygons with nearly straight corners are covered by covering their bounding circle.
//!
//! One difference is left, for polygons only: NumPy takes `arccos` and `arctan2` of their vertices from Intel's vector
//! library on processors with AVX-512, which differs from the C library in the last bit for about one argument in ten.
//! The reference then disagrees with its own answer on other processors (for 5 of 2,394 polygons made to be difficult;
//! the test counts them again). This module gives the answer of processors without AVX-512.

mod cell;
mod circle_cover;
mod cover;
mod envelope;
mod location;
mod lon_lat_box_cover;
mod pixelization;
mod place;
mod polygon_cover;

pub use pixelization::HealpixPixelization;
