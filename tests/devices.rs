//! Devices that receive push messages.

use chrono::{DateTime, Utc};
use lunogram::push::{Device, WebPush};
use lunogram::testing::{Server, StoredPush};
use lunogram::{Client, ErrorKind, Identifier, Identifiers, Problem, UpsertUserRequest, blocking};
use serde_json::json;

/// A secret that no output may contain.
const TOKEN: &str = "s3cret-token";

fn browser() -> WebPush {
    WebPush {
        endpoint: "https://push.example/s3cret".to_owned(),
        p256dh: "s3cret-p256dh".to_owned(),
        auth: "s3cret-auth".to_owned(),
        expiration_time: DateTime::from_timestamp(1_900_000_000, 0),
    }
}

async fn with_jane() -> (Server, Client) {
    let server = Server::start().expect("a port");
    let client = server.client();
    let jane = UpsertUserRequest::new("jane");
    client.upsert_user(&jane).await.expect("a success");
    (server, client)
}

#[tokio::test]
async fn a_device_arrives_with_all_its_fields() {
    let (server, client) = with_jane().await;
    let phone = Device::ios("phone", TOKEN)
        .os_version("18.2")
        .model("iPhone16,1")
        .app_version("4.1.0")
        .data(json!({"beta": true, "gone": null}));
    client.register_device("jane", &phone).await.expect("201");
    let tablet = Device::android("tablet", TOKEN);
    client.register_device("jane", &tablet).await.expect("201");
    let web = Device::web("browser", browser());
    client.register_device("jane", &web).await.expect("201");

    let devices = server.devices("jane");
    let ids: Vec<_> = devices.iter().map(|device| &*device.device_id).collect();
    assert_eq!(ids, ["phone", "tablet", "browser"]);
    assert_eq!(devices[0].push, StoredPush::Ios(TOKEN.to_owned()));
    assert_eq!(devices[0].os_version.as_deref(), Some("18.2"));
    assert_eq!(devices[0].model.as_deref(), Some("iPhone16,1"));
    assert_eq!(devices[0].app_version.as_deref(), Some("4.1.0"));
    assert_eq!(json!(devices[0].data), json!({"beta": true, "gone": null}));
    assert_eq!(devices[1].push, StoredPush::Android(TOKEN.to_owned()));
    assert_eq!((&devices[1].model, devices[1].data.len()), (&None, 0));
    assert_eq!(devices[2].push, StoredPush::Web(browser()));

    let jane = client.upsert_user(&UpsertUserRequest::new("jane")).await;
    assert!(jane.expect("a success").has_push_device);
    client.delete_user("jane").await.expect("a deletion");
    assert!(server.devices("jane").is_empty());
}

#[tokio::test]
async fn an_id_identifies_a_device_of_its_user() {
    let (server, client) = with_jane().await;
    let joe = Identifier::new("joe").source("crm");
    let request = UpsertUserRequest::new(joe.clone());
    client.upsert_user(&request).await.expect("a success");
    let first = Device::ios("phone", "first").model("old");
    client.register_device("jane", &first).await.expect("201");
    client
        .register_device(joe.clone(), &first)
        .await
        .expect("201");
    let second = Device::ios("phone", "second");
    client.register_device("jane", &second).await.expect("201");

    let [device] = &server.devices("jane")[..] else {
        panic!("not one device: {:?}", server.devices("jane"));
    };
    assert_eq!(device.push, StoredPush::Ios("second".to_owned()));
    assert_eq!(device.model, None);
    assert!(device.updated_at > device.created_at);
    let of_joe = server.devices_by("crm", "joe");
    assert_eq!(of_joe[0].push, StoredPush::Ios("first".to_owned()));
}

#[tokio::test]
async fn a_device_of_an_unknown_user_is_not_found() {
    let (server, client) = with_jane().await;
    let device = Device::ios("phone", TOKEN);
    let error = client.register_device("joe", &device).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.detail(), Some("user not found"));
    assert_eq!(error.operation(), Some("registerDevice"));
    assert!(server.devices("joe").is_empty());
}

#[test]
fn both_clients_register_devices_on_both_route_families() {
    let server = Server::start().expect("a port");
    let project = server.project_id();
    for (index, scoped) in [false, true].into_iter().enumerate() {
        let builder = Client::builder(server.key()).base_url(server.url());
        let builder = if scoped {
            builder.project(project)
        } else {
            builder
        };
        let client: blocking::Client = builder
            .build()
            .and_then(|client| client.blocking())
            .expect("a client");
        let user = format!("user_{index}");
        let request = UpsertUserRequest::new(user.as_str());
        client.upsert_user(&request).expect("a success");
        let device = Device::web("browser", browser());
        client.register_device(&*user, &device).expect("201");
        assert_eq!(server.devices(&user).len(), 1);
        let last = server.requests().pop().expect("a request");
        assert_eq!(
            (last.status, last.path.contains("/projects/")),
            (201, scoped)
        );
        let key = client.vapid_public_key().expect("a key");
        assert_eq!(key.to_string(), key.as_str());
        let last = server.requests().pop().expect("a request");
        assert_eq!((&*last.method, last.body), ("GET", None));
        assert_eq!(last.answer, Some(json!({"public_key": String::from(key)})));
    }
}

#[tokio::test]
async fn every_problem_of_a_device_is_reported_before_it_is_sent() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let empty = Identifiers::from(Vec::new());
    let device = Device::web(
        "",
        WebPush {
            endpoint: String::new(),
            p256dh: String::new(),
            auth: String::new(),
            expiration_time: Some(DateTime::<Utc>::MAX_UTC),
        },
    )
    .data([1, 2]);
    let error = client.register_device(empty, &device).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let paths: Vec<_> = error.problems().iter().map(Problem::path).collect();
    let expected = [
        "identifier",
        "device_id",
        "data",
        "config.endpoint",
        "config.expiration_time",
        "config.keys.p256dh",
        "config.keys.auth",
    ];
    assert_eq!(paths, expected);
    for device in [Device::ios("phone", ""), Device::android("phone", "")] {
        let error = client.register_device("jane", &device).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "registerDevice: device was not sent: config.token: empty push token; pass the token that the app received from its push service"
        );
    }
    let unsafe_data = Device::ios("phone", TOKEN).data(json!({"n": [u64::MAX], "s": TOKEN}));
    let error = client
        .register_device("jane", &unsafe_data)
        .await
        .unwrap_err();
    assert_eq!(error.problems()[0].path(), "data.n[0]");
    assert!(
        !format!("{error} {error:?}").contains("s3cret"),
        "{error:?}"
    );
    assert!(server.requests().is_empty());
}

#[test]
fn a_subscription_is_read_from_the_json_of_a_browser() {
    let subscription = |expires: &str| {
        let text = format!(
            r#"{{"endpoint": "https://push.example/s3cret", {expires} "keys": {{"auth": "s3cret-auth", "p256dh": "s3cret-p256dh"}}}}"#
        );
        serde_json::from_str::<WebPush>(&text)
    };
    let dated = subscription(r#""expirationTime": 1900000000000,"#).expect("a subscription");
    assert_eq!(dated, browser());
    for undated in ["", r#""expirationTime": null,"#] {
        assert_eq!(
            subscription(undated)
                .expect("a subscription")
                .expiration_time,
            None
        );
    }
    for missing in [
        r#"{"keys": {"auth": "a", "p256dh": "p"}}"#,
        r#"{"endpoint": "e", "keys": {"auth": "a"}}"#,
        r#"{"endpoint": "e"}"#,
    ] {
        assert!(serde_json::from_str::<WebPush>(missing).is_err());
    }
}

#[tokio::test]
async fn tokens_and_keys_are_not_in_any_output() {
    let (server, client) = with_jane().await;
    let devices = [
        Device::ios("phone", TOKEN).data(json!({"note": "s3cret"})),
        Device::android("tablet", TOKEN),
        Device::web("browser", browser()),
    ];
    let mut shown = vec![format!("{devices:?} {:?}", browser())];
    assert!(
        shown[0].contains("phone") && shown[0].contains("web"),
        "{shown:?}"
    );
    for device in &devices[1..] {
        client.register_device("jane", device).await.expect("201");
        let error = client.register_device("joe", device).await.unwrap_err();
        shown.push(format!("{error} {error:?}"));
    }
    shown.push(format!(
        "{:?} {:?}",
        server.requests(),
        server.devices("jane")
    ));
    let shown = shown.join("\n");
    assert!(!shown.contains("s3cret"), "{shown}");

    let last = server.requests().pop().and_then(|request| request.body);
    let config = json!({
        "endpoint": "[secret]",
        "expiration_time": "2030-03-17T17:46:40Z",
        "keys": {"auth": "[secret]", "p256dh": "[secret]"},
    });
    assert_eq!(last.expect("a body")["config"], config);
}
