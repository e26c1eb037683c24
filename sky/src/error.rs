//! What can go wrong with shapes on the sphere.

use thiserror::Error;

/// Failure to build, decode or measure a shape on the sphere.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SkyError {
    /// The bytes are not a region as sphgeom writes them.
    #[error(
        "cannot decode a region: {0}; expected bytes written by lsst.sphgeom's Region.encode()"
    )]
    Decode(String),
    /// The text is not base64 (with sphgeom's separators) or not hexadecimal.
    #[error("cannot decode region text: {0}; expected an encoded lsst.sphgeom region")]
    Text(String),
    /// The text is not a region in the words of the IVOA.
    #[error(
        "{0}; write CIRCLE lon lat radius, RANGE lon1 lon2 lat1 lat2, or POLYGON lon1 lat1 lon2 lat2 lon3 lat3 ..."
    )]
    Pos(String),
    /// A direction was asked of the zero vector, for example the centroid of a polygon without area.
    #[error(
        "cannot normalize the zero vector while computing {0}; the shape has no such direction"
    )]
    ZeroVector(&'static str),
    /// Points span no convex polygon.
    #[error("cannot build a convex polygon: {0}")]
    Hull(&'static str),
    /// An angle or an interval of angles is out of its range.
    #[error("invalid angle: {0}")]
    Angle(&'static str),
    /// A pixelisation level or pixel index is out of its range.
    #[error("invalid pixelization argument: {0}")]
    Pixel(String),
}
