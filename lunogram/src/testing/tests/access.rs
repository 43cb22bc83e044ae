//! Routes, keys and origins.

use super::*;
use uuid::Uuid;

const BODY: &[u8] = br#"{"identifier": [{"external_id": "jane"}]}"#;

#[test]
fn missing_and_wrong_keys_are_refused() {
    let server = Server::builder().key("sk_right").start().unwrap();
    for headers in [
        &[][..],
        &[("authorization", "Bearer sk_wrong")],
        &[("authorization", "Bearer ")],
        &[("authorization", "Basic sk_right")],
        &[("authorization", "sk_right")],
    ] {
        let reply = raw(&server, "POST", "/api/client/users", headers, BODY);
        let (status, detail) = reply.problem();
        assert_eq!(status, 401, "{headers:?}");
        assert!(!detail.contains("sk_"), "{detail}");
    }
    assert!(server.users().is_empty());
    let right = [("authorization", "bearer sk_right")];
    assert_eq!(
        raw(&server, "POST", "/api/client/users", &right, BODY).status,
        200
    );
}

#[test]
fn any_key_accepts_every_bearer() {
    let project = format!("/api/client/projects/{}/users", Uuid::new_v4());
    let server = Server::builder().any_key().start().unwrap();
    let any = [("authorization", "Bearer whatever")];
    assert_eq!(
        raw(&server, "POST", "/api/client/users", &any, BODY).status,
        200
    );
    assert_eq!(raw(&server, "POST", &project, &any, BODY).status, 200);
    assert_eq!(raw(&server, "POST", &project, &[], BODY).status, 401);
    let own = [("authorization", &*format!("Bearer {}", server.key()))];
    assert_eq!(
        raw(&server, "POST", "/api/client/users", &own, BODY).status,
        200
    );
}

#[test]
fn secret_keys_are_refused_from_browsers() {
    let server = Server::builder().any_key().start().unwrap();
    let send = |key: &str| {
        let headers = [("authorization", key), ("origin", "https://shop.example")];
        raw(&server, "POST", "/api/client/users", &headers, BODY)
    };
    assert_eq!(send("Bearer sk_key").problem().0, 401);
    assert!(server.users().is_empty());
    assert_eq!(send("Bearer pk_key").status, 200);
}

#[test]
fn key_is_valid_for_its_project_only() {
    let project = Uuid::from_u128(42);
    let server = Server::builder().project_id(project).start().unwrap();
    let key = format!("Bearer {}", server.key());
    let send = |project: &str| {
        let path = format!("/api/client/projects/{project}/users");
        raw(&server, "POST", &path, &[("authorization", &key)], BODY)
    };
    let reply = send(&project.to_string());
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json()["project_id"], json!(project));
    assert_eq!(send(&Uuid::from_u128(43).to_string()).problem().0, 401);
    assert_eq!(send("acme").problem().0, 401);
}

#[test]
fn unknown_routes_are_404_and_methods_405() {
    let server = Server::start().unwrap();
    for path in ["/", "/api/client/userz", "/api/client/users/"] {
        assert_eq!(
            raw(&server, "POST", path, &[], b"").problem().0,
            404,
            "{path}"
        );
    }
    let reply = raw(&server, "PUT", "/api/client/users", &[], b"");
    assert_eq!(reply.problem().0, 405);
    let allowed: Vec<_> = reply
        .headers
        .iter()
        .filter(|(name, _)| name == "allow")
        .collect();
    assert_eq!(allowed.len(), 2, "{allowed:?}");
}
