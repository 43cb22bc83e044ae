//! Texts that the platform's database cannot store are refused before they are sent: the platform
//! answers 500 for them, or loses the event.

use lunogram::inbox::{Channel, InboxQuery, NewInboxMessage};
use lunogram::push::Device;
use lunogram::testing::Server;
use lunogram::{
    AnyEvent, AnySchedule, AnyTraits, Error, Event, Identifier, Invalid, LunogramEvent, Membership,
    OrganizationTraits, Problem, ProblemKind, ScheduleKey, ScheduleRequest,
    UpsertOrganizationRequest, UpsertUserRequest, UserTraits,
};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt;
use uuid::Uuid;

const NUL: &str = "a\0b";

/// A text without a length limit in most places.
fn long() -> String {
    "é".repeat(256)
}

#[track_caller]
fn refused<T: fmt::Debug>(outcome: Result<T, Invalid>, expected: &[(&str, ProblemKind)]) {
    problems(outcome.expect_err("a problem").problems(), expected);
}

#[track_caller]
fn refused_call<T: fmt::Debug>(outcome: Result<T, Error>, expected: &[(&str, ProblemKind)]) {
    problems(outcome.expect_err("a problem").problems(), expected);
}

#[track_caller]
fn problems(found: &[Problem], expected: &[(&str, ProblemKind)]) {
    let of = |problem: &Problem| (problem.path().to_owned(), problem.kind());
    let found: Vec<_> = found.iter().map(of).collect();
    let expected: Vec<_> = expected
        .iter()
        .map(|(path, kind)| ((*path).to_owned(), *kind))
        .collect();
    assert_eq!(found, expected);
}

fn event(data: impl Serialize) -> Event {
    Event::new("a").to("u").data(data)
}

#[derive(Serialize)]
enum Payment {
    Voucher(&'static str),
    Card { holder: &'static str },
    Split(u8, &'static str),
}

#[test]
fn u0000_is_refused_at_any_depth_of_the_data() {
    struct Shown(u8);
    impl Serialize for Shown {
        fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_str(&format_args!("{}{NUL}{NUL}", self.0))
        }
    }
    let raw = |json: &str| RawValue::from_string(json.to_owned()).expect("JSON");
    let nul = ProblemKind::Nul;
    for (event, path) in [
        (event(json!({"a": NUL})), "data.a"),
        (event(json!({"a": ["", {"b": NUL}]})), "data.a[1].b"),
        (event(json!({"a": {NUL: 1}})), "data.a"),
        (event(json!({NUL: 1})), "data"),
        (event(json!({"a": NUL.repeat(1000)})), "data.a"),
        (event(BTreeMap::from([('\0', '\0')])), "data"),
        (event(json!({"a": {"b": {"c": 1}}, "d": "\0"})), "data.d"),
        (event(BTreeMap::from([("a", '\0')])), "data.a"),
        (event(BTreeMap::from([("a", Shown(1))])), "data.a"),
        (
            event(BTreeMap::from([("a", Payment::Voucher(NUL))])),
            "data.a.Voucher",
        ),
        (
            event(BTreeMap::from([("a", Payment::Card { holder: NUL })])),
            "data.a.Card.holder",
        ),
        (
            event(BTreeMap::from([("a", Payment::Split(1, NUL))])),
            "data.a.Split[1]",
        ),
        (
            event(BTreeMap::from([("a", raw(r#"[1, "\n\u0000"]"#))])),
            "data.a[1]",
        ),
        (
            event(BTreeMap::from([("a", raw(r#"{"x": {"\u0000": "b"}}"#))])),
            "data.a.x",
        ),
    ] {
        let invalid = event.check().expect_err(path);
        assert_eq!(invalid.problems()[0].path(), path);
        assert!(
            invalid
                .problems()
                .iter()
                .all(|problem| problem.kind() == nul)
        );
        assert!(!invalid.to_string().contains('\0'));
    }
    // A text that only looks like an escape sequence, and one of each other control character.
    let controls: String = (1..0x20_u8).map(char::from).collect();
    let similar = raw(r#"{"a": "\\u0000", "b": "\\\\u0000 \u0001"}"#);
    for event in [
        event(json!({"a": "\\u0000", "b": controls})),
        event(BTreeMap::from([("a", similar)])),
    ] {
        assert!(event.check().is_ok());
    }
}

#[derive(LunogramEvent)]
#[lunogram(unplanned)]
struct Derived<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    #[lunogram(external_id, source = "stripe")]
    customer: Option<&'a str>,
    note: &'a str,
    items: Vec<BTreeMap<String, u8>>,
    #[lunogram(flatten)]
    more: BTreeMap<String, Value>,
}

impl Derived<'_> {
    const VALID: Derived<'static> = Derived {
        user: "u",
        customer: None,
        note: "",
        items: Vec::new(),
        more: BTreeMap::new(),
    };
}

#[test]
fn derived_events_are_checked_like_dynamic_ones() {
    let id = long();
    let keys = |key: &str| vec![BTreeMap::from([(key.to_owned(), 1)])];
    let more = |key: &str, value: Value| BTreeMap::from([(key.to_owned(), value)]);
    assert!(Derived::VALID.check().is_ok());
    let wrong = Derived {
        user: "\u{2003} ",
        customer: Some(&id),
        note: NUL,
        items: keys(NUL),
        more: more("x", json!([NUL])),
    };
    refused(
        wrong.check(),
        &[
            ("identifier[0].external_id", ProblemKind::ExternalId),
            ("identifier[1].external_id", ProblemKind::TooLong),
            ("data.note", ProblemKind::Nul),
            ("data.items[0]", ProblemKind::Nul),
            ("data.x[0]", ProblemKind::Nul),
        ],
    );
    for (characters, is_stored) in [(241, true), (242, false)] {
        let key = "é".repeat(characters);
        let nested = Derived {
            // Its path is `.data.items[].é…`, 14 characters and the key.
            items: keys(&key),
            ..Derived::VALID
        };
        assert_eq!(nested.check().is_ok(), is_stored, "{characters}");
    }
    for (characters, is_stored) in [(249, true), (250, false)] {
        let key = "é".repeat(characters);
        let flattened = Derived {
            more: more(&key, json!(1)),
            ..Derived::VALID
        };
        assert_eq!(flattened.check().is_ok(), is_stored, "{characters}");
        let items = Derived {
            more: more(&key[..key.len() - 2 * "é".len()], json!(["item"])),
            ..Derived::VALID
        };
        assert_eq!(items.check().is_ok(), is_stored, "{characters}");
    }
}

#[test]
fn the_path_of_a_property_is_limited_where_a_schema_is_learned() {
    let key = "k".repeat(120);
    // `.data.k…[].k….fits` has 254 characters.
    let long = json!({&key: [{&key: {"fits": 1, "does_not_fit": 2}}, {&key: {"does_not_fit": 3}}]});
    let path = format!("data.{key}[0].{key}.does_not_fit");
    let expected = &[(&*path, ProblemKind::TooLong)][..];
    refused(event(&long).check(), expected);
    refused(UpsertUserRequest::new("u").data(&long).check(), expected);
    refused(
        UpsertOrganizationRequest::new("o").data(&long).check(),
        expected,
    );
    refused(
        ScheduleRequest::every("a", "u", "24h").data(&long).check(),
        expected,
    );
    let raw = RawValue::from_string(long.to_string()).expect("JSON");
    refused(event(&raw).check(), expected);

    let metadata = Identifier::new("u").metadata(&long);
    assert!(Event::new("a").to(metadata).check().is_ok());
    assert!(Event::new("a").matching(&long).check().is_ok());
    // Many short keys, and long values.
    let keys: BTreeMap<_, _> = (0..100)
        .map(|index| (format!("{key}{index}"), [[&key; 3]; 3]))
        .collect();
    assert!(event(keys).check().is_ok());
}

#[test]
fn identifiers_and_columns_are_limited() {
    let long = long();
    let (too_long, nul) = (ProblemKind::TooLong, ProblemKind::Nul);
    for (id, kind) in [
        ("", ProblemKind::ExternalId),
        ("\t", ProblemKind::ExternalId),
        (&*long, too_long),
        (NUL, nul),
        ("\0", nul),
    ] {
        let expected = &[("identifier[0].external_id", kind)][..];
        refused(Event::new("a").to(id).check(), expected);
        refused(UpsertUserRequest::new(id).check(), expected);
        refused(ScheduleRequest::every("a", id, "24h").check(), expected);
    }
    for (source, kind) in [
        (" ", ProblemKind::Source),
        (" crm", ProblemKind::Source),
        (NUL, ProblemKind::Source),
        (&*long, too_long),
    ] {
        let event = Event::new("a").to(Identifier::new("u").source(source));
        refused(event.check(), &[("identifier[0].source", kind)]);
    }
    let metadata = Identifier::new("u").metadata(json!({"a": [NUL]}));
    refused(
        Event::new("a").to(metadata).check(),
        &[("identifier[0].metadata.a[0]", nul)],
    );
    refused(
        Event::new("a").matching(json!({"a": NUL})).check(),
        &[("match.a", nul)],
    );
    for (name, kind) in [(NUL, nul), (&*long, too_long)] {
        let request = UpsertOrganizationRequest::new("o").name(name);
        refused(request.check(), &[("name", kind)]);
    }
    let longest = &long[2..];
    let request = UpsertOrganizationRequest::new(Identifier::new(longest).source(longest));
    assert!(request.name(longest).check().is_ok());
}

#[derive(UserTraits)]
#[lunogram(unplanned)]
struct Profile<'a> {
    #[lunogram(external_id)]
    id: &'a str,
    #[lunogram(email)]
    email: &'a str,
    bio: &'a str,
}

#[derive(OrganizationTraits)]
#[lunogram(unplanned)]
struct Company<'a> {
    #[lunogram(external_id)]
    id: &'a str,
    #[lunogram(name)]
    name: &'a str,
}

#[test]
fn derived_traits_are_limited() {
    let email = format!("{}@example.com", "j".repeat(255));
    let profile = Profile {
        id: " ",
        email: &email,
        bio: NUL,
    };
    refused(
        profile.check(),
        &[
            ("identifier[0].external_id", ProblemKind::ExternalId),
            ("email", ProblemKind::TooLong),
            ("data.bio", ProblemKind::Nul),
        ],
    );
    for (name, kind) in [(NUL, ProblemKind::Nul), (&*long(), ProblemKind::TooLong)] {
        let company = Company { id: "o", name };
        refused(company.check(), &[("name", kind)]);
    }
}

#[tokio::test]
async fn calls_without_traits_or_events_are_limited() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let long = long();
    let (too_long, nul) = (ProblemKind::TooLong, ProblemKind::Nul);

    let device = Device::ios(NUL, NUL)
        .os_version(&*long)
        .model(NUL)
        .app_version(&*long)
        .data(json!({"a": NUL}));
    refused_call(
        client.register_device("u", &device).await,
        &[
            ("device_id", nul),
            ("os_version", too_long),
            ("model", nul),
            ("app_version", too_long),
            ("data.a", nul),
            ("config.token", nul),
        ],
    );

    let message = NewInboxMessage::new(NUL, Channel::Inbox)
        .to("u")
        .content(json!({"title": NUL}))
        .data(json!({"a": [NUL]}))
        .tags(["fits", NUL]);
    refused_call(
        client.post_inbox_messages(&[message]).await,
        &[
            ("[0].identifier.external_id", nul),
            ("[0].content.title", nul),
            ("[0].data.a[0]", nul),
            ("[0].tags[1]", nul),
        ],
    );
    let inbox = client.user_inbox(Identifier::new(NUL).source(" "));
    let query = InboxQuery::new(Channel::Inbox).tags([NUL]);
    refused_call(
        inbox.page(&query).await,
        &[
            ("source", ProblemKind::Source),
            ("external_id", nul),
            ("tags[0]", nul),
        ],
    );

    let membership = Membership::of_user(" ")
        .in_organization(&*long)
        .data(json!({"a": NUL}));
    refused_call(
        client.add_organization_user(&membership).await,
        &[
            ("organization.identifier[0].external_id", too_long),
            ("user.identifier[0].external_id", ProblemKind::ExternalId),
            ("data.a", nul),
        ],
    );
    refused_call(
        client.delete_user(NUL).await,
        &[("identifier[0].external_id", nul)],
    );
    assert!(server.requests().is_empty());
}

/// The ways in that the other tests do not take: sessions, deletions, requests that are read.
#[tokio::test]
async fn no_way_in_is_without_limits() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let policy = Uuid::from_u128(7);
    let token = client.create_session(policy, "u").await.expect("201");
    let session = client.with_session(&token, "u").expect("a session");
    let made = server.requests().len();
    let long = long();
    for (text, kind, of_name) in [
        // A name has no control characters at all.
        (NUL, ProblemKind::Nul, ProblemKind::Name),
        (&*long, ProblemKind::TooLong, ProblemKind::TooLong),
    ] {
        let minted = client.create_session(policy, text).await;
        refused_call(minted, &[("user_id", kind)]);
        refused_call(client.with_session(&token, text), &[("user_id", kind)]);
        refused_call(
            client.delete_organization(text).await,
            &[("identifier[0].external_id", kind)],
        );
        let membership = Membership::of_user(text).in_organization("o");
        refused_call(
            client.remove_organization_user(&membership).await,
            &[("user.identifier[0].external_id", kind)],
        );
        let key = ScheduleKey::named(text.to_owned(), "u");
        refused_call(client.unschedule(key).await, &[("name", of_name)]);
        let device = Device::ios("d", "t").model(text);
        refused_call(session.register_device(&device).await, &[("model", kind)]);
        refused_call(
            session.send(&Event::new(text.to_owned()).raw_name()).await,
            &[("name", of_name)],
        );
        let data = json!({"a": {"b": text.repeat(2)}, text: 1});
        let event = session.track(&Event::new("a").data(data));
        assert_eq!(event.expect_err("a key").problems()[0].kind(), kind);

        for json in [
            json!({"name": text, "identifier": [{"external_id": "u"}]}),
            json!({"name": "a", "identifier": [{"external_id": text}]}),
            json!({"name": "a", "identifier": [{"external_id": "u"}], "data": {text: 1}}),
        ] {
            let read = serde_json::from_value::<Event>(json);
            assert!(read.is_err(), "{read:?}");
        }
        let id = json!([{"external_id": "u"}]);
        let json = json!({"identifier": id, "name": text});
        assert!(serde_json::from_value::<UpsertOrganizationRequest>(json).is_err());
        let json = json!({"identifier": id, "data": {text: 1}});
        assert!(serde_json::from_value::<UpsertOrganizationRequest>(json.clone()).is_err());
        assert!(serde_json::from_value::<UpsertUserRequest>(json).is_err());
        let json = json!({"name": "a", "identifier": id, "interval": "24h", "data": {text: 1}});
        assert!(serde_json::from_value::<ScheduleRequest>(json).is_err());
    }
    assert_eq!(server.requests().len(), made);
}

#[test]
fn raw_json_that_the_server_would_change_is_refused() {
    let check = |json: &str| {
        let raw = RawValue::from_string(json.to_owned()).expect("JSON");
        event(BTreeMap::from([("a", raw)])).check()
    };
    let surrogate = ProblemKind::Unserializable;
    for (json, path, kind) in [
        (r#""\ud83d""#, "data.a", surrogate),
        (r#"["\ude00\ud83d"]"#, "data.a[0]", surrogate),
        (r#"{"\ud83d\u0041": 1}"#, "data.a", surrogate),
        (r#"["", 1e-400]"#, "data.a[1]", ProblemKind::OutOfRange),
        ("-0.00001e-400", "data.a", ProblemKind::OutOfRange),
        ("1e400", "data.a", ProblemKind::NotFinite),
    ] {
        refused(check(json), &[(path, kind)]);
    }
    for json in [
        r#""\ud83d\ude00 \\ud83d""#,
        r#"{"\ud83d\ude00": "\u00e9"}"#,
        "[0, -0, 0.0, 0e9, 0e-400, 5e-324, 1e300]",
    ] {
        assert!(check(json).is_ok(), "{json}");
    }
}

/// The event of the list after the one that cannot be stored arrives, and so do those before it.
#[tokio::test]
async fn a_text_that_cannot_be_stored_holds_nothing_up() -> Result<(), Error> {
    let server = Server::start().expect("a port");
    let client = server.client();
    client.upsert_user(&UpsertUserRequest::new("jane")).await?;
    for n in 0..100 {
        let bio = if n == 50 { NUL } else { "ab" };
        let event = Event::new("bio_changed").to("jane");
        let tracked = client.track(&event.data(json!({"n": n, "bio": bio})));
        assert_eq!(tracked.is_err(), n == 50);
    }
    client.flush().await?;
    assert_eq!(server.all_events().len(), 99);
    assert!(server.lost().is_empty());
    Ok(())
}
