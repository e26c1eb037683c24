//! Who is let in, and sees what: in process.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::http::{HeaderName, Request, StatusCode, header};
use chrono::{TimeDelta, Utc};
use pantry_state::{NewToken, Role};
use serde_json::{Value, json};

use crate::test_site::{OTHER, PROXY, Site};

#[test]
fn without_anonymous_read_only_tokens_open_repos() {
    let site = Site::new(false, &[]);
    let token = site.token("sur*", None);
    assert_eq!(site.status_of_token(&token, "survey"), 200);
    assert_eq!(site.status_of_token(&token, "other"), 403);
    assert_eq!(site.status_of_token(&token, "survived"), 404);
    // Repos that there are and those that there are not look the same to who is not logged in.
    for label in ["survey", "other", "survived"] {
        assert_eq!(site.status(OTHER, &[], label), 401, "{label}");
        for value in [
            "Bearer x",
            "Bearer ",
            "Basic eDp5",
            "Bearer pantry_0123456789abcdef_x",
        ] {
            let headers = [("authorization", value)];
            assert_eq!(site.status(OTHER, &headers, label), 401, "{label} {value}");
        }
        let path = format!("/api/butler/repo/{label}/butler.yaml");
        let request = Request::get(path).body(Body::empty()).unwrap();
        assert_eq!(site.ask(OTHER, request).0, StatusCode::OK, "{label}");
    }
}

#[test]
fn a_refusal_says_how_to_log_in() {
    let site = Site::new(false, &[]);
    let request = Request::get("/api/butler/repo/survey/v1/universe");
    let response = site.respond(OTHER, request.body(Body::empty()).unwrap());
    assert_eq!(response.headers()[header::WWW_AUTHENTICATE], "Bearer");
}

#[test]
fn with_anonymous_read_any_token_will_do() {
    let site = Site::new(true, &[]);
    let limited = site.token("other", None);
    for token in ["anonymous", "x", "pantry_0123456789abcdef_x"] {
        assert_eq!(site.status_of_token(token, "survey"), 200, "{token}");
    }
    assert_eq!(site.status(OTHER, &[], "survey"), 200);
    assert_eq!(site.status(OTHER, &[], "survived"), 404);
    // A valid token is its user, who may less than anybody.
    assert_eq!(site.status_of_token(&limited, "survey"), 403);
    assert_eq!(site.status_of_token(&limited, "other"), 200);
}

#[test]
fn whether_it_is_ready_is_told_to_all_and_what_it_serves_is_not() {
    let site = Site::new(false, &[]);
    let token = format!("Bearer {}", site.token("survey", None));
    let ask = |headers: &[(&str, &str)]| {
        let request = headers
            .iter()
            .fold(Request::get("/readyz"), |r, (k, v)| r.header(*k, *v));
        site.ask(OTHER, request.body(Body::empty()).unwrap())
    };
    assert_eq!(ask(&[]), (StatusCode::OK, json!({})));
    let told = ask(&[("authorization", &token)]);
    assert_eq!(told, (StatusCode::OK, json!({"survey": "ok"})));
}

#[test]
fn tokens_end() {
    let site = Site::new(false, &[]);
    let revoked = site.token("*", None);
    let id = site.state.tokens().unwrap()[0].id.clone();
    site.state.revoke_token(&id, Utc::now()).unwrap();
    let (status, answer) = site.answer(&revoked, "universe", None);
    assert_eq!(
        (status, &answer["detail"]),
        (401, &json!("The token was revoked."))
    );
    let new = NewToken {
        name: None,
        repos: vec!["*".to_owned()],
        collections: None,
        role: Role::Read,
        expires: Some(Utc::now() - TimeDelta::minutes(1)),
    };
    let long_ago = Utc::now() - TimeDelta::days(1);
    let (expired, _) = site.state.create_token(&new, long_ago).unwrap();
    let (status, answer) = site.answer(expired.reveal(), "universe", None);
    assert_eq!(
        (status, &answer["detail"]),
        (401, &json!("The token has expired."))
    );
}

#[test]
fn a_token_that_is_revoked_while_it_is_used_ends_some_seconds_later() {
    let site = Site::new(false, &[]);
    let token = site.token("*", None);
    let id = site.state.tokens().unwrap()[0].id.clone();
    assert_eq!(site.status_of_token(&token, "survey"), 200);
    site.state.revoke_token(&id, Utc::now()).unwrap();
    std::thread::sleep(super::REVOKED_AFTER);
    assert_eq!(site.status_of_token(&token, "survey"), 401);
}

#[test]
fn only_trusted_proxies_name_users() {
    let site = Site::new(false, &["al=survey", "*=other"]);
    let named = |from, user| site.status(from, &[("x-user", user)], "survey");
    assert_eq!(named(PROXY, "al"), 200);
    assert_eq!(named(PROXY, "bo"), 403);
    assert_eq!(named(PROXY, " "), 401);
    assert_eq!(named(OTHER, "al"), 401);
    assert_eq!(site.status(PROXY, &[], "survey"), 401);
    assert_eq!(site.status(PROXY, &[("x-user", "bo")], "other"), 200);
    let twice = [("x-user", "al"), ("x-user", "al")];
    assert_eq!(site.status(PROXY, &twice, "survey"), 401);
    // A token of ours says more than a proxy.
    let token = format!("Bearer {}", site.token("other", None));
    let both = [("x-user", "al"), ("authorization", token.as_str())];
    assert_eq!(site.status(PROXY, &both, "survey"), 403);
    // That of somebody else is the proxy's affair.
    let both = [("x-user", "al"), ("authorization", "Bearer gt-abc")];
    assert_eq!(site.status(PROXY, &both, "survey"), 200);
}

#[test]
fn one_user_cannot_take_all_streams() {
    let site = Site::new(true, &[]);
    let all = 0..site.server.settings.limits.streams_per_user;
    let payer = format!("address {}", OTHER.parse::<SocketAddr>().unwrap().ip());
    let running: Vec<_> = all
        .map(|_| site.server.streams.begin(&payer).unwrap())
        .collect();
    let query =
        json!({"tree": {}, "default_data_id": {"dataId": {}}, "additional_query_inputs": []});
    let body = json!({"query": query, "result_spec": {}}).to_string();
    let ask = || {
        let request = Request::post("/api/butler/repo/survey/v1/query/execute");
        let request = request.body(Body::from(body.clone())).unwrap();
        site.respond(OTHER, request)
    };
    let refused = ask();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let seconds = refused.headers()[header::RETRY_AFTER].to_str().unwrap();
    assert!(seconds.parse::<u32>().is_ok_and(|seconds| seconds > 0));
    drop(running);
    assert_ne!(ask().status(), StatusCode::TOO_MANY_REQUESTS);
}

#[test]
fn rules_bound_what_anybody_may_read() {
    let site = Site::new(true, &["anonymous=survey:public/*"]);
    assert_eq!(site.status(OTHER, &[], "survey"), 200);
    assert_eq!(site.status(OTHER, &[], "other"), 401);
    assert_eq!(site.status(OTHER, &[], "survived"), 401);
    let search = json!({
        "search": ["*"], "collection_types": [1, 2, 3, 4], "flatten_chains": false, "include_chains": true,
    });
    let (_, answer) = site.answer("anonymous", "query_collections", Some(search));
    assert_eq!(answer["collections"], json!(["raw/all", "public/all"]));
}

#[test]
fn collections_that_are_not_allowed_are_not_there() {
    let site = Site::new(false, &[]);
    let token = site.token("survey", Some(&["public/*", "u/me/*"]));
    let search = |expression: &str, flatten: bool| {
        json!({
            "search": [expression], "expression": [expression], "collection_types": [1, 2, 3, 4],
            "flatten_chains": flatten, "include_chains": true,
            "include_doc": false, "include_parents": true, "include_summary": true, "summary_datasets": null,
        })
    };
    let names = |expression, flatten| {
        let body = Some(search(expression, flatten));
        site.answer(&token, "query_collections", body).1["collections"].clone()
    };
    assert_eq!(
        names("*", false),
        json!(["raw/all", "u/me/run", "public/all"])
    );
    assert_eq!(names("public/all", true), json!(["public/all", "raw/all"]));
    assert_eq!(names("sec*", false), json!([]));
    for hidden in ["secret/run", "mixed"] {
        let (status, answer) =
            site.answer(&token, "query_collections", Some(search(hidden, false)));
        assert_eq!(status, 422);
        let (_, unknown) = site.answer(&token, "query_collections", Some(search("no/such", false)));
        let same = unknown.to_string().replace("no/such", hidden);
        assert_eq!(answer.to_string(), same);
        for path in ["collection_info", "collection_summary"] {
            let (status, answer) = site.answer(&token, &format!("{path}?name={hidden}"), None);
            assert_eq!(
                (status, &answer["error_type"]),
                (422, &json!("missing_collection"))
            );
        }
    }
    // The chain that is not allowed is no parent of the collection that is.
    let path = "collection_info?name=raw/all&include_parents=true";
    let (_, info) = site.answer(&token, path, None);
    assert_eq!(info["parents"], json!(["public/all"]));
    let (_, infos) = site.answer(&token, "query_collection_info", Some(search("*", false)));
    let parents = |info: &Value| (info["name"].clone(), info["parents"].clone());
    let parents: Vec<_> = infos["collections"]
        .as_array()
        .unwrap()
        .iter()
        .map(parents)
        .collect();
    let expected = [
        (json!("raw/all"), json!(["public/all"])),
        (json!("u/me/run"), json!([])),
        (json!("public/all"), json!([])),
    ];
    assert_eq!(parents, expected);
    // One who may read all asks over the same connections.
    let all = site.token("survey", None);
    let (_, answer) = site.answer(&all, "query_collections", Some(search("*", false)));
    assert_eq!(answer["collections"].as_array().unwrap().len(), 5);
    assert_eq!(names("*", false).as_array().unwrap().len(), 3);
}

#[test]
fn addresses_and_users_are_different_payers() {
    let site = Site::new(true, &[]);
    let address: Option<IpAddr> = Some("10.1.2.3".parse().unwrap());
    let payer = |headers: &[(&'static str, &'static str)]| {
        let header = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        let headers = headers.iter().map(header).collect();
        let identified = site.server.auth.identify(&headers, address);
        let caller = site.runtime.block_on(identified).unwrap();
        caller.payer(address)
    };
    assert_eq!(payer(&[]), "address 10.1.2.3");
    assert_eq!(payer(&[("x-user", "10.1.2.3")]), "user 10.1.2.3");
}
