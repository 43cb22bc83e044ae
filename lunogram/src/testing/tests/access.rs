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
        &[("authorization", "sk_wrong")],
        &[("authorization", "Bearer")],
    ] {
        let reply = raw(&server, "POST", "/api/client/users", headers, BODY);
        let (status, detail) = reply.problem();
        assert_eq!(status, 401, "{headers:?}");
        assert!(!detail.contains("sk_"), "{detail}");
    }
    assert!(server.users().is_empty());
    for right in ["Bearer sk_right", "bearer sk_right", "sk_right"] {
        let headers = [("authorization", right)];
        let reply = raw(&server, "POST", "/api/client/users", &headers, BODY);
        assert_eq!(reply.status, 200, "{right}");
    }
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
fn keys_are_refused_from_browsers() {
    let server = Server::builder().any_key().start().unwrap();
    let send = |key: &str| {
        let headers = [("authorization", key), ("origin", "https://shop.example")];
        raw(&server, "POST", "/api/client/users", &headers, BODY)
    };
    for key in ["Bearer sk_key", "Bearer pk_key", "key"] {
        assert_eq!(send(key).problem().0, 401);
    }
    assert!(server.users().is_empty());
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
fn unknown_paths_are_answered_by_the_console_and_wrong_methods_with_405() {
    let server = Server::start().unwrap();
    let older = Server::builder()
        .unknown_paths(UnknownPaths::NotFound)
        .start()
        .unwrap();
    for path in [
        "/",
        "/api/client/userz",
        "/api/client/users/",
        "/api/admin/x",
    ] {
        for method in ["GET", "POST", "DELETE", "PUT"] {
            let reply = raw(&server, method, path, &[], b"");
            assert_eq!(reply.status, 200, "{method} {path}");
            assert_eq!(
                reply.header("content-type"),
                Some("text/html; charset=utf-8")
            );
            assert!(reply.body.starts_with("<!doctype html>"), "{}", reply.body);
            assert_eq!(
                raw(&older, method, path, &[], b"").problem().0,
                404,
                "{path}"
            );
        }
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

#[test]
fn routes_of_an_absent_family_are_unknown_paths() {
    for (families, key_scoped, project_scoped) in [
        (Families::Both, true, true),
        (Families::KeyScoped, true, false),
        (Families::ProjectScoped, false, true),
    ] {
        let server = Server::builder().families(families).start().unwrap();
        let key = format!("Bearer {}", server.key());
        let scoped = format!("/api/client/projects/{}/users", server.project_id());
        for (path, exists) in [("/api/client/users", key_scoped), (&scoped, project_scoped)] {
            let reply = raw(&server, "POST", path, &[("authorization", &key)], BODY);
            let content_type = reply.header("content-type").unwrap();
            assert_eq!(reply.status, 200);
            assert_eq!(
                content_type == "application/json",
                exists,
                "{families:?} {path}"
            );
            let expected = if exists { 405 } else { 200 };
            assert_eq!(raw(&server, "PUT", path, &[], b"").status, expected);
        }
    }
}
