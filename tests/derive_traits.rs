//! Requests from types with `#[derive(UserTraits)]` and `#[derive(OrganizationTraits)]`.

use lunogram::{OrganizationTraits, UpsertOrganizationRequest, UpsertUserRequest, UserTraits};
use lunogram_tests::wire::{Wire, paths};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(Default, UserTraits)]
struct Customer<'a> {
    #[lunogram(external_id)]
    id: String,
    #[lunogram(external_id, source = "anonymous")]
    visitor: Option<&'a str>,
    #[lunogram(email)]
    email: Option<String>,
    #[lunogram(phone)]
    phone: Option<Cow<'a, str>>,
    #[lunogram(timezone = "Europe/Amsterdam")]
    tz: Option<String>,
    #[lunogram(locale)]
    locale: Option<&'a str>,
    plan: &'a str,
    #[lunogram(rename = "ltv")]
    lifetime_value: f64,
    #[lunogram(flatten)]
    extra: BTreeMap<String, Value>,
    #[lunogram(skip)]
    password_hash: String,
}

#[tokio::test]
async fn a_user_has_columns_and_data() {
    let wire = Wire::start();
    let customer = Customer {
        id: "user_123".to_owned(),
        visitor: Some("a1"),
        email: Some("jane@example.com".to_owned()),
        phone: Some("+31612345678".into()),
        tz: Some("America/New_York".to_owned()),
        locale: Some("en-US"),
        plan: "pro",
        lifetime_value: 129.95,
        extra: BTreeMap::from([("beta".to_owned(), json!({"since": 2024}))]),
        password_hash: "s3cret".to_owned(),
    };
    assert!(!customer.password_hash.is_empty());
    assert_eq!(
        wire.user(customer).await.unwrap(),
        json!({
            "identifier": [{"external_id": "user_123"}, {"source": "anonymous", "external_id": "a1"}],
            "email": "jane@example.com",
            "phone": "+31612345678",
            "timezone": "America/New_York",
            "locale": "en-US",
            "data": {"plan": "pro", "ltv": 129.95, "beta": {"since": 2024}},
        })
    );
}

#[tokio::test]
async fn a_none_is_left_out_or_replaced_by_its_default() {
    let wire = Wire::start();
    let customer = Customer {
        id: "u".to_owned(),
        plan: "free",
        ..Customer::default()
    };
    assert_eq!(
        wire.user(customer).await.unwrap(),
        json!({
            "identifier": [{"external_id": "u"}],
            "timezone": "Europe/Amsterdam",
            "data": {"plan": "free", "ltv": 0.0},
        })
    );
}

#[tokio::test]
async fn every_problem_of_a_user_is_reported_without_its_value() {
    let wire = Wire::start();
    let customer = Customer {
        email: Some("s3cret".to_owned()),
        phone: Some("s3cret".into()),
        tz: Some("s3cret".to_owned()),
        locale: Some("s3cret_1"),
        lifetime_value: f64::NAN,
        ..Customer::default()
    };
    let outcome = wire.user(customer).await;
    let expected = [
        "identifier[0].external_id",
        "email",
        "phone",
        "timezone",
        "locale",
        "data.ltv",
    ];
    let mut found = paths(&outcome);
    found.sort_by_key(|path| expected.iter().position(|known| known == path));
    assert_eq!(found, expected);
    let error = outcome.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("s3cret"), "{error}");
    assert!(wire.server.requests().is_empty());
}

#[tokio::test]
async fn a_user_request_is_checked_by_the_rules_of_the_derive() {
    let wire = Wire::start();
    let request = UpsertUserRequest::new("")
        .email("jane")
        .phone("0612345678")
        .timezone("Amsterdam")
        .locale("nl_NL")
        .data(
            json!({"list": [{"x": -9_007_199_254_740_993_i64}], "ltv": 9_007_199_254_740_993_u64}),
        );
    assert_eq!(
        paths(&wire.user(request).await),
        [
            "identifier[0].external_id",
            "email",
            "phone",
            "timezone",
            "locale",
            "data.list[0].x",
            "data.ltv"
        ]
    );
    let request = UpsertUserRequest::new("u").data("no object");
    assert_eq!(paths(&wire.user(request).await), ["data"]);
    let request = UpsertUserRequest::new(Vec::new());
    assert_eq!(paths(&wire.user(request).await), ["identifier"]);
    assert!(wire.server.requests().is_empty());
}

#[tokio::test]
async fn an_organization_has_a_name_and_data() {
    #[derive(OrganizationTraits)]
    struct Company {
        #[lunogram(external_id)]
        id: u64,
        #[lunogram(name)]
        name: Option<&'static str>,
        industry: &'static str,
    }
    let wire = Wire::start();
    let company = Company {
        id: 1,
        name: Some("Acme"),
        industry: "roadrunners",
    };
    assert_eq!(
        wire.organization(company).await.unwrap(),
        json!({"identifier": [{"external_id": "1"}], "name": "Acme", "data": {"industry": "roadrunners"}})
    );
    let unnamed = Company {
        id: 1,
        name: None,
        industry: "",
    };
    assert_eq!(
        wire.organization(unnamed).await.unwrap(),
        json!({"identifier": [{"external_id": "1"}], "data": {"industry": ""}})
    );
    let request = UpsertOrganizationRequest::new(1)
        .name("Acme Ltd")
        .data(json!({"seats": 3}));
    assert_eq!(
        wire.organization(request).await.unwrap(),
        json!({"identifier": [{"external_id": "1"}], "name": "Acme Ltd", "data": {"seats": 3}})
    );
    let kept = wire.server.organization("1").unwrap();
    assert_eq!(kept.version, 2);
    assert_eq!(
        Value::Object(kept.data),
        json!({"industry": "", "seats": 3})
    );
}

#[tokio::test]
async fn traits_without_data_send_no_data() {
    #[derive(UserTraits)]
    #[lunogram(timezone = "UTC", locale = "nl-NL")]
    struct Bare {
        #[lunogram(external_id)]
        id: u64,
    }
    let wire = Wire::start();
    let sent = wire.user(Bare { id: 1 }).await.unwrap();
    assert_eq!(sent["timezone"], "UTC");
    assert_eq!(sent["locale"], "nl-NL");
    assert!(
        sent.get("data").is_none_or(|data| *data == json!({})),
        "{sent}"
    );
}
