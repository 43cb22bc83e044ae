//! Registrations of devices.

use super::*;

fn registration(os: &str, config: &Value) -> Value {
    json!({"identifier": identifier("jane"), "device_id": "d", "os": os, "config": config})
}

#[test]
fn registration_has_an_empty_response() {
    let server = server_with_jane();
    let keys = json!({"p256dh": "p", "auth": "a"});
    for body in [
        registration("ios", &json!({"token": "t"})),
        registration("android", &json!({"token": "t", "endpoint": "e"})),
        registration("web", &json!({"endpoint": "e", "keys": keys})),
    ] {
        send(&server, "POST", "users/devices", &body).empty(201);
    }
    assert_eq!(server.devices("jane").len(), 1);
    let mut body = registration("ios", &json!({"token": "t"}));
    body["data"] = Value::Null;
    send(&server, "POST", "users/devices", &body).empty(201);
    body["identifier"] = identifier("unknown");
    let problem = send(&server, "POST", "users/devices", &body).problem();
    assert_eq!(problem, (404, "user not found".to_owned()));
}

#[test]
fn registration_requires_its_fields_and_echoes_no_secret() {
    let server = server_with_jane();
    let keys = json!({"p256dh": "s3cret", "auth": "s3cret"});
    let complete = registration("ios", &json!({"token": "s3cret"}));
    let without = |name: &str| {
        let mut body = complete.clone();
        body.as_object_mut().unwrap().remove(name);
        body
    };
    let with = |name: &str, value: Value| {
        let mut body = complete.clone();
        body[name] = value;
        body
    };
    let web = |config: Value| registration("web", &config);
    for (body, path) in [
        (without("identifier"), "/identifier"),
        (without("device_id"), "/device_id"),
        (without("os"), "/os"),
        (without("config"), "/config"),
        (with("os", json!("s3cret")), "/os"),
        (with("os", Value::Null), "/os"),
        (with("data", json!(["s3cret"])), "/data"),
        (with("model", json!(3)), "/model"),
        (with("config", json!({})), "/config/token"),
        (with("config", json!({"token": ""})), "/config/token"),
        (
            with("config", json!({"token": ["s3cret"]})),
            "/config/token",
        ),
        (with("config", json!("s3cret")), "/config"),
        (
            web(json!({"token": "s3cret", "keys": keys})),
            "/config/endpoint",
        ),
        (web(json!({"endpoint": "s3cret"})), "/config/keys"),
        (
            web(json!({"endpoint": "s3cret", "keys": {"p256dh": "s3cret"}})),
            "/config/keys/auth",
        ),
        (
            web(json!({"endpoint": "s3cret", "keys": {"p256dh": "", "auth": "s3cret"}})),
            "/config/keys/p256dh",
        ),
        (
            web(json!({"endpoint": "e", "keys": keys, "expiration_time": 1})),
            "/config/expiration_time",
        ),
    ] {
        let (status, detail) = send(&server, "POST", "users/devices", &body).problem();
        assert_eq!(status, 400, "{body}");
        assert!(detail.contains(&format!("\"{path}\"")), "{body}: {detail}");
        assert!(!detail.contains("s3cret"), "{detail}");
        let recorded = server.requests().pop().unwrap().body.unwrap();
        assert!(
            !recorded["config"].to_string().contains("s3cret"),
            "{recorded}"
        );
    }
    assert!(server.devices("jane").is_empty());
}

#[test]
fn unknown_user_is_reported_before_anything_else() {
    let server = server_with_jane();
    for (user, status) in [("jane", 400), ("unknown", 404)] {
        let body = json!({"identifier": identifier(user), "os": "amiga", "data": []});
        assert_eq!(
            send(&server, "POST", "users/devices", &body).problem().0,
            status
        );
    }
}
