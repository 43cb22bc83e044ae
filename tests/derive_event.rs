//! Requests from types with `#[derive(LunogramEvent)]`.

use lunogram::{AnyEvent, ExternalId, LunogramEvent, UpsertUserRequest};
use lunogram_tests::wire::{Wire, paths};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Deserialize, ExternalId)]
struct AccountId(u64);

#[tokio::test]
async fn names_come_from_the_type_or_from_attributes() {
    #[derive(LunogramEvent)]
    struct HTTPRequestFailed2Times {
        #[lunogram(external_id)]
        user: u8,
    }
    #[derive(LunogramEvent)]
    #[lunogram(name = "checkout.v2.started")]
    struct Named {
        #[lunogram(external_id)]
        user: u8,
    }
    #[derive(LunogramEvent)]
    #[lunogram(raw_name = "Product \"Viewed\"")]
    struct Old {
        #[lunogram(external_id)]
        user: u8,
    }
    #[derive(LunogramEvent)]
    enum Cart {
        CartUpdated {
            #[lunogram(external_id)]
            user: u8,
            items: u8,
        },
        #[lunogram(name = "cart.emptied")]
        Emptied {
            #[lunogram(external_id)]
            user: u8,
        },
    }
    let wire = Wire::start();
    let sent = wire
        .event(HTTPRequestFailed2Times { user: 1 })
        .await
        .unwrap();
    assert_eq!(sent["name"], HTTPRequestFailed2Times::NAMES[0]);
    assert_eq!(sent["name"], "http_request_failed2_times");
    assert_eq!(
        wire.event(Named { user: 1 }).await.unwrap()["name"],
        "checkout.v2.started"
    );
    assert_eq!(
        wire.event(Old { user: 1 }).await.unwrap()["name"],
        "Product \"Viewed\""
    );
    assert_eq!(Cart::NAMES, ["cart_updated", "cart.emptied"]);
    let updated = Cart::CartUpdated { user: 1, items: 2 };
    assert_eq!(updated.event_name(), "cart_updated");
    let expected =
        json!({"identifier": [{"external_id": "1"}], "name": "cart_updated", "data": {"items": 2}});
    assert_eq!(wire.event(updated).await.unwrap(), expected);
    let emptied = Cart::Emptied { user: 1 };
    assert_eq!(emptied.event_name(), "cart.emptied");
    assert_eq!(wire.event(emptied).await.unwrap()["data"], json!({}));
}

#[tokio::test]
async fn identifiers_without_a_value_are_left_out() {
    #[derive(LunogramEvent)]
    struct Seen<'a> {
        #[lunogram(external_id)]
        account: Option<AccountId>,
        #[lunogram(external_id, source = "stripe")]
        customer: Option<&'a str>,
        #[lunogram(external_id, source = "device")]
        device: &'a Option<Uuid>,
    }
    let wire = Wire::start();
    let all = Seen {
        account: Some(AccountId(7)),
        customer: Some("cus_\"1\""),
        device: &Some(Uuid::from_u128(1)),
    };
    assert_eq!(
        wire.event(all).await.unwrap()["identifier"],
        json!([
            {"external_id": "7"},
            {"source": "stripe", "external_id": "cus_\"1\""},
            {"source": "device", "external_id": "00000000-0000-0000-0000-000000000001"},
        ])
    );
    let one = Seen {
        account: None,
        customer: Some("c"),
        device: &None,
    };
    assert_eq!(
        wire.event(one).await.unwrap()["identifier"],
        json!([{"source": "stripe", "external_id": "c"}])
    );
    let none = Seen {
        account: None,
        customer: None,
        device: &None,
    };
    assert_eq!(paths(&wire.event(none).await), ["[0].identifier"]);
    let empty = Seen {
        account: None,
        customer: Some(""),
        device: &None,
    };
    assert_eq!(
        paths(&wire.event(empty).await),
        ["[0].identifier[0].external_id"]
    );
}

#[tokio::test]
async fn attributes_determine_how_properties_are_sent() {
    #[derive(Serialize)]
    struct Place {
        city: &'static str,
        zip: Option<u16>,
    }
    #[derive(LunogramEvent)]
    #[lunogram(rename_all = "camelCase")]
    struct Everything {
        #[lunogram(external_id)]
        user: u8,
        plain_text: &'static str,
        #[lunogram(rename = "Total (EUR)")]
        total: f64,
        #[lunogram(string)]
        order_number: u64,
        #[lunogram(string)]
        big: Option<i128>,
        left_out: Option<u8>,
        #[lunogram(null)]
        kept: Option<u8>,
        #[lunogram(string, null)]
        kept_string: Option<u64>,
        nested: Option<u8>,
        unit: (),
        #[lunogram(skip)]
        #[expect(dead_code, reason = "the test is that it is not sent")]
        secret: &'static str,
        #[lunogram(flatten)]
        place: Place,
        #[lunogram(flatten)]
        extra: Option<BTreeMap<String, Value>>,
    }
    let wire = Wire::start();
    let everything = Everything {
        user: 1,
        plain_text: "a\u{1}\"\\\u{7f}é\u{1F600}",
        total: 0.1,
        order_number: 9_007_199_254_740_993,
        big: Some(i128::MIN),
        left_out: None,
        kept: None,
        kept_string: None,
        nested: Some(3),
        unit: (),
        secret: "s3cret",
        place: Place {
            city: "Utrecht",
            zip: None,
        },
        extra: Some(BTreeMap::from([("Beta".to_owned(), json!([true, null]))])),
    };
    assert_eq!(
        wire.event(everything).await.unwrap()["data"],
        json!({
            "plainText": "a\u{1}\"\\\u{7f}é\u{1F600}",
            "Total (EUR)": 0.1,
            "orderNumber": "9007199254740993",
            "big": "-170141183460469231731687303715884105728",
            "kept": null,
            "keptString": null,
            "nested": 3,
            "unit": null,
            "city": "Utrecht",
            "Beta": [true, null],
        })
    );
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn in_cents<S: Serializer>(amount: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("{:.0}", amount * 100.0))
}

mod hex {
    use serde::Serializer;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    pub(super) fn serialize<S: Serializer>(value: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{value:x}"))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(value: &u8) -> bool {
    *value == 0
}

/// A type with serde's derive and with ours, on one set of serde's attributes.
#[derive(Serialize, LunogramEvent)]
#[serde(rename_all = "kebab-case")]
struct Twice {
    #[serde(skip)]
    #[lunogram(external_id)]
    user: &'static str,
    some_name: &'static str,
    #[serde(rename = "other")]
    renamed: u8,
    #[serde(rename(serialize = "for-writing", deserialize = "for-reading"))]
    one_way: u8,
    #[serde(skip_serializing)]
    #[expect(dead_code, reason = "the test is that it is not sent")]
    hidden: u8,
    #[serde(skip_serializing_if = "is_zero")]
    sometimes: u8,
    #[serde(skip_serializing_if = "is_zero")]
    never: u8,
    #[serde(serialize_with = "in_cents")]
    amount: f64,
    #[serde(with = "hex")]
    color: u32,
    #[serde(flatten)]
    extra: BTreeMap<&'static str, u8>,
}

#[tokio::test]
async fn serde_attributes_have_the_meaning_that_serde_gives_them() {
    let twice = Twice {
        user: "u",
        some_name: "x",
        renamed: 1,
        one_way: 2,
        hidden: 3,
        sometimes: 4,
        never: 0,
        amount: 12.5,
        color: 0xff_00_7f,
        extra: BTreeMap::from([("more", 5)]),
    };
    let expected = serde_json::to_value(&twice).unwrap();
    assert_eq!(Wire::start().event(twice).await.unwrap()["data"], expected);
}

#[tokio::test]
async fn our_attributes_take_precedence_over_serde_attributes() {
    #[derive(Serialize, LunogramEvent)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    #[lunogram(rename_all = "PascalCase")]
    struct Both {
        #[serde(skip)]
        #[lunogram(external_id)]
        user: u8,
        first_one: u8,
        #[serde(rename = "theirs")]
        #[lunogram(rename = "ours")]
        named: u8,
        #[serde(skip)]
        #[lunogram(rename = "sent")]
        skipped: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[lunogram(null)]
        none: Option<u8>,
    }
    let both = Both {
        user: 0,
        first_one: 1,
        named: 2,
        skipped: 3,
        none: None,
    };
    assert_eq!(
        Wire::start().event(both).await.unwrap()["data"],
        json!({"FirstOne": 1, "ours": 2, "sent": 3, "None": null})
    );
}

#[tokio::test]
async fn an_event_without_identifier_gets_its_subject_at_the_call() {
    #[derive(Clone, LunogramEvent)]
    struct FeatureAnnounced {
        feature: &'static str,
    }
    #[derive(LunogramEvent)]
    #[lunogram(organization)]
    struct PlanRetired;
    let wire = Wire::start();
    let event = FeatureAnnounced { feature: "exports" };
    assert_eq!(
        wire.event((&event).to(42)).await.unwrap(),
        json!({"identifier": [{"external_id": "42"}], "name": "feature_announced", "data": {"feature": "exports"}})
    );
    assert_eq!(
        wire.event((&event).matching(json!({"plan": "pro"})))
            .await
            .unwrap(),
        json!({"match": {"plan": "pro"}, "name": "feature_announced", "data": {"feature": "exports"}})
    );
    assert_eq!(
        paths(&wire.event((&event).matching(json!({}))).await),
        ["[0].match"]
    );
    assert_eq!(
        paths(&wire.event((&event).matching(json!([1]))).await),
        ["[0].match"]
    );
    assert_eq!(
        paths(&wire.event(event.to("")).await),
        ["[0].identifier[0].external_id"]
    );
    assert_eq!(
        wire.event(PlanRetired.to("org")).await.unwrap(),
        json!({"identifier": [{"external_id": "org"}], "name": "plan_retired", "data": {}})
    );
    wire.client.send(&PlanRetired.to("org")).await.unwrap();
    let requests = wire.server.requests();
    assert!(
        requests
            .last()
            .unwrap()
            .path
            .ends_with("/organizations/events")
    );
}

#[tokio::test]
async fn every_problem_is_reported_with_its_path_and_nothing_is_sent() {
    #[derive(Serialize)]
    struct Item {
        price: f32,
        ids: Vec<i64>,
    }
    #[derive(LunogramEvent)]
    struct Wrong {
        #[lunogram(external_id)]
        user: &'static str,
        amount: f64,
        count: u64,
        items: Vec<Item>,
        #[lunogram(flatten)]
        extra: BTreeMap<&'static str, f64>,
    }
    let wrong = Wrong {
        user: "",
        amount: f64::NAN,
        count: 1 << 53,
        items: vec![
            Item {
                price: 1.0,
                ids: vec![],
            },
            Item {
                price: f32::INFINITY,
                ids: vec![0, -(1 << 53)],
            },
        ],
        extra: BTreeMap::from([("ratio", f64::NEG_INFINITY)]),
    };
    let wire = Wire::start();
    let error = wire.client.send(&wrong).await.unwrap_err();
    let found: Vec<_> = error
        .problems()
        .iter()
        .map(lunogram::Problem::path)
        .collect();
    assert_eq!(
        found,
        [
            "identifier[0].external_id",
            "data.amount",
            "data.count",
            "data.items[1].price",
            "data.items[1].ids[1]",
            "data.ratio",
        ]
    );
    assert_eq!(wrong.check().unwrap_err().problems(), error.problems());
    assert!(wire.server.requests().is_empty());
}

#[tokio::test]
async fn the_first_property_can_be_left_out_in_every_form() {
    #[derive(LunogramEvent)]
    struct Sparse {
        #[lunogram(external_id)]
        user: u8,
        #[lunogram(string)]
        number: Option<u64>,
        plain: Option<&'static str>,
        #[lunogram(flatten)]
        extra: Option<BTreeMap<String, Option<u8>>>,
        last: Option<bool>,
        after: Option<f64>,
    }
    let wire = Wire::start();
    let extra = |value| Some(BTreeMap::from([("x".to_owned(), value)]));
    for (number, plain, extra, last, after, data) in [
        (None, None, None, None, None, json!({})),
        (
            None,
            None,
            extra(None),
            Some(true),
            None,
            json!({"last": true}),
        ),
        (
            None,
            None,
            extra(Some(2)),
            None,
            Some(1.5),
            json!({"x": 2, "after": 1.5}),
        ),
        (
            None,
            Some("a"),
            extra(Some(1)),
            Some(false),
            Some(-0.5),
            json!({"plain": "a", "x": 1, "last": false, "after": -0.5}),
        ),
        (
            Some(7),
            None,
            None,
            Some(true),
            None,
            json!({"number": "7", "last": true}),
        ),
    ] {
        let sparse = Sparse {
            user: 1,
            number,
            plain,
            extra,
            last,
            after,
        };
        assert_eq!(wire.event(sparse).await.unwrap()["data"], data);
    }
}

#[tokio::test]
async fn sent_events_can_be_read_back_as_values() {
    #[derive(Clone, Debug, PartialEq, Deserialize, LunogramEvent)]
    #[lunogram(rename_all = "camelCase")]
    struct Purchase {
        #[lunogram(external_id)]
        account: AccountId,
        #[lunogram(external_id, source = "stripe")]
        customer: Option<String>,
        #[lunogram(string)]
        order_number: u64,
        #[lunogram(rename = "total")]
        amount_paid: f32,
        coupon: Option<String>,
        tags: Vec<String>,
    }
    #[derive(Clone, Debug, PartialEq, Deserialize, LunogramEvent)]
    enum Cart {
        Updated {
            #[lunogram(external_id)]
            user: AccountId,
            items: u8,
        },
        #[lunogram(name = "cart.emptied")]
        Emptied {
            #[lunogram(external_id)]
            user: AccountId,
        },
    }
    let wire = Wire::start();
    wire.client
        .upsert_user(&UpsertUserRequest::new(7))
        .await
        .unwrap();
    let purchase = Purchase {
        account: AccountId(7),
        customer: None,
        order_number: u64::MAX,
        amount_paid: 2.5,
        coupon: None,
        tags: vec!["1".to_owned()],
    };
    let cart = [
        Cart::Updated {
            user: AccountId(7),
            items: 3,
        },
        Cart::Emptied { user: AccountId(7) },
    ];
    wire.client.send(&purchase).await.unwrap();
    wire.client.send_all(&cart).await.unwrap();
    let purchases = wire.server.events::<Purchase>();
    assert_eq!(purchases.len(), 1);
    assert_eq!(purchases[0].value().unwrap(), purchase);
    let carts = wire.server.events::<Cart>();
    let values: Vec<_> = carts.iter().map(|event| event.value().unwrap()).collect();
    assert_eq!(values, cart);
}

/// Removes the time from an event's data and returns it.
fn moment(event: &mut Value, name: &str) -> chrono::DateTime<chrono::FixedOffset> {
    let data = event["data"].as_object_mut().expect("an object");
    let moment = data.remove(name).expect("the event has its time");
    let text = moment.as_str().expect("text");
    assert!(text.ends_with('Z'), "{text}");
    chrono::DateTime::parse_from_rfc3339(text).expect("RFC 3339")
}

#[tokio::test]
async fn an_event_can_carry_the_time_at_which_it_occurred() {
    #[derive(LunogramEvent)]
    #[lunogram(occurred_at)]
    struct Bare {
        #[lunogram(external_id)]
        user: u8,
    }
    #[derive(LunogramEvent)]
    #[lunogram(occurred_at = "at")]
    struct Flattened {
        #[lunogram(external_id)]
        user: u8,
        items: u8,
        #[lunogram(flatten)]
        rest: BTreeMap<&'static str, u8>,
    }
    #[derive(LunogramEvent)]
    #[lunogram(occurred_at)]
    enum Cart {
        CartEmptied {
            #[lunogram(external_id)]
            user: u8,
            items: u8,
        },
    }
    let wire = Wire::start();
    let before = chrono::Utc::now() - chrono::TimeDelta::milliseconds(1);
    let mut bare = wire.event(Bare { user: 1 }).await.unwrap();
    let cart = Cart::CartEmptied { user: 1, items: 2 };
    let mut emptied = wire.event(&cart).await.unwrap();
    let rest = BTreeMap::from([("gift", 1)]);
    let mut flattened = wire
        .event(Flattened {
            user: 1,
            items: 2,
            rest,
        })
        .await
        .unwrap();
    let after = chrono::Utc::now();
    for (event, name, data) in [
        (&mut bare, "occurred_at", json!({})),
        (&mut emptied, "occurred_at", json!({"items": 2})),
        (&mut flattened, "at", json!({"items": 2, "gift": 1})),
    ] {
        let moment = moment(event, name);
        assert!(before <= moment && moment <= after, "{moment}");
        assert_eq!(event["data"], data);
    }
    let rest = BTreeMap::from([("at", 1)]);
    let twice = Flattened {
        user: 1,
        items: 2,
        rest,
    };
    assert_eq!(paths(&wire.event(twice).await), ["[0].data"]);
}
