//! Which S3 service a profile means, and with which keys (`_get_s3_connection_parameters` in `lsst/resources/s3utils.py`).

use super::secret::Secret;
use super::settings::Variables;
use crate::percent::unquote;

/// A service and, if they are written with it, its keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct S3Endpoint {
    /// Address without keys; `None` for what `~/.aws` and the variables of AWS say.
    pub url: Option<String>,
    /// Access key and secret key.
    pub keys: Option<(String, Secret)>,
    /// Profile of `~/.aws` that has the keys; `None` if they are known.
    pub profile: Option<String>,
}

impl S3Endpoint {
    /// The service of the URIs `s3://PROFILE@...`, or of those without a profile.
    ///
    /// # Errors
    /// Says which variable cannot be read, not what is in it.
    pub(super) fn of(profile: Option<&str>, variables: &Variables) -> Result<Self, String> {
        let own = profile.map(|profile| format!("LSST_RESOURCES_S3_PROFILE_{profile}"));
        let own = own.filter(|name| variables.get(name).is_some());
        let name = own.as_deref().unwrap_or("S3_ENDPOINT_URL");
        let profile = profile.map(str::to_owned);
        let Some(written) = variables.get(name) else {
            return Ok(Self {
                profile,
                ..Self::default()
            });
        };
        let bad = |reason: &str| format!("variable {name} is no endpoint: {reason}");
        let (scheme, rest) = written.split_once("://").ok_or_else(|| {
            bad("it has to be https://HOST or https://ACCESS_KEY:SECRET_KEY@HOST")
        })?;
        if !matches!(scheme, "http" | "https") {
            return Err(bad("it has to begin with https:// or http://"));
        }
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (auth, host) = match authority.rsplit_once('@') {
            Some((auth, host)) => (Some(auth), host),
            None => (None, authority),
        };
        if host.is_empty() || path.contains(['?', '#']) {
            return Err(bad("it needs a host and neither '?' nor '#'"));
        }
        let keys = match auth.map(|auth| auth.split(':').collect::<Vec<_>>()) {
            None => None,
            Some(parts) if parts.len() == 2 => Some((
                unquote(parts[0]).into_owned(),
                Secret::new(unquote(parts[1])),
            )),
            Some(_) => {
                return Err(bad(
                    "before the '@' there have to be an access key and a secret key with one ':' between them \
                     (write '/' as %2F, ':' as %3A)",
                ));
            }
        };
        Ok(Self {
            url: Some(format!("{scheme}://{host}{}", path.trim_end_matches('/'))),
            profile: profile.filter(|_| keys.is_none()),
            keys,
        })
    }
}

/// Whether bucket names may be any text, such as Ceph's `tenant:bucket` (`_s3_should_validate_bucket`).
pub(super) fn any_bucket_name(variables: &Variables) -> bool {
    let value = variables.get("LSST_DISABLE_BUCKET_VALIDATION");
    let off = ["0", "f", "n", "false"];
    value.is_some_and(|value| !off.iter().any(|word| word.eq_ignore_ascii_case(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &[(&str, &str)]) -> Variables {
        let owned = |(k, v): &(&str, &str)| ((*k).to_owned(), (*v).to_owned());
        Variables::new(set.iter().map(owned), None)
    }

    #[test]
    fn a_profile_has_its_own_endpoint_and_keys() {
        let set = variables(&[
            (
                "LSST_RESOURCES_S3_PROFILE_echo",
                "https://AK:s%2Fcr%3At@echo.ac.uk:8080/x/",
            ),
            ("S3_ENDPOINT_URL", "http://other"),
        ]);
        let endpoint = S3Endpoint::of(Some("echo"), &set).expect("well-formed");
        assert_eq!(endpoint.url.as_deref(), Some("https://echo.ac.uk:8080/x"));
        assert_eq!(endpoint.keys, Some(("AK".into(), Secret::new("s/cr:t"))));
        assert_eq!(endpoint.profile, None);
        // Names are case-sensitive; an unknown profile takes the endpoint of all and its keys from ~/.aws.
        let other = S3Endpoint::of(Some("ECHO"), &set).expect("well-formed");
        assert_eq!(other.url.as_deref(), Some("http://other"));
        assert_eq!((other.keys, other.profile.as_deref()), (None, Some("ECHO")));
    }

    #[test]
    fn nothing_set_is_for_the_configuration_of_aws() {
        let set = variables(&[("S3_ENDPOINT_URL", "")]);
        let endpoint = S3Endpoint::of(None, &set).expect("nothing to read");
        assert_eq!(endpoint, S3Endpoint::default());
    }

    #[test]
    fn faults_do_not_show_keys() {
        for bad in [
            "https://hidden@h",
            "https://a:b:hidden@h",
            "hidden",
            "ftp://a:hidden@h",
            "https://a:hidden@",
        ] {
            let set = variables(&[("S3_ENDPOINT_URL", bad)]);
            let error = S3Endpoint::of(None, &set).expect_err(bad);
            assert!(
                error.contains("S3_ENDPOINT_URL") && !error.contains("hidden"),
                "{error}"
            );
        }
        let keys = S3Endpoint::of(
            None,
            &variables(&[("S3_ENDPOINT_URL", "https://a:hidden@h")]),
        );
        assert!(!format!("{keys:?}").contains("hidden"));
    }

    #[test]
    fn any_bucket_name_is_allowed_by_words() {
        let any = |value| any_bucket_name(&variables(&[("LSST_DISABLE_BUCKET_VALIDATION", value)]));
        assert!(["1", "true", "yes", "T"].map(any).iter().all(|&any| any));
        assert!(!["", "0", "False", "N", "f"].map(any).iter().any(|&any| any));
    }
}
