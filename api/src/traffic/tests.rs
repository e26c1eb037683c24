//! What is written down about requests: in process.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;

use super::REQUEST_ID;
use crate::test_site::{OTHER, PROXY, Site};

/// An address of the server's own machine.
const HERE: &str = "127.0.0.1:4000";

const UNIVERSE: &str = "/api/butler/repo/survey/v1/universe";

fn get(path: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let request = headers.iter().fold(Request::get(path), |r, (name, value)| {
        r.header(*name, *value)
    });
    request.body(Body::empty()).unwrap()
}

fn metrics(site: &Site) -> String {
    let response = site.respond(HERE, get("/metrics", &[]));
    assert_eq!(response.status(), StatusCode::OK);
    let body = site.runtime.block_on(response.into_body().collect());
    String::from_utf8(body.unwrap().to_bytes().to_vec()).unwrap()
}

#[test]
fn answers_have_the_name_of_their_request() {
    let site = Site::new(true, &[]);
    let named = site.respond(OTHER, get(UNIVERSE, &[("x-request-id", "mine-1")]));
    assert_eq!(named.headers()[REQUEST_ID], "mine-1");
    let unnamed = site.respond(OTHER, get("/nowhere", &[]));
    assert_eq!(unnamed.status(), StatusCode::NOT_FOUND);
    assert!(unnamed.headers()[REQUEST_ID].len() > 16);
}

#[test]
fn metrics_count_what_is_asked_and_refused() {
    let site = Site::new(false, &[]);
    let bearer = format!("Bearer {}", site.token("survey", None));
    let length = |headers: &[(&str, &str)]| {
        let body = site.respond(OTHER, get(UNIVERSE, headers)).into_body();
        let body = site.runtime.block_on(body.collect()).unwrap();
        body.to_bytes().len()
    };
    let whole = length(&[("authorization", &bearer)]);
    let refused = length(&[]) + length(&[]);
    let _ = site.respond(OTHER, get("/no/such/path", &[]));
    let text = metrics(&site);
    let route = r#"route="/api/butler/repo/{label}/v1/universe""#;
    for line in [
        format!(r#"pantry_http_requests_total{{method="GET",{route},status="200"}} 1"#),
        format!(r#"pantry_http_requests_total{{method="GET",{route},status="401"}} 2"#),
        r#"pantry_http_requests_total{method="GET",route="none",status="404"} 1"#.to_owned(),
        format!("pantry_http_request_duration_seconds_count{{{route}}} 3"),
        format!(
            "pantry_http_response_bytes_total{{{route}}} {}",
            whole + refused
        ),
        r#"pantry_refusals_total{reason="unauthenticated"} 2"#.to_owned(),
        // That of the metrics themselves.
        "pantry_http_requests_open 1".to_owned(),
        "pantry_streams 0".to_owned(),
        format!(
            "pantry_streams_limit {}",
            site.server.settings.limits.streams
        ),
        r#"pantry_connections{repo="survey",state="busy"} 0"#.to_owned(),
        r#"pantry_connections{repo="survey",state="idle"} 1"#.to_owned(),
        format!(
            r#"pantry_connections_limit{{repo="other"}} {}"#,
            site.server.settings.limits.connections
        ),
        "# EOF".to_owned(),
    ] {
        assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
    }
    let running = site.server.streams.begin("somebody").unwrap();
    assert!(metrics(&site).contains("\npantry_streams 1\n"));
    drop(running);
}

#[test]
fn metrics_are_for_this_machine_or_the_networks_that_were_named() {
    let site = Site::new(true, &[]);
    let status = |site: &Site, from: &str, headers: &[(&str, &str)]| {
        let response = site.respond(from, get("/metrics", headers));
        response.status().as_u16()
    };
    assert_eq!(status(&site, HERE, &[]), 200);
    assert_eq!(status(&site, "[::1]:4000", &[]), 200);
    assert_eq!(status(&site, "[::ffff:127.0.0.1]:4000", &[]), 200);
    // A proxy on this machine brings others.
    for header in ["x-forwarded-for", "forwarded", "via"] {
        assert_eq!(status(&site, HERE, &[(header, "for=192.0.2.7")]), 403);
    }
    assert_eq!(status(&site, OTHER, &[]), 403);
    assert_eq!(status(&site, PROXY, &[]), 403);
    let site = Site::with(|settings| {
        settings.metrics_from = vec!["192.0.2.0/24".parse().unwrap()];
    });
    assert_eq!(status(&site, OTHER, &[]), 200);
    assert_eq!(status(&site, HERE, &[]), 403);
}
