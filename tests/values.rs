//! Validated values: checked when they are made, and accepted wherever a string is.

use chrono::TimeDelta;
use lunogram::inbox::{Channel, InboxQuery};
use lunogram::testing::Server;
use lunogram::values::{
    Email, EventName, ExternalId, Interval, Locale, Phone, ScheduleName, TimeZone, Violation,
};
use lunogram::{
    AnyTraits, Client, Error, ErrorKind, Event, Identifier, LunogramEvent, Schedule, ScheduleKey,
    ScheduleRequest, UpsertUserRequest, UserTraits,
};
use proptest::prelude::*;
use serde_json::json;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{Debug, Display};
use std::str::FromStr;
use std::time::Duration;
use uuid::Uuid;

#[derive(LunogramEvent)]
#[lunogram(unplanned)]
struct Invited {
    #[lunogram(external_id)]
    user: ExternalId,
    #[lunogram(external_id, source = "email")]
    by_email: Option<Email>,
    friend: Email,
    locale: Option<Locale>,
    remind_every: Interval,
    page: url::Url,
    zone: chrono_tz::Tz,
}

#[derive(UserTraits)]
#[lunogram(unplanned)]
struct Customer {
    #[lunogram(external_id)]
    id: ExternalId,
    #[lunogram(email)]
    email: Email,
    #[lunogram(phone)]
    phone: Option<Phone>,
    #[lunogram(timezone)]
    zone: chrono_tz::Tz,
    #[lunogram(locale)]
    locale: Locale,
    backup: Option<Email>,
}

#[derive(Schedule)]
#[lunogram(unplanned)]
struct Digest {
    #[lunogram(external_id)]
    user: ExternalId,
    #[lunogram(interval)]
    every: Interval,
}

fn value<T: FromStr<Err = Violation>>(text: &str) -> T {
    text.parse().expect(text)
}

#[tokio::test]
async fn a_value_is_accepted_wherever_a_string_is() {
    let server = Server::start().expect("a server");
    let url: url::Url = server.url().parse().expect("a URL");
    let client = Client::builder(server.key())
        .base_url(url)
        .build()
        .expect("a client");
    let id: ExternalId = value("user_123");
    let email: Email = value("jane@example.com");
    let phone: Phone = value("+31612345678");
    let zone: TimeZone = value("Europe/Amsterdam");
    let locale: Locale = value("nl-NL");

    for request in [
        UpsertUserRequest::new(&id)
            .email(&email)
            .phone(&phone)
            .timezone(&zone)
            .locale(&locale)
            .data(json!({"backup": email})),
        UpsertUserRequest::new(id.clone())
            .email(email.clone())
            .phone(phone.clone())
            .timezone(zone.clone())
            .locale(locale.clone()),
        UpsertUserRequest::new([
            Identifier::new(&id),
            Identifier::new(&email).source("email"),
        ])
        .timezone(chrono_tz::Europe::Amsterdam),
    ] {
        client.upsert_user(&request).await.expect("an upsert");
    }
    let user = server.user(&id).expect("the user");
    assert_eq!(user.email.as_deref(), Some("jane@example.com"));
    assert_eq!(user.phone.as_deref(), Some("+31612345678"));
    assert_eq!(user.timezone.as_deref(), Some("Europe/Amsterdam"));
    assert_eq!(user.locale.as_deref(), Some("nl-NL"));
    assert_eq!(user.data["backup"], "jane@example.com");
    assert!(server.user_by("email", email.as_str()).is_some());

    let name: EventName = value("order.completed");
    let events = [
        Event::new(name.clone()).to(&id).data(json!({"to": email})),
        Event::new(&name).to(id.clone()),
    ];
    client.send_all(&events).await.expect("events");
    assert_eq!(server.events_named(&name).len(), 2);

    let schedule: ScheduleName = value("check_in");
    let monthly: Interval = value("1 month");
    let request = ScheduleRequest::every(&schedule, &id, &monthly);
    client.schedule(&request).await.expect("a schedule");
    let kept = server.user_schedule(&id, &schedule).expect("the schedule");
    assert_eq!(kept.interval.as_deref(), Some("1 month"));
    client
        .unschedule(ScheduleKey::named(&schedule, &id))
        .await
        .expect("a deletion");

    let query = InboxQuery::new(Channel::Inbox);
    assert!(
        client
            .user_inbox(&id)
            .page(&query)
            .await
            .expect("a page")
            .results
            .is_empty()
    );
    client
        .create_session(Uuid::nil(), &id)
        .await
        .expect("a session");
    client.delete_user(&id).await.expect("a deletion");
    assert!(server.lost().is_empty());
}

#[tokio::test]
async fn a_field_of_a_derived_type_can_be_a_value() {
    let server = Server::start().expect("a server");
    let client = server.client();
    let customer = Customer {
        id: value("user_123"),
        email: value("jane@example.com"),
        phone: None,
        zone: chrono_tz::America::New_York,
        locale: value("en-US"),
        backup: Some(value("jane@example.org")),
    };
    client.upsert_user(&customer).await.expect("an upsert");
    let user = server.user("user_123").expect("the user");
    assert_eq!(user.email.as_deref(), Some("jane@example.com"));
    assert_eq!(user.timezone.as_deref(), Some("America/New_York"));
    assert_eq!(user.locale.as_deref(), Some("en-US"));
    assert_eq!(
        user.data,
        *json!({"backup": "jane@example.org"})
            .as_object()
            .expect("an object")
    );

    let invited = Invited {
        user: customer.id.clone(),
        by_email: None,
        friend: value("joe@example.com"),
        locale: None,
        remind_every: value("7 days"),
        page: "https://example.com/join?from=jane".parse().expect("a URL"),
        zone: chrono_tz::UTC,
    };
    client.send(&invited).await.expect("an event");
    let events = server.events::<Invited>();
    assert_eq!(
        serde_json::Value::Object(events[0].data.clone()),
        json!({
            "friend": "joe@example.com", "remind_every": "7 days",
            "page": "https://example.com/join?from=jane", "zone": "UTC",
        })
    );

    let digest = Digest {
        user: customer.id,
        every: value("168h"),
    };
    client.schedule(&digest).await.expect("a schedule");
    assert_eq!(
        server.user_schedules("user_123")[0].interval.as_deref(),
        Some("168h")
    );
}

/// Checks the conversions of a type with a text that it accepts and a text that it refuses.
fn checks_its_rule<T>(right: &str, wrong: &str)
where
    T: FromStr<Err = Violation>
        + for<'a> TryFrom<&'a str, Error = Violation>
        + TryFrom<String, Error = Violation>
        + Clone
        + Debug
        + Display
        + AsRef<str>
        + PartialEq
        + for<'a> PartialEq<&'a str>
        + serde::Serialize
        + serde::de::DeserializeOwned,
    String: From<T> + for<'a> From<&'a T>,
{
    let value = T::try_from(right).expect(right);
    assert_eq!(T::try_from(right.to_owned()), Ok(value.clone()));
    assert_eq!(right.parse(), Ok(value.clone()));
    assert_eq!(value.to_string(), right);
    assert_eq!(format!("{value:>40}").trim_start(), right);
    assert_eq!(value.as_ref(), right);
    assert_eq!(value, right);
    assert_eq!(String::from(&value), right);
    let json = serde_json::to_value(&value).expect("JSON");
    assert_eq!(json, json!(right));
    assert_eq!(serde_json::from_value::<T>(json).expect("the value"), value);
    assert_eq!(String::from(value), right);

    let violation = T::try_from(wrong).expect_err(wrong);
    assert_eq!(T::try_from(wrong.to_owned()), Err(violation.clone()));
    assert_eq!(wrong.parse::<T>(), Err(violation.clone()));
    let refused = serde_json::from_value::<T>(json!(wrong)).expect_err(wrong);
    assert_eq!(refused.to_string(), violation.to_string());
    assert!(serde_json::from_value::<T>(json!(7)).is_err());
}

#[test]
fn every_conversion_checks_the_rule_of_a_value() {
    checks_its_rule::<Email>("jane@example.com", "jane");
    checks_its_rule::<Phone>("+31612345678", "0612345678");
    checks_its_rule::<TimeZone>("Europe/Amsterdam", "Europe/Amsterdan");
    checks_its_rule::<Locale>("zh-Hant-TW", "zh_Hant_TW");
    checks_its_rule::<Interval>("1 year 2 mons", "never");
    checks_its_rule::<EventName>("order.completed", "user.completed");
    checks_its_rule::<ScheduleName>("weekly_digest", "anniversary");
    checks_its_rule::<ExternalId>("user_123", "");
}

#[test]
fn verdict_and_message_are_equal_to_those_of_a_payload() {
    for text in [
        "",
        "jane",
        "jane@",
        "@example.com",
        "jane@exam ple.com",
        "jane@example.com",
    ] {
        let payload = UpsertUserRequest::new("user_123").email(text).check();
        let problem = payload
            .err()
            .map(|invalid| invalid.problems()[0].message().to_owned());
        let violation = Email::try_from(text)
            .err()
            .map(|violation| violation.to_string());
        assert_eq!(problem, violation, "{text}");
    }
    for text in ["", "CET", "cet", "Mars/Olympus", "Europe/Amsterdan"] {
        let payload = UpsertUserRequest::new("user_123").timezone(text).check();
        let problem = payload
            .err()
            .map(|invalid| invalid.problems()[0].message().to_owned());
        let violation = TimeZone::try_from(text)
            .err()
            .map(|violation| violation.to_string());
        assert_eq!(problem, violation, "{text}");
    }
}

#[test]
fn a_positive_duration_is_an_interval() {
    for (interval, text) in [
        (
            Interval::try_from(Duration::from_secs(90)),
            "90.000000 seconds",
        ),
        (
            Interval::try_from(Duration::from_micros(1)),
            "0.000001 seconds",
        ),
        (
            Interval::try_from(TimeDelta::milliseconds(1_500)),
            "1.500000 seconds",
        ),
    ] {
        assert_eq!(interval.expect(text), text);
    }
    let not_positive = Interval::try_from("0 seconds").expect_err("zero");
    for interval in [
        Interval::try_from(Duration::ZERO),
        Interval::try_from(Duration::from_nanos(999)),
        Interval::try_from(TimeDelta::zero()),
        Interval::try_from(TimeDelta::seconds(-1)),
    ] {
        assert_eq!(interval, Err(not_positive.clone()));
    }
    assert!(Interval::try_from(Duration::MAX).is_err());
}

#[test]
fn a_violation_converts_to_the_error_of_the_crate() {
    fn subject(form: &str) -> Result<ExternalId, Error> {
        Ok(ExternalId::try_from(form)?)
    }
    let error = subject("").expect_err("empty");
    assert_eq!(error.kind(), ErrorKind::Invalid);
    assert!(!error.is_retryable());
    assert!(!error.may_have_arrived());
    let violation = ExternalId::try_from("").expect_err("empty");
    assert_eq!(error.to_string(), violation.to_string());
    assert!(subject("user_123").is_ok());
}

#[test]
fn a_map_with_values_as_keys_is_searched_by_text() {
    let known = HashMap::from([(value::<ExternalId>("user_123"), 7)]);
    assert_eq!(known.get("user_123"), Some(&7));
    let name: Cow<'static, str> = value::<EventName>("order.completed").into();
    assert_eq!(name, "order.completed");
}

proptest! {
    #[test]
    fn a_refused_text_is_not_in_the_error(secret in "[a-z0-9]{12,20}") {
        for message in [
            Email::try_from(secret.as_str()).expect_err("no `@`").to_string(),
            Phone::try_from(secret.as_str()).expect_err("no `+`").to_string(),
            Interval::try_from(format!("x {secret}")).expect_err("no interval").to_string(),
            Locale::try_from(format!("{secret} x")).expect_err("a blank").to_string(),
        ] {
            prop_assert!(!message.contains(&secret), "{}", message);
        }
    }
}
