//! The endpoint and region that AWS's own configuration names for a profile.

use std::path::PathBuf;

use ini::Ini;

use super::settings::Variables;

/// What the variables of AWS and `~/.aws/config` say.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct AwsConfig {
    /// Address of the S3 service.
    pub endpoint: Option<String>,
    /// Region.
    pub region: Option<String>,
}

impl AwsConfig {
    /// For a profile, or for `AWS_PROFILE`, or for `default`. A file that cannot be read counts as empty, as it does for
    /// AWS's own programs.
    pub(super) fn of(profile: Option<&str>, variables: &Variables) -> Self {
        let file = variables.get("AWS_CONFIG_FILE").map(PathBuf::from);
        let file = file.or_else(|| variables.at_home(".aws/config"));
        let file = file.and_then(|file| Ini::load_from_file(file).ok());
        let profile = profile.or_else(|| variables.get("AWS_PROFILE"));
        let profile = profile.unwrap_or("default");
        let section = match profile {
            "default" => "default".to_owned(),
            other => format!("profile {other}"),
        };
        let written = |key: &str| Some(file.as_ref()?.get_from(Some(&*section), key)?.to_owned());
        let variable = |names: &[&str]| {
            let set = names.iter().find_map(|name| variables.get(name));
            set.map(str::to_owned)
        };
        Self {
            endpoint: variable(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])
                .or_else(|| written("endpoint_url")),
            region: variable(&["AWS_REGION", "AWS_DEFAULT_REGION"]).or_else(|| written("region")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_have_sections_and_variables_go_before() {
        let home = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(home.path().join(".aws")).expect("a folder");
        let text = "[default]\nregion = eu-west-2\n[profile echo]\nregion=ral\nendpoint_url = https://echo\n";
        std::fs::write(home.path().join(".aws/config"), text).expect("a file");
        let of = |profile, set: &[(&str, &str)]| {
            let set = set.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
            let variables = Variables::new(set, Some(home.path().to_owned()));
            let found = AwsConfig::of(profile, &variables);
            (
                found.endpoint.unwrap_or_default(),
                found.region.unwrap_or_default(),
            )
        };
        assert_eq!(of(None, &[]), (String::new(), "eu-west-2".into()));
        assert_eq!(of(Some("echo"), &[]), ("https://echo".into(), "ral".into()));
        assert_eq!(of(None, &[("AWS_PROFILE", "echo")]).1, "ral");
        let set = [("AWS_REGION", "x"), ("AWS_ENDPOINT_URL_S3", "http://y")];
        assert_eq!(of(Some("echo"), &set), ("http://y".into(), "x".into()));
    }
}
