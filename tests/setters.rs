//! Setters and look-ups take values, references, `Option`s, and an application's own types of ids.

#![expect(
    clippy::needless_borrows_for_generic_args,
    reason = "the tests show that references are accepted"
)]

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use lunogram::inbox::{Channel, InboxQuery, InboxSource, InboxStatus, NewInboxMessage};
use lunogram::push::Device;
use lunogram::testing::Server;
use lunogram::values::{Email, Interval};
use lunogram::{
    AnySchedule, AnyTraits, Client, Error, ErrorKind, Event, ExternalId, Identifier, Identifiers,
    Membership, ProblemKind, ScheduleRequest, ToIdentifier, ToIdentifiers,
    UpsertOrganizationRequest, UpsertUserRequest,
};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(Clone, Copy, ExternalId)]
struct UserId(u64);

/// A row as a database library returns it.
struct Row<'a> {
    id: UserId,
    email: Option<String>,
    phone: Option<&'a str>,
    zone: Cow<'a, str>,
    extra: Option<Value>,
    until: Option<DateTime<FixedOffset>>,
    crm: Option<String>,
}

fn row() -> Row<'static> {
    Row {
        id: UserId(7),
        email: Some("jane@example.com".to_owned()),
        phone: None,
        zone: "Europe/Amsterdam".into(),
        extra: Some(json!({"plan": "pro"})),
        until: Some("2030-01-02T03:04:05+01:00".parse().expect("a moment")),
        crm: Some("crm".to_owned()),
    }
}

#[test]
fn a_row_is_moved_or_borrowed_into_a_request() {
    let row = row();
    let borrowed = UpsertUserRequest::new(row.id)
        .email(&row.email)
        .phone(&row.phone)
        .timezone(&row.zone)
        .data(&row.extra);
    let dereferenced = UpsertUserRequest::new(&row.id)
        .email(row.email.as_deref())
        .phone(row.phone)
        .timezone(&*row.zone)
        .data(row.extra.as_ref());
    let moved = UpsertUserRequest::new(row.id)
        .email(row.email)
        .phone(row.phone)
        .timezone(row.zone)
        .data(row.extra);
    assert_eq!(borrowed, moved);
    assert_eq!(dereferenced, moved);
    assert_eq!(moved.check(), Ok(()));
}

#[test]
fn data_that_is_none_is_not_set() {
    let none = None::<Value>;
    assert_eq!(Event::new("a").to("u").data(&none), Event::new("a").to("u"));
    let user = UpsertUserRequest::new("u");
    assert_eq!(user.clone().data(&none), user);
    assert_eq!(user.clone().data(json!({"a": 1})).data(&none), user);
    let organization = UpsertOrganizationRequest::new("o");
    assert_eq!(organization.clone().data(&none), organization);
    let schedule = ScheduleRequest::every("a", "u", "1 day");
    assert_eq!(schedule.clone().data(&none), schedule);
    let message = NewInboxMessage::new("m", Channel::Inbox).to("u");
    assert_eq!(message.clone().content(&none).data(&none), message);
    let id = Identifier::new("u");
    assert_eq!(id.clone().metadata(&none).source(None::<String>), id);
}

#[test]
fn a_value_that_is_null_or_no_object_is_still_refused() {
    for data in [Value::Null, json!([1]), json!("pro")] {
        let invalid = UpsertUserRequest::new("u").data(&data).check().unwrap_err();
        let [problem] = invalid.problems() else {
            panic!("one problem, not {invalid}");
        };
        assert_eq!(problem.path(), "data");
        assert_eq!(problem.kind(), ProblemKind::NotAnObject);
    }
}

#[test]
fn a_match_cannot_be_left_out_by_none() {
    // Without a match, the event would have no subject.
    let event = Event::new("a").matching(None::<Value>);
    let invalid = lunogram::AnyEvent::check(&event).unwrap_err();
    assert_eq!(invalid.problems()[0].path(), "match");
    assert_eq!(invalid.problems()[0].kind(), ProblemKind::NotAnObject);
}

#[test]
fn moments_and_intervals_are_values_references_or_none() {
    let moment: DateTime<Utc> = "2030-01-02T02:04:05Z".parse().expect("a moment");
    let system = SystemTime::from(moment);
    let once = ScheduleRequest::at("a", "u", moment);
    for same in [
        ScheduleRequest::at("a", "u", &moment),
        ScheduleRequest::at("a", "u", system),
        ScheduleRequest::at("a", "u", &system),
        ScheduleRequest::at("a", "u", row().until.expect("a moment")),
    ] {
        assert_eq!(same, once);
    }

    let daily = || ScheduleRequest::every("a", "u", "24h");
    assert_eq!(daily().start_at(None::<SystemTime>), daily());
    assert_eq!(daily().start_at(row().until), daily().start_at(moment));
    assert_eq!(daily().start_at(&Some(system)), daily().start_at(moment));
    let interval: Interval = "24h".parse().expect("an interval");
    for same in [
        ScheduleRequest::every("a", "u", &interval),
        ScheduleRequest::every("a", "u", interval),
        ScheduleRequest::every("a", "u", String::from("24h")),
        ScheduleRequest::every("a", "u", &Cow::Borrowed("24h")),
    ] {
        assert_eq!(same, daily());
    }
    let hour = ScheduleRequest::every("a", "u", Duration::from_secs(3600));
    assert_eq!(hour, ScheduleRequest::every("a", "u", &TimeDelta::hours(1)));

    let message = || NewInboxMessage::new("m", Channel::Inbox).to("u");
    let none = message()
        .scheduled_at(None::<SystemTime>)
        .expires_at(&None::<SystemTime>);
    assert_eq!(none, message());
    assert_eq!(
        message().expires_at(row().until),
        message().expires_at(moment)
    );
}

#[test]
fn a_moment_that_no_calendar_has_is_a_problem_and_no_panic() {
    let seconds = Duration::from_secs(1 << 62);
    for moment in [
        UNIX_EPOCH.checked_add(seconds),
        UNIX_EPOCH.checked_sub(seconds),
    ] {
        // Systems with a smaller range cannot represent it at all.
        let Some(moment) = moment else { continue };
        let invalid = ScheduleRequest::at("a", "u", moment).check().unwrap_err();
        assert_eq!(invalid.problems()[0].path(), "scheduled_at");
        assert_eq!(invalid.problems()[0].kind(), ProblemKind::OutOfRange);
    }
}

#[test]
fn a_query_takes_what_the_parameters_of_a_request_are() {
    fn query(
        status: Option<InboxStatus>,
        source: Option<InboxSource>,
        priority: Option<u8>,
        limit: Option<u32>,
    ) -> InboxQuery {
        InboxQuery::new(Channel::Inbox)
            .status(status)
            .source(source)
            .priority(priority)
            .limit(limit)
    }
    assert_eq!(
        query(None, None, None, None),
        InboxQuery::new(Channel::Inbox)
    );
    assert_eq!(
        query(Some(InboxStatus::Unread), None, Some(2), Some(50)),
        InboxQuery::new(Channel::Inbox)
            .status(InboxStatus::Unread)
            .priority(2)
            .limit(50),
    );
}

/// A customer with ids in two systems.
struct Customer {
    id: UserId,
    stripe: &'static str,
}

impl From<&Customer> for Identifiers {
    fn from(customer: &Customer) -> Self {
        let stripe = Identifier::new(customer.stripe).source("stripe");
        [Identifier::new(customer.id), stripe].into()
    }
}

#[test]
fn an_application_passes_ids_through_its_own_functions() {
    fn greeted(subject: impl ToIdentifiers) -> Event {
        Event::new("greeted").to(subject)
    }
    fn message(own_id: impl ToIdentifier) -> NewInboxMessage {
        NewInboxMessage::new(own_id, Channel::Inbox).to("u")
    }
    assert_eq!(greeted(UserId(7)), Event::new("greeted").to("7"));
    assert_eq!(greeted(&UserId(7)), Event::new("greeted").to(7));
    let both = [
        Identifier::new(7),
        Identifier::new("cus_9").source(row().crm).source("stripe"),
    ];
    let customer = Customer {
        id: UserId(7),
        stripe: "cus_9",
    };
    assert_eq!(greeted(&customer), Event::new("greeted").to(both.to_vec()));
    assert_eq!(greeted(&customer), Event::new("greeted").to(both));
    assert_eq!(message(UserId(7)), message(Identifier::new("7")));
}

#[tokio::test]
async fn the_embedded_server_finds_by_the_same_ids_as_are_sent() -> Result<(), Error> {
    let server = Server::start().expect("a free port");
    let client: Client = server.client();
    let user = UserId(7);
    client
        .upsert_user(&UpsertUserRequest::new(user).email("jane@example.com"))
        .await?;
    client
        .upsert_organization(&UpsertOrganizationRequest::new(42))
        .await?;
    client
        .add_organization_user(&Membership::of_user(user).in_organization(42))
        .await?;
    client
        .register_device(user, &Device::ios("d", "t").data(None::<Value>))
        .await?;
    client
        .schedule(&ScheduleRequest::every("digest", user, "7 days"))
        .await?;

    assert!(server.user(user).is_some());
    assert!(server.user(&String::from("7")).is_some());
    assert!(server.user_by("stripe", user).is_none());
    assert!(server.organization(42).is_some());
    assert_eq!(server.members(42).len(), 1);
    assert_eq!(server.devices(user).len(), 1);
    assert!(server.user_schedule(user, "digest").is_some());
    assert!(server.user_inbox(user).is_empty());
    Ok(())
}

#[test]
fn the_error_of_a_value_has_its_problem() {
    fn checked(text: &str) -> Result<Email, Error> {
        Ok(Email::try_from(text)?)
    }
    let error = checked("jane").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Invalid);
    let [problem] = error.problems() else {
        panic!("one problem, not {error}");
    };
    assert_eq!(problem.kind(), ProblemKind::Email);
    assert_eq!(problem.path(), "");
    // There is no payload to name.
    assert_eq!(error.to_string(), problem.message());
}
