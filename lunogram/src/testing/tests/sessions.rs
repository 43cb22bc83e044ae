//! Minting sessions, and using their tokens.

use super::*;

const MINT: &str = "/api/client/auth-methods/00000000-0000-0000-0000-000000000007/sessions";
const BODY: &[u8] = br#"{"identifier": [{"external_id": "jane"}]}"#;

fn mint(server: &Server) -> String {
    let route = MINT.strip_prefix("/api/client/").unwrap();
    let reply = send(server, "POST", route, &json!({"user_id": "jane"}));
    assert_eq!(reply.status, 201);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    format!("Bearer {}", reply.json()["token"].as_str().unwrap())
}

#[test]
fn user_id_is_required() {
    let server = Server::start().unwrap();
    let route = MINT.strip_prefix("/api/client/").unwrap();
    for body in [
        json!({}),
        json!({"user_id": 7}),
        json!({"user_id": null}),
        json!([]),
    ] {
        assert_eq!(
            send(&server, "POST", route, &body).problem().0,
            400,
            "{body}"
        );
    }
    assert!(server.sessions().is_empty());
}

#[test]
fn only_an_api_key_mints_sessions() {
    let server = Server::start().unwrap();
    let session = mint(&server);
    for body in [&br#"{"user_id": "jane"}"#[..], b"{}"] {
        let reply = raw(&server, "POST", MINT, &[("authorization", &session)], body);
        let expected = (403, "an API key is required to mint sessions".to_owned());
        assert_eq!(reply.problem(), expected);
    }
    assert_eq!(raw(&server, "POST", MINT, &[], b"{}").problem().0, 401);
}

#[test]
fn session_token_is_valid_in_browsers_and_its_project() {
    let server = Server::start().unwrap();
    let session = mint(&server);
    let headers = [
        ("authorization", &*session),
        ("origin", "https://shop.example"),
    ];
    let send = |path: &str| raw(&server, "POST", path, &headers, BODY).status;
    assert_eq!(send("/api/client/users"), 200);
    let scoped = |project: uuid::Uuid| format!("/api/client/projects/{project}/users");
    assert_eq!(send(&scoped(server.project_id())), 200);
    assert_eq!(send(&scoped(uuid::Uuid::nil())), 401);
}

#[test]
fn expired_session_is_refused_even_if_any_key_is_accepted() {
    let server = Server::builder().any_key().start().unwrap();
    let session = mint(&server);
    let send = || {
        let headers = [("authorization", &*session)];
        raw(&server, "POST", "/api/client/users", &headers, BODY).status
    };
    assert_eq!(send(), 200);
    server.expire_sessions();
    assert_eq!(send(), 401);
}
