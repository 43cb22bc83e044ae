//! Arrays and objects that are nested deeply: the client refuses more than 100 levels, wherever the
//! value comes from, and the embedded server takes all that the client lets out.

use lunogram::hooks::{Decision, Outgoing};
use lunogram::inbox::{Channel, NewInboxMessage};
use lunogram::push::Device;
use lunogram::testing::Server;
use lunogram::{
    AnyEvent, AnySchedule, AnyTraits, Client, Error, Event, Identifier, Invalid, LunogramEvent,
    Membership, Problem, ProblemKind, ScheduleRequest, UpsertOrganizationRequest,
    UpsertUserRequest,
};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::fmt;

/// The maximum number of levels of a value.
const MAX: usize = 100;

/// A value with this many levels: objects with an empty key, which makes the path short.
fn objects(levels: usize) -> Value {
    (0..levels).fold(json!(1), |inner, _| json!({"": inner}))
}

/// A value with this many levels, of which the innermost is empty.
fn arrays(levels: usize) -> Value {
    (1..levels).fold(json!([]), |inner, _| json!([inner]))
}

fn raw(value: &Value) -> Box<RawValue> {
    RawValue::from_string(value.to_string()).expect("JSON")
}

/// An enum, which serde writes with up to two levels for each variant.
#[derive(Serialize)]
enum Choice {
    Struct { inner: Option<Box<Choice>> },
    Tuple((), Option<Box<Choice>>),
    Newtype(Box<Choice>),
}

#[derive(LunogramEvent)]
#[lunogram(unplanned)]
struct Derived<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    value: Value,
    #[lunogram(flatten)]
    more: BTreeMap<&'static str, Value>,
}

impl Default for Derived<'_> {
    fn default() -> Self {
        Self {
            user: "u",
            value: Value::Null,
            more: BTreeMap::new(),
        }
    }
}

/// Checks that 100 levels pass and that 101 are one problem with this path. A path that ends with
/// `…` is the start of a longer one, which is not much longer.
#[track_caller]
fn limited<T: fmt::Debug>(path: &str, check: impl Fn(usize) -> Result<T, Invalid>) {
    let deepest = check(MAX);
    assert!(deepest.is_ok(), "{path}: {deepest:?}");
    for levels in [MAX + 1, MAX + 2, 500] {
        let invalid = check(levels).expect_err(path);
        let [problem] = invalid.problems() else {
            panic!("{invalid:?}");
        };
        assert_eq!(problem.kind(), ProblemKind::TooDeep);
        match (path.strip_suffix('…'), problem.path().strip_suffix('…')) {
            (Some(start), Some(found)) => {
                assert!(found.starts_with(start), "{found}");
                assert!(found.len() < start.len() + 20, "{found}");
            }
            _ => assert_eq!(problem.path(), path),
        }
    }
}

#[test]
fn more_than_100_levels_are_refused_wherever_they_are() {
    let in_data = |value: Value| Event::new("a").to("u").data(json!({"a": value})).check();
    let indexes = "[0]".repeat(7);
    limited(&format!("data.a{indexes}…"), |levels| {
        in_data(arrays(levels - 1))
    });
    let keys = r#"[""]"#.repeat(8);
    limited(&format!("data{keys}…"), |levels| {
        Event::new("a").to("u").data(objects(levels)).check()
    });
    limited(&format!("data.value{indexes}…"), |levels| {
        let value = arrays(levels - 1);
        Derived {
            value,
            ..Derived::default()
        }
        .check()
    });
    limited(&format!("data.x{indexes}…"), |levels| {
        let more = BTreeMap::from([("x", arrays(levels - 1))]);
        Derived {
            more,
            ..Derived::default()
        }
        .check()
    });
    limited("data.a", |levels| {
        let value = BTreeMap::from([("a", raw(&arrays(levels - 1)))]);
        Event::new("a").to("u").data(value).check()
    });
    limited("data", |levels| {
        Event::new("a").to("u").data(raw(&objects(levels))).check()
    });
    limited("data.a[0]", |levels| {
        let value = BTreeMap::from([("a", [raw(&arrays(levels - 2))])]);
        Event::new("a").to("u").data(value).check()
    });
    limited(&format!("match{keys}…"), |levels| {
        Event::new("a").matching(objects(levels)).check()
    });
    limited(
        &format!("identifier[0].metadata{}…", r#"[""]"#.repeat(7)),
        |levels| {
            let id = Identifier::new("u").metadata(objects(levels));
            Event::new("a").to(id).check()
        },
    );
    limited(&format!("data{keys}…"), |levels| {
        UpsertUserRequest::new("u").data(objects(levels)).check()
    });
    limited(&format!("data{keys}…"), |levels| {
        UpsertOrganizationRequest::new("o")
            .data(objects(levels))
            .check()
    });
    limited(&format!("data{keys}…"), |levels| {
        let schedule = ScheduleRequest::every("a", "u", "24h");
        schedule.data(objects(levels)).check()
    });
}

#[test]
fn each_bracket_of_an_enum_is_a_level() {
    let innermost = || Choice::Struct { inner: None };
    let event = |levels: usize, wrap: fn(Choice) -> Choice| {
        // The innermost value has two levels, and so has `{"a": [...]}`.
        let values = (0..levels / 2 - 2).fold(innermost(), |inner, _| wrap(inner));
        let value = if levels.is_multiple_of(2) {
            json!([values])
        } else {
            json!([[values]])
        };
        Event::new("a").matching(json!({"a": value})).check()
    };
    // `json!` writes the values itself, so the levels are those of its output.
    let structs: fn(Choice) -> Choice = |inner| Choice::Struct {
        inner: Some(Box::new(inner)),
    };
    let tuples: fn(Choice) -> Choice = |inner| Choice::Tuple((), Some(Box::new(inner)));
    for wrap in [structs, tuples] {
        assert!(event(MAX, wrap).is_ok());
        assert!(event(MAX + 1, wrap).is_err());
        // Without `json!` in between.
        let direct = |count: usize| {
            let value = (1..count).fold(innermost(), |inner, _| wrap(inner));
            let data = BTreeMap::from([("a", [value])]);
            Event::new("a").matching(data).check()
        };
        assert!(direct((MAX - 2) / 2).is_ok());
        assert!(direct((MAX - 2) / 2 + 1).is_err());
    }
    let newtypes = |count: usize| {
        let value = (0..count).fold(innermost(), |inner, _| Choice::Newtype(Box::new(inner)));
        Event::new("a").matching(value).check()
    };
    assert!(newtypes(MAX - 2).is_ok());
    assert!(newtypes(MAX - 1).is_err());
}

#[test]
fn levels_are_those_that_are_open_at_the_same_time() {
    let value = json!([arrays(97), [objects(97), 1], arrays(98)]);
    let wide: Vec<_> = std::iter::repeat_n(value, 20).collect();
    assert!(
        Event::new("a")
            .matching(json!({"a": 1}))
            .data(json!({"a": wide}))
            .check()
            .is_err()
    );
    let value = json!([arrays(40), [objects(40), 1], arrays(40)]);
    let wide: Vec<_> = std::iter::repeat_n(value, 20).collect();
    let data = json!({"a": wide, "b": arrays(99), "c": raw(&arrays(99)), "d": "[".repeat(200)});
    assert!(Event::new("a").to("u").data(&data).check().is_ok());
}

#[test]
fn a_request_that_is_read_is_limited() {
    let read = |levels: usize| {
        let json = json!({"name": "a", "match": objects(levels)});
        serde_json::from_value::<Event>(json)
    };
    let event = read(MAX).expect("a valid event");
    assert!(serde_json::to_string(&event).is_ok());
    let error = read(MAX + 1).expect_err("too deep").to_string();
    assert!(error.contains("more than 100 levels"), "{error}");
}

#[tokio::test]
async fn calls_without_events_or_traits_are_limited() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let deep = objects(MAX + 1);
    let refused = |outcome: Result<(), Error>, path: &str| {
        let error = outcome.expect_err(path);
        let [problem] = error.problems() else {
            panic!("{error:?}");
        };
        assert_eq!(problem.kind(), ProblemKind::TooDeep);
        assert!(problem.path().starts_with(path), "{}", problem.path());
        assert!(error.to_string().len() < 300, "{error}");
    };
    let device = Device::ios("d", "t").data(&deep);
    refused(client.register_device("u", &device).await, "data");
    let message = NewInboxMessage::new("m", Channel::Inbox).to("u");
    refused(
        client
            .post_inbox_messages(&[message.clone().content(&deep)])
            .await,
        "[0].content",
    );
    refused(
        client.post_inbox_messages(&[message.data(&deep)]).await,
        "[0].data",
    );
    let membership = Membership::of_user("u").in_organization("o").data(&deep);
    refused(client.add_organization_user(&membership).await, "data");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_embedded_server_takes_the_deepest_values_that_leave() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = server.client();
    let deep = objects(MAX);
    let id = || Identifier::new("u").metadata(&deep);
    let user = client
        .upsert_user(&UpsertUserRequest::new(id()).data(&deep))
        .await?;
    assert_eq!(user.data, *deep.as_object().expect("an object"));
    let organization = Identifier::new("o").metadata(&deep);
    client
        .upsert_organization(&UpsertOrganizationRequest::new(organization).data(&deep))
        .await?;
    client
        .register_device(id(), &Device::ios("d", "t").data(&deep))
        .await?;
    let membership = Membership::of_user(id())
        .in_organization(Identifier::new("o").metadata(&deep))
        .data(&deep);
    client.add_organization_user(&membership).await?;
    client
        .schedule(&ScheduleRequest::every("a", id(), "24h").data(&deep))
        .await?;
    let message = NewInboxMessage::new("m", Channel::Inbox).to(id());
    client
        .post_inbox_messages(&[message.content(&deep).data(&deep)])
        .await?;
    let event = Event::new("a").to(id()).data(&deep);
    client.send(&event).await?;
    client.track(&event)?;
    client
        .send(&Event::new("a").matching(&deep).data(&deep))
        .await?;
    client.flush().await?;
    assert!(server.lost().is_empty(), "{:?}", server.lost());
    let events = server.all_events();
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event.reached == [user.id]));
    assert!(
        events
            .iter()
            .all(|event| Value::from(event.data.clone()) == deep)
    );
    assert_eq!(server.user_inbox("u").len(), 1);
    assert_eq!(server.members("o").len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_hook_reads_the_deepest_data_and_adds_no_deeper_ones() {
    let server = Server::start().expect("a port");
    let hooked = |change: fn(&mut Map<String, Value>)| {
        let hook = move |payload: &mut Outgoing<'_>| {
            change(payload.data_mut());
            Decision::Send
        };
        let builder = Client::builder(server.key()).base_url(server.url());
        builder.before_send(hook).build().expect("a client")
    };
    let event = Event::new("a")
        .to("u")
        .data(json!({"deep": arrays(MAX - 1), "ip": "::1"}));
    let client = hooked(|data| drop(data.remove("ip").expect("data that is read")));
    client.send(&event).await.expect("202");
    assert_eq!(server.requests().len(), 1);
    let additions: [fn(&mut Map<String, Value>); 3] = [
        |data| drop(data.insert("a".to_owned(), arrays(MAX))),
        |data| data["deep"] = arrays(MAX),
        // Each part has fewer levels, and together they have more.
        |data| {
            let mut inner = &mut data["deep"];
            for _ in 1..60 {
                inner = &mut inner[0];
            }
            *inner = arrays(60);
        },
    ];
    for change in additions {
        let error = hooked(change).send(&event).await.unwrap_err();
        let problems = error.problems().iter().map(Problem::kind);
        assert!(problems.eq([ProblemKind::TooDeep]), "{error}");
    }
    assert_eq!(server.requests().len(), 1);
}
