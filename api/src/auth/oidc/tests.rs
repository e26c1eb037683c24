//! Tokens that another program made, good ones and others.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use pantry_testkit::{oracle, run};
use serde_json::{Value, json};

use super::*;
use crate::test_site::{PROXY, Site};

const ISSUER: &str = "https://login.example.org/";

fn made() -> Value {
    let printed = run(&mut oracle::script("serve/jwts.py")).ok();
    serde_json::from_str(&printed).unwrap()
}

fn settings(keys: KeySource) -> OidcSettings {
    OidcSettings {
        keys,
        issuer: ISSUER.to_owned(),
        audiences: vec!["pantry".to_owned(), "other".to_owned()],
        user_claim: "sub".to_owned(),
        groups_claim: "groups".to_owned(),
    }
}

fn in_file(path: &Path, keys: &Value) -> OidcSettings {
    std::fs::write(path, keys.to_string()).unwrap();
    settings(KeySource::File(path.to_owned()))
}

fn site(settings: OidcSettings, allow: &[&str]) -> Site {
    Site::with(|site| {
        site.auth.oidc = Some(settings);
        site.auth.allowances = allow.iter().map(|rule| rule.parse().unwrap()).collect();
    })
}

#[test]
fn tokens_are_accepted_or_refused_for_what_is_wrong_with_them() {
    let made = made();
    let folder = tempfile::tempdir().unwrap();
    let site = site(
        in_file(&folder.path().join("keys.json"), &made["keys"]),
        &[],
    );
    let token = |name: &str| made["tokens"][name].as_str().unwrap().to_owned();
    for name in [
        "RS256",
        "ES256",
        "EdDSA",
        "no key name",
        "audiences",
        "groups",
    ] {
        assert_eq!(site.status_of_token(&token(name), "survey"), 200, "{name}");
    }
    let bad = made["bad"].as_object().unwrap();
    assert!(bad.len() > 15);
    for (name, reason) in bad {
        let (status, answer) = site.answer(&token(name), "universe", None);
        assert_eq!(status, 401, "{name}");
        let detail = answer["detail"].as_str().unwrap();
        assert!(
            detail.contains(reason.as_str().unwrap()),
            "{name}: {detail}"
        );
    }
}

#[test]
fn users_groups_and_scopes_have_rules() {
    let made = made();
    let folder = tempfile::tempdir().unwrap();
    let settings = in_file(&folder.path().join("keys.json"), &made["keys"]);
    let status = |rule: &str, token: &str| {
        let site = site(settings.clone(), &[rule]);
        site.status_of_token(made["tokens"][token].as_str().unwrap(), "survey")
    };
    for (rule, al, bo) in [
        ("al=survey", 200, 403),
        ("b*=survey", 403, 200),
        ("group:g_staff=survey", 403, 200),
        ("group:g_*=other", 403, 403),
        ("group:staff=survey", 403, 403),
        ("scope:read:image=survey", 403, 200),
        ("scope:read=survey", 403, 403),
        ("*=survey", 200, 200),
    ] {
        assert_eq!(
            (status(rule, "RS256"), status(rule, "groups")),
            (al, bo),
            "{rule}"
        );
    }
    // Who is known by the provider is not known by a proxy that names another.
    let site = site(settings, &["al=survey"]);
    let al = format!("Bearer {}", made["tokens"]["RS256"].as_str().unwrap());
    let headers = [("authorization", al.as_str()), ("x-user", "bo")];
    assert_eq!(site.status(PROXY, &headers, "survey"), 200);
}

#[test]
fn new_keys_are_read_when_a_token_names_one() {
    let made = made();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    // Before the keys are read, so that it does not matter how long that takes.
    let start = Instant::now();
    let oidc = Oidc::open(&in_file(&file, &made["keys"])).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let fitting = |seconds| {
        let header = decode_header(made["tokens"]["late"].as_str().unwrap()).unwrap();
        let now = start + Duration::from_secs(seconds);
        runtime
            .block_on(oidc.keys.fitting(&header, now))
            .unwrap()
            .len()
    };
    std::fs::write(&file, made["later"].to_string()).unwrap();
    // Not for each token that names an unknown key.
    assert_eq!(fitting(0), 0);
    assert_eq!(fitting(3000), 1);
    // Keys that cannot be read do not replace those that could.
    std::fs::write(&file, "{").unwrap();
    assert_eq!(fitting(9000), 1);
}

#[test]
fn a_file_without_keys_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let secret = json!({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]});
    for keys in [json!({}), json!({"keys": []}), secret] {
        let error = Oidc::open(&in_file(&file, &keys)).err().unwrap();
        assert!(error.to_string().contains("keys.json"), "{error}");
    }
    let missing = settings(KeySource::File(folder.path().join("missing")));
    assert!(Oidc::open(&missing).is_err());
}

/// A provider that answers each request with the next of these.
fn provider(answers: Vec<(u16, String)>) -> KeySource {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                head.push(byte[0]);
            }
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status} x\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    url.parse().unwrap()
}

#[test]
fn keys_come_from_the_provider_when_it_answers() {
    let made = made();
    let keys = made["keys"].to_string();
    let failed = (500, "no".to_owned());
    // Before the provider is asked, so that it does not matter how long that takes.
    let start = Instant::now();
    let site = site(settings(provider(vec![failed, (200, keys)])), &[]);
    let token = made["tokens"]["RS256"].as_str().unwrap();
    let header = decode_header(token).unwrap();
    let oidc = site.server.auth.oidc().unwrap();
    let read = |now| site.runtime.block_on(oidc.keys.fitting(&header, now));
    // The server has started without keys, and does not ask at once again.
    assert!(matches!(read(start), Err(Refusal::Busy(_))));
    let later = start + Duration::from_secs(3000);
    assert_eq!(read(later).unwrap().len(), 1);
    assert_eq!(site.status_of_token(token, "survey"), 200);
}

#[test]
fn keys_do_not_come_over_open_networks() {
    for url in [
        "https://login.example.org/keys",
        "http://127.0.0.1:80/keys",
        "http://localhost/keys",
    ] {
        assert_eq!(url.parse(), Ok(KeySource::Url(url.to_owned())));
    }
    for url in [
        "http://login.example.org/keys",
        "ftp://127.0.0.1/keys",
        "https:///keys",
    ] {
        assert!(url.parse::<KeySource>().is_err(), "{url}");
    }
    assert_eq!("keys.json".parse(), Ok(KeySource::File("keys.json".into())));
}
