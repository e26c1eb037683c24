//! `pantry serve` over TLS, asked by another program that checks the certificate.

use std::path::Path;
use std::process::Command;

use pantry_testkit::{oracle, run};
use serde_json::json;

use crate::pantry::pantry;
use crate::serve_rules::{Server, example};

/// Asks for a file and gets it, over TLS by the certificate's name and by another, and without TLS.
const ASK: &str = "
import http.client, json, socket, ssl, sys, urllib.request
url, certificate, repo = sys.argv[1:]
trusted = ssl.create_default_context(cafile=certificate)
def get(url, context):
    with urllib.request.urlopen(url, context=context) as answer: return answer.read()
def fails(url, context):
    try: get(url, context)
    except (OSError, http.client.HTTPException) as error: return type(getattr(error, 'reason', error)).__name__
import absent
absent.install()
from lsst.daf.butler import Butler
butler = Butler.from_config(repo)
ref = sorted(butler.query_datasets('raw', '*', find_first=False))[0]
file = json.loads(get(f'{url}/v1/get_file/{ref.id}', trusted))['artifact']['file_info'][0]['url']
with socket.create_connection((url.split('/')[2].split(':')[0], url.split('/')[2].split(':')[1])) as plain:
    with trusted.wrap_socket(plain, server_hostname='127.0.0.1') as encrypted: version = encrypted.version()
print(json.dumps({
    'scheme': file.split(':')[0],
    'same': get(file, trusted) == butler.getURI(ref).read(),
    'version': version,
    'untrusted': fails(url + '/butler.json', ssl.create_default_context()),
    'other name': fails(url.replace('127.0.0.1', 'localhost') + '/butler.json', trusted),
    'plain': fails(url.replace('https', 'http') + '/butler.json', trusted) is not None,
}))";

fn certificate(folder: &Path) {
    let words = "req -x509 -days 2 -subj /CN=server -addext subjectAltName=IP:127.0.0.1 -newkey ec \
        -pkeyopt ec_paramgen_curve:prime256v1 -nodes -out server.crt -keyout server.key";
    let mut command = Command::new("openssl");
    let _ = run(command.args(words.split_whitespace()).current_dir(folder)).ok();
}

#[test]
fn connections_are_encrypted() {
    let folder = example();
    certificate(folder.path());
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let repo = file("repo");
    let (certificate, key, served) = (
        file("server.crt"),
        file("server.key"),
        format!("mini={repo}"),
    );
    let words = [
        "serve",
        &served,
        "--bind",
        "127.0.0.1:0",
        "--tls-cert",
        &certificate,
        "--tls-key",
        &key,
    ];
    let server = Server::with(folder, &words);
    assert!(
        server.url.starts_with("https://127.0.0.1:"),
        "{}",
        server.url
    );
    let found = oracle::json(ASK, [&server.url, &certificate, &repo]);
    let expected = json!({
        "scheme": "https",
        "same": true,
        "version": "TLSv1.3",
        "untrusted": "SSLCertVerificationError",
        "other name": "SSLCertVerificationError",
        "plain": true,
    });
    assert_eq!(found, expected);
}

#[test]
fn a_certificate_that_is_none_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    certificate(folder.path());
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (certificate, key, none) = (file("server.crt"), file("server.key"), file("none"));
    std::fs::write(&none, "nothing").unwrap();
    let create = ["create", &file("repo")].map(str::to_owned);
    let _ = pantry(create).ok();
    for (certificate, key, says) in [
        (&none, &key, "is no certificate in PEM"),
        (&certificate, &none, "is no private key in PEM"),
        (&certificate, &file("missing"), "cannot read"),
    ] {
        let repo = file("repo");
        let words = [
            "serve",
            &repo,
            "--bind",
            "127.0.0.1:0",
            "--tls-cert",
            certificate,
            "--tls-key",
            key,
        ];
        let ran = pantry(words);
        assert_eq!(ran.code, Some(1), "{ran}");
        assert!(ran.stderr.contains(says), "{ran}");
    }
    assert_eq!(
        pantry(["serve", "x", "--tls-cert", &certificate]).code,
        Some(2)
    );
}
