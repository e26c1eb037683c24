//! Buckets of S3 and of Ceph's RADOS gateway.

use std::time::Duration;

use opendal::Operator;
use opendal::services::S3;
use reqwest::Client;

use super::aws_config::AwsConfig;
use super::s3_endpoint::{S3Endpoint, any_bucket_name};
use super::settings::Variables;
use super::web::reached_by;

/// A server that does not answer for so long is not there.
const CONNECT: Duration = Duration::from_secs(30);

/// A bucket told by the authority of a URI: `bucket`, `profile@bucket`, with Ceph's tenants `profile@tenant:bucket`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bucket<'a> {
    /// Which service.
    pub profile: Option<&'a str>,
    /// Its name there.
    pub name: &'a str,
}

impl<'a> Bucket<'a> {
    pub(super) fn of(authority: &'a str, variables: &Variables) -> Result<Self, String> {
        let (profile, name) = match authority.split_once('@') {
            Some((profile, name)) => (Some(profile), name),
            None => (None, authority),
        };
        if name.is_empty() || name.contains('@') {
            return Err("it has to be s3://BUCKET/KEY or s3://PROFILE@BUCKET/KEY".to_owned());
        }
        if !any_bucket_name(variables) && !is_plain(name) {
            return Err(format!(
                "'{name}' is no bucket name of S3; for Ceph's TENANT:BUCKET set LSST_DISABLE_BUCKET_VALIDATION=1"
            ));
        }
        Ok(Self { profile, name })
    }
}

/// Whether a name has only the characters that bucket names may have (botocore's `VALID_BUCKET`).
fn is_plain(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    (3..=255).contains(&name.len()) && name.chars().all(allowed)
}

/// The bucket, reached at its endpoint, which is told too.
pub(super) fn operator(
    bucket: &Bucket<'_>,
    variables: &Variables,
) -> Result<(Operator, String), String> {
    let endpoint = S3Endpoint::of(bucket.profile, variables)?;
    let config = AwsConfig::of(endpoint.profile.as_deref(), variables);
    let url = endpoint.url.or(config.endpoint);
    // What boto3 takes where nothing is said; Ceph does not look at it.
    let region = config.region.unwrap_or_else(|| "us-east-1".to_owned());
    let mut builder = S3::default().bucket(bucket.name).root("/").region(&region);
    builder = match &url {
        Some(url) => builder.endpoint(url),
        // AWS has old buckets only under their own host names.
        None if bucket.name.contains(['.', ':']) => builder,
        None => builder.enable_virtual_host_style(),
    };
    match (&endpoint.keys, &endpoint.profile) {
        (Some((access, secret)), _) => {
            builder = builder
                .access_key_id(access)
                .secret_access_key(secret.reveal())
                .disable_config_load();
        }
        (None, Some(profile)) => builder = builder.profile(profile),
        (None, None) => {}
    }
    if url.is_some() {
        // A server of one's own is not asked for keys of machines in Amazon's cloud, which takes seconds to fail.
        builder = builder.disable_ec2_metadata();
    }
    let operator = Operator::new(builder).map_err(|e| e.to_string())?;
    let client = Client::builder().connect_timeout(CONNECT).build();
    let operator = reached_by(operator, client.map_err(|e| e.to_string())?);
    Ok((operator, url.unwrap_or_else(|| "AWS".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_told_from_profiles() {
        let none = Variables::default();
        let any = Variables::new(
            [("LSST_DISABLE_BUCKET_VALIDATION".to_owned(), "1".to_owned())],
            None,
        );
        let of = |text, variables: &Variables| {
            let bucket = Bucket::of(text, variables).ok()?;
            Some((bucket.profile.map(str::to_owned), bucket.name.to_owned()))
        };
        assert_eq!(of("data", &none), Some((None, "data".into())));
        assert_eq!(of("p@data", &none), Some((Some("p".into()), "data".into())));
        assert_eq!(of("tenant:data", &none), None);
        assert_eq!(of("tenant:data", &any), Some((None, "tenant:data".into())));
        assert_eq!(of("a@b@c", &any), None);
        assert_eq!(of("p@", &any), None);
    }
}
