//! Requests from types with `#[derive(Schedule)]`.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use lunogram::{Schedule, ScheduleKey, ScheduleRequest, UpsertOrganizationRequest};
use lunogram_tests::wire::{Wire, paths};
use serde_json::json;
use std::time::{Duration, SystemTime};
use uuid::Uuid;

fn moment() -> DateTime<Utc> {
    "2030-05-06T07:08:09.125Z".parse().expect("a time")
}

#[tokio::test]
async fn a_single_schedule_has_its_time() {
    #[derive(Schedule)]
    struct TrialEnd {
        #[lunogram(external_id)]
        user: u64,
        #[lunogram(scheduled_at)]
        at: DateTime<FixedOffset>,
        #[lunogram(id)]
        id: Option<Uuid>,
        plan: &'static str,
    }
    let wire = Wire::start();
    let at = moment().with_timezone(&FixedOffset::east_opt(7_200).expect("an offset"));
    let trial = TrialEnd {
        user: 1,
        at,
        id: None,
        plan: "pro",
    };
    assert_eq!(
        wire.schedule(trial).await.unwrap(),
        json!({
            "identifier": [{"external_id": "1"}],
            "name": "trial_end",
            "scheduled_at": "2030-05-06T07:08:09.125Z",
            "data": {"plan": "pro"},
        })
    );
    let id = Uuid::from_u128(9);
    let trial = TrialEnd {
        user: 1,
        at,
        id: Some(id),
        plan: "pro",
    };
    assert_eq!(wire.schedule(trial).await.unwrap()["id"], json!(id));
    for (leap, sent) in [
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2016-12-31T23:59:60.25Z", "2017-01-01T00:00:00.250Z"),
    ] {
        let trial = TrialEnd {
            user: 1,
            at: DateTime::parse_from_rfc3339(leap).expect("chrono reads leap seconds"),
            id: None,
            plan: "pro",
        };
        assert_eq!(wire.schedule(trial).await.unwrap()["scheduled_at"], sent);
    }
    let far = DateTime::<Utc>::MAX_UTC.fixed_offset();
    let trial = TrialEnd {
        user: 1,
        at: far,
        id: None,
        plan: "pro",
    };
    assert_eq!(paths(&wire.schedule(trial).await), ["scheduled_at"]);
}

#[tokio::test]
async fn a_recurring_schedule_has_its_interval() {
    #[derive(Schedule)]
    #[lunogram(name = "weekly_digest", interval = "168h")]
    struct WeeklyDigest {
        #[lunogram(external_id)]
        user: &'static str,
        #[lunogram(start_at)]
        from: Option<SystemTime>,
    }
    let wire = Wire::start();
    let digest = WeeklyDigest {
        user: "u",
        from: None,
    };
    assert_eq!(
        wire.schedule(digest).await.unwrap(),
        json!({"identifier": [{"external_id": "u"}], "name": "weekly_digest", "interval": "168h"})
    );
    let digest = WeeklyDigest {
        user: "u",
        from: Some(moment().into()),
    };
    assert_eq!(
        wire.schedule(digest).await.unwrap()["start_at"],
        "2030-05-06T07:08:09.125Z"
    );
}

#[derive(Schedule)]
#[lunogram(organization)]
struct Invoice<I> {
    #[lunogram(external_id)]
    org: &'static str,
    #[lunogram(interval)]
    every: I,
}

#[tokio::test]
async fn an_interval_from_a_field_is_checked_by_the_rule_for_literals() {
    let wire = Wire::start();
    wire.client
        .upsert_organization(&UpsertOrganizationRequest::new("o"))
        .await
        .unwrap();
    let org = "o";
    let sent = wire
        .schedule(Invoice {
            org,
            every: "1 mon",
        })
        .await
        .unwrap();
    assert_eq!(sent["interval"], "1 mon");
    let sent = wire
        .schedule(Invoice {
            org,
            every: Duration::from_millis(1_500),
        })
        .await
        .unwrap();
    assert_eq!(sent["interval"], "1.500000 seconds");
    let sent = wire
        .schedule(Invoice {
            org,
            every: TimeDelta::days(2),
        })
        .await
        .unwrap();
    assert_eq!(sent["interval"], "172800.000000 seconds");
    assert!(
        wire.server
            .requests()
            .last()
            .unwrap()
            .path
            .ends_with("/organizations/scheduled")
    );
    let before = wire.server.requests().len();
    for wrong in [
        "",
        "never",
        "-1 hour",
        "0 days",
        "1 month -30 days",
        "1 parsec",
    ] {
        let outcome = wire.schedule(Invoice { org, every: wrong }).await;
        assert_eq!(paths(&outcome), ["interval"], "{wrong}");
    }
    for wrong in [TimeDelta::zero(), TimeDelta::seconds(-1)] {
        assert_eq!(
            paths(&wire.schedule(Invoice { org, every: wrong }).await),
            ["interval"]
        );
    }
    assert_eq!(
        paths(
            &wire
                .schedule(Invoice {
                    org,
                    every: Duration::ZERO
                })
                .await
        ),
        ["interval"]
    );
    assert_eq!(wire.server.requests().len(), before);
}

#[tokio::test]
async fn a_schedule_request_is_checked_by_the_rules_of_the_derive() {
    let wire = Wire::start();
    for (request, path) in [
        (ScheduleRequest::every("anniversary", "u", "1 year"), "name"),
        (ScheduleRequest::every("Check In", "u", "1 year"), "name"),
        (ScheduleRequest::every("", "u", "1 year"), "name"),
        (
            ScheduleRequest::every("check_in", "", "1 year"),
            "identifier[0].external_id",
        ),
        (ScheduleRequest::every("check_in", "u", "later"), "interval"),
        (
            ScheduleRequest::at("check_in", "u", DateTime::<Utc>::MAX_UTC),
            "scheduled_at",
        ),
        (
            ScheduleRequest::at("check_in", "u", moment()).data([1]),
            "data",
        ),
    ] {
        let outcome = wire.client.schedule(&request).await;
        assert_eq!(paths(&outcome), [path]);
    }
    let old = ScheduleRequest::every("", "u", "1 year").raw_name();
    assert_eq!(paths(&wire.client.schedule(&old).await), ["name"]);
    assert_eq!(
        paths(&wire.client.unschedule(ScheduleKey::named("", "")).await).len(),
        2
    );
    assert!(wire.server.requests().is_empty());
    let old = ScheduleRequest::every("Check In", "u", "1 year").raw_name();
    wire.client.schedule(&old).await.unwrap();
}
