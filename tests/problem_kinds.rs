//! The kinds of problems, by which programs branch.

use chrono::{DateTime, TimeDelta, TimeZone, Utc};
use lunogram::inbox::{Channel, NewInboxMessage};
use lunogram::push::Device;
use lunogram::testing::Server;
use lunogram::values::{Email, Interval};
use lunogram::{
    AnyEvent, AnySchedule, AnyTraits, Event, Identifiers, Invalid, LunogramEvent, Problem,
    ProblemKind, ScheduleRequest, UpsertUserRequest, UserTraits,
};
use serde::{Serialize, Serializer};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt;
use uuid::Uuid;

#[derive(UserTraits)]
#[lunogram(unplanned)]
struct Visitor {
    #[lunogram(external_id)]
    id: Option<u64>,
}

#[derive(LunogramEvent)]
#[lunogram(unplanned)]
struct Derived {
    #[lunogram(external_id)]
    user: u8,
    #[lunogram(flatten)]
    more: BTreeMap<&'static str, f64>,
    #[lunogram(string)]
    number: f64,
    name: &'static str,
}

#[derive(LunogramEvent)]
#[lunogram(unplanned)]
struct Texts<T> {
    #[lunogram(external_id)]
    user: u8,
    #[lunogram(string)]
    number: T,
}

/// The kind of the only problem, which is at `path`.
#[track_caller]
fn kind_at(path: &str, problems: &[Problem]) -> ProblemKind {
    let [problem] = problems else {
        panic!("one problem, not {problems:?}");
    };
    assert_eq!(problem.path(), path);
    problem.kind()
}

#[track_caller]
fn refused<T: fmt::Debug>(path: &str, outcome: Result<T, Invalid>) -> ProblemKind {
    kind_at(path, outcome.expect_err("a problem").problems())
}

fn event() -> Event {
    Event::new("a").to("u")
}

fn user() -> UpsertUserRequest {
    UpsertUserRequest::new("u")
}

#[test]
fn each_rule_of_a_value_has_its_kind() {
    for (path, request, kind) in [
        ("email", user().email("jane"), ProblemKind::Email),
        ("phone", user().phone("0612345678"), ProblemKind::Phone),
        ("timezone", user().timezone("Mars"), ProblemKind::TimeZone),
        ("locale", user().locale("nl_NL"), ProblemKind::Locale),
        ("locale", user().locale("xx"), ProblemKind::Locale),
    ] {
        assert_eq!(refused(path, request.check()), kind);
    }
    for interval in ["now and then", "0 days"] {
        let request = ScheduleRequest::every("a", "u", interval);
        assert_eq!(refused("interval", request.check()), ProblemKind::Interval);
    }
    let violation = Email::try_from("jane").expect_err("a violation");
    assert_eq!(violation.kind(), ProblemKind::Email);
    let violation = Interval::try_from(TimeDelta::zero()).expect_err("a violation");
    assert_eq!(violation.kind(), ProblemKind::Interval);
}

#[test]
fn names_that_a_raw_name_would_allow_have_their_own_kind() {
    for (name, kind) in [
        ("", ProblemKind::Name),
        (" a", ProblemKind::Name),
        ("a\n", ProblemKind::Name),
        ("Product Purchased", ProblemKind::NotSnakeCase),
        ("user.created", ProblemKind::ReservedName),
    ] {
        let event = Event::new(name).to("u");
        assert_eq!(refused("name", event.check()), kind, "{name:?}");
        let raw = Event::new(name).raw_name().to("u");
        let is_raw_name = kind == ProblemKind::NotSnakeCase;
        assert_eq!(raw.check().is_ok(), is_raw_name, "{name:?}");
    }
    let schedule = ScheduleRequest::every("anniversary", "u", "24h");
    assert_eq!(refused("name", schedule.check()), ProblemKind::ReservedName);
}

#[test]
fn each_problem_of_a_subject_has_its_kind() {
    let none: Identifiers = std::iter::empty().collect();
    for (path, event, kind) in [
        (
            "identifier[0].external_id",
            Event::new("a").to(""),
            ProblemKind::ExternalId,
        ),
        (
            "identifier",
            Event::new("a").to(none),
            ProblemKind::NoSubject,
        ),
        ("identifier", Event::new("a"), ProblemKind::NoSubject),
        (
            "match",
            Event::new("a").matching(json!({})),
            ProblemKind::EmptyMatch,
        ),
        (
            "match",
            Event::new("a").matching(json!([])),
            ProblemKind::NotAnObject,
        ),
        (
            "match",
            event().matching(json!({"plan": "pro"})),
            ProblemKind::Conflict,
        ),
    ] {
        assert_eq!(refused(path, event.check()), kind);
    }

    assert_eq!(
        refused("identifier", Visitor { id: None }.check()),
        ProblemKind::NoSubject
    );
}

#[test]
fn each_problem_of_the_data_has_its_kind() {
    struct Failing;
    impl Serialize for Failing {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("not today"))
        }
    }

    let large = BTreeMap::from([("n", u64::MAX)]);
    let negative = BTreeMap::from([("n", i128::MIN)]);
    let infinite = BTreeMap::from([("n", f64::INFINITY)]);
    let nan = BTreeMap::from([("n", f32::NAN)]);
    let key = BTreeMap::from([((1, 2), 3)]);
    for (path, event, kind) in [
        ("data.n", event().data(large), ProblemKind::UnsafeInteger),
        ("data.n", event().data(negative), ProblemKind::UnsafeInteger),
        ("data.n", event().data(infinite), ProblemKind::NotFinite),
        ("data.n", event().data(nan), ProblemKind::NotFinite),
        ("data", event().data([1, 2]), ProblemKind::NotAnObject),
        ("data", event().data(Failing), ProblemKind::Unserializable),
        ("data", event().data(key), ProblemKind::Unserializable),
    ] {
        assert_eq!(refused(path, event.check()), kind);
    }

    let derived = |key: &'static str, number: f64| Derived {
        user: 1,
        more: BTreeMap::from([(key, 1.0)]),
        number,
        name: "a",
    };
    assert_eq!(
        refused("data", derived("name", 1.0).check()),
        ProblemKind::DuplicateProperty
    );
    assert_eq!(
        refused("data.number", derived("other", f64::NAN).check()),
        ProblemKind::NotFinite
    );

    let list = Texts {
        user: 1,
        number: vec![1],
    };
    assert_eq!(
        refused("data.number", list.check()),
        ProblemKind::NotAString
    );
}

#[test]
fn each_problem_of_a_schedule_has_its_kind() {
    let late = Utc.with_ymd_and_hms(10_000, 1, 1, 0, 0, 0).unwrap();
    let once = ScheduleRequest::at("a", "u", late);
    assert_eq!(
        refused("scheduled_at", once.check()),
        ProblemKind::OutOfRange
    );
    let both = ScheduleRequest::at("a", "u", DateTime::UNIX_EPOCH).start_at(DateTime::UNIX_EPOCH);
    assert_eq!(refused("start_at", both.check()), ProblemKind::Conflict);
}

#[tokio::test]
async fn answered_calls_report_the_kinds() {
    let server = Server::start().expect("a port");
    let client = server.client();
    let message = |channel| NewInboxMessage::new("m", channel);
    let now = Utc::now();
    for (path, message, kind) in [
        (
            "[0].target",
            message(Channel::Inbox),
            ProblemKind::NoSubject,
        ),
        (
            "[0].priority",
            message(Channel::Inbox).to("u").priority(9),
            ProblemKind::OutOfRange,
        ),
        (
            "[0].sender_identity_id",
            message(Channel::Email).to("u"),
            ProblemKind::Missing,
        ),
        (
            "[0].sender_identity_id",
            message(Channel::Inbox).to("u").sender_identity(Uuid::nil()),
            ProblemKind::Conflict,
        ),
        (
            "[0].expires_at",
            message(Channel::Inbox)
                .to("u")
                .scheduled_at(now)
                .expires_at(now),
            ProblemKind::Conflict,
        ),
    ] {
        let error = client.post_inbox_messages(&[message]).await.unwrap_err();
        assert_eq!(kind_at(path, error.problems()), kind);
    }
    let device = Device::ios("device-1", "");
    let error = client.register_device("u", &device).await.unwrap_err();
    assert_eq!(
        kind_at("config.token", error.problems()),
        ProblemKind::Missing
    );
    let nothing: [Event; 0] = [];
    let error = client.send_all(&nothing).await.unwrap_err();
    assert_eq!(kind_at("", error.problems()), ProblemKind::Missing);
    let mixed = [event(), Event::new("a").to("o").organization()];
    let error = client.send_all(&mixed).await.unwrap_err();
    assert_eq!(kind_at("[1]", error.problems()), ProblemKind::Conflict);
    assert!(server.requests().is_empty());
}
