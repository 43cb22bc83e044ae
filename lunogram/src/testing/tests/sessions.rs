//! Who may mint a session, and who may use it.

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
fn a_user_has_to_be_named() {
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
fn only_a_key_mints_whatever_is_asked() {
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
fn a_session_is_for_browsers_and_its_own_project() {
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
fn an_expired_session_is_no_key_even_where_any_will_do() {
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
