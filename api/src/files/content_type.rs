//! Media types of files, by their names.

use axum::http::HeaderValue;

/// The registered type of a file with this name; `application/octet-stream` if nobody knows.
///
/// A compressed file is of the type of its compression: its bytes are sent as they are. FITS files of the pipelines have
/// several extensions, so they are `application/fits`, not `image/fits` (RFC 4047).
pub fn content_type(name: &str) -> HeaderValue {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    HeaderValue::from_static(match extension.to_ascii_lowercase().as_str() {
        "fits" | "fit" | "fts" | "fz" => "application/fits",
        "parq" | "parquet" => "application/vnd.apache.parquet",
        "yaml" | "yml" => "application/yaml",
        "arrow" | "feather" => "application/vnd.apache.arrow.file",
        "vot" => "application/x-votable+xml",
        "ecsv" | "log" => "text/plain; charset=utf-8",
        "gz" => "application/gzip",
        "zst" => "application/zstd",
        _ => mime_guess::from_path(name)
            .first_raw()
            .unwrap_or("application/octet-stream"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    // The registry of media types of IANA; RFC 4047, RFC 9512.
    #[test]
    fn types_are_registered_ones() {
        for (name, expected) in [
            ("deepCoadd.fits", "application/fits"),
            ("deepCoadd.FITS", "application/fits"),
            ("raw.fits.fz", "application/fits"),
            ("raw.fits.gz", "application/gzip"),
            ("objectTable.parq", "application/vnd.apache.parquet"),
            ("config.yaml", "application/yaml"),
            ("metadata.json", "application/json"),
            ("plot.png", "image/png"),
            ("members.zip", "application/zip"),
            ("thing.pickle", "application/octet-stream"),
            ("fits", "application/octet-stream"),
            ("", "application/octet-stream"),
        ] {
            assert_eq!(content_type(name), expected, "{name}");
        }
    }
}
