//! Web servers, WebDAV among them, as places to read from (`lsst/resources/http.py`).

use std::fs;
use std::path::Path;
use std::time::Duration;

use opendal::services::Http;
use opendal::{HttpTransporter, Operator};
use opendal_http_transport_reqwest::ReqwestTransport;
use reqwest::{Certificate, Client, Identity};

use super::settings::{StoreSettings, Variables};

/// The server at `authority`; `scheme` is http, https, dav or davs.
pub(super) fn operator(
    scheme: &str,
    authority: &str,
    settings: &StoreSettings,
) -> Result<(Operator, String), String> {
    let variables = &settings.variables;
    let is_secure = !matches!(scheme, "http" | "dav");
    let url = format!("http{}://{authority}", if is_secure { "s" } else { "" });
    let mut builder = Http::default().endpoint(&url);
    // Over plain connections nobody is told who asks.
    if is_secure && let Some(token) = token(variables)? {
        builder = builder.token(&token);
    }
    let operator = Operator::new(builder).map_err(|e| e.to_string())?;
    let client = client(settings, is_secure)?;
    Ok((reached_by(operator, client), url))
}

/// The operator, whose requests this client makes.
pub(super) fn reached_by(operator: Operator, client: Client) -> Operator {
    let transport = HttpTransporter::new(ReqwestTransport::new(client));
    let context = operator.context().with_http_transport(transport);
    operator.with_context(context)
}

/// The bearer token: the variable's value, or what is in the file that it names.
fn token(variables: &Variables) -> Result<Option<String>, String> {
    let name = "LSST_HTTP_AUTH_BEARER_TOKEN";
    let Some(value) = variables.get(name) else {
        return Ok(None);
    };
    if !Path::new(value).is_file() {
        return Ok(Some(value.to_owned()));
    }
    owner_only(name, value)?;
    let text = fs::read_to_string(value)
        .map_err(|e| format!("the file of variable {name} cannot be read: {e}"))?;
    Ok(Some(text.trim_end_matches('\n').to_owned()))
}

fn client(settings: &StoreSettings, is_secure: bool) -> Result<Client, String> {
    let variables = &settings.variables;
    let mut builder = Client::builder()
        .connect_timeout(seconds(variables, "LSST_HTTP_TIMEOUT_CONNECT", 30.0)?)
        .read_timeout(seconds(
            variables,
            "LSST_HTTP_TIMEOUT_READ",
            settings.timeout.as_secs_f64(),
        )?);
    if is_secure {
        if let Some(bundle) = variables.get("LSST_HTTP_CACERT_BUNDLE") {
            builder = builder.tls_certs_only(authorities(Path::new(bundle))?);
        }
        if variables.get("LSST_HTTP_AUTH_BEARER_TOKEN").is_none()
            && let Some(identity) = identity(variables)?
        {
            builder = builder.identity(identity);
        }
    }
    builder.build().map_err(|e| e.to_string())
}

fn seconds(variables: &Variables, name: &str, usual: f64) -> Result<Duration, String> {
    let value = variables.get(name).map_or(Ok(usual), str::parse);
    let value = value.ok().and_then(|v| Duration::try_from_secs_f64(v).ok());
    value.ok_or_else(|| format!("variable {name} is no number of seconds"))
}

/// The certificates of a file, or of all files of a folder.
fn authorities(bundle: &Path) -> Result<Vec<Certificate>, String> {
    let fail = |e: &dyn std::fmt::Display| {
        format!(
            "the certificates of variable LSST_HTTP_CACERT_BUNDLE ({}) cannot be read: {e}",
            bundle.display()
        )
    };
    let mut files = vec![bundle.to_path_buf()];
    if bundle.is_dir() {
        let entries = fs::read_dir(bundle).map_err(|e| fail(&e))?;
        let paths = entries.map(|entry| Ok(entry?.path()));
        files = paths
            .collect::<std::io::Result<_>>()
            .map_err(|e| fail(&e))?;
        files.retain(|file| file.is_file());
    }
    let mut certificates = Vec::new();
    for file in files {
        let text = fs::read(&file).map_err(|e| fail(&e))?;
        certificates.extend(Certificate::from_pem_bundle(&text).map_err(|e| fail(&e))?);
    }
    Ok(certificates)
}

/// The client's certificate and key: two files, or a proxy certificate, which is one.
fn identity(variables: &Variables) -> Result<Option<Identity>, String> {
    let names = ["LSST_HTTP_AUTH_CLIENT_CERT", "LSST_HTTP_AUTH_CLIENT_KEY"];
    let (certificate, key) = match names.map(|name| variables.get(name)) {
        [Some(certificate), Some(key)] => {
            owner_only(names[1], key)?;
            (certificate, Some(key))
        }
        [None, None] => match variables.get("X509_USER_PROXY") {
            Some(proxy) => (proxy, None),
            None => return Ok(None),
        },
        _ => {
            let [certificate, key] = names;
            return Err(format!(
                "variables {certificate} and {key} belong together; set both"
            ));
        }
    };
    let read = |file: &str| fs::read(file).map_err(|e| format!("reading {file} failed: {e}"));
    let mut text = read(certificate)?;
    if let Some(key) = key {
        text.push(b'\n');
        text.extend(read(key)?);
    }
    let identity = Identity::from_pem(&text);
    identity
        .map(Some)
        .map_err(|e| format!("{certificate} and its key cannot be used: {e}"))
}

/// Secrets in files must not be readable by others (`_is_protected` in `lsst/resources/http.py`).
fn owner_only(name: &str, file: &str) -> Result<(), String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(file).map(|m| m.permissions().mode());
    match mode {
        Ok(mode) if mode & 0o077 == 0 => Ok(()),
        Ok(_) => Err(format!(
            "the file of variable {name} may be read by others; run chmod 600 {file}"
        )),
        Err(e) => Err(format!("the file of variable {name} cannot be read: {e}")),
    }
}
