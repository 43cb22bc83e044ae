//! Events that the server never takes, among others that it does.

use super::report::Report;
use super::world::{MINUTE, SECOND, Settings, World};
use lunogram::queue::{Delivery, DropReason, QueueOptions};
use lunogram::testing::{Fault, Limits};
use std::time::Duration;

/// A server that answers 500 for as long as this event is sent.
fn poisoned() -> Settings {
    Settings {
        limits: Limits::deployed().largest_event(2_000),
        ..Settings::default()
    }
}

/// 100 events of 10 users, and the 41st is larger than the server takes.
fn track_with_poison(world: &mut World) {
    for n in 0..100 {
        world.track_about(0, n % 10, "seen", if n == 40 { 3_000 } else { 0 });
    }
}

#[tokio::test]
async fn an_event_that_the_server_cannot_publish_is_refused_alone_and_within_minutes() {
    let mut world = World::start(poisoned()).await;
    track_with_poison(&mut world);
    world.settle(5 * MINUTE).await;
    let report = world.end().await;
    assert_eq!(report.arrived(), 99, "{report}");
    assert_eq!(report.dropped(DropReason::Refused), 1, "{report}");
    // Later events of its subject wait for the verdict.
    assert!(report.age(100) <= 2 * MINUTE, "{report}");
    assert!(report.most_copies() <= 3, "{report}");
    // One batch has at most all 100 events; each lane has one.
    assert!(report.event_requests() <= 10 + 2 * 10 + 5, "{report}");
}

#[tokio::test]
async fn at_most_once_reports_the_batch_of_an_event_that_cannot_be_published_as_unknown() {
    let mut settings = poisoned();
    settings.queue = QueueOptions::default().delivery(Delivery::AtMostOnce);
    let mut world = World::start(settings).await;
    track_with_poison(&mut world);
    world.settle(5 * MINUTE).await;
    let most = world.sent().values().max().copied();
    let report = world.end().await;
    assert_eq!(most, Some(1), "{report}");
    assert_eq!(report.duplicates(), 0, "{report}");
    assert_eq!(report.answered(500), 1, "{report}");
    assert!(report.unknown() > 0, "{report}");
    assert_eq!(report.all_dropped(), 0, "{report}");
    assert_eq!(report.delivered() + report.unknown(), 100, "{report}");
}

#[tokio::test]
async fn a_firewall_that_refuses_one_event_holds_up_no_other() {
    for status in [503, 504] {
        let mut world = World::start(Settings::default()).await;
        world
            .server
            .inject(Fault::status(status).on_event("bad").always());
        for n in 0..20_000 {
            let name = if n == 7_777 { "bad" } else { "seen" };
            world.track_about(0, n % 1_000, name, 0);
        }
        world.settle(10 * MINUTE).await;
        let report = world.end().await;
        assert_eq!(report.arrived(), 19_999, "{status}: {report}");
        assert!(report.age(99) <= 10 * SECOND, "{status}: {report}");
        // The later ones of its subject, one event of a thousand, wait for the verdict, which takes
        // longest if no other event is left.
        assert!(report.age(100) <= 2 * MINUTE, "{status}: {report}");
    }
}

/// The time that 10,000 events take, in at least 2,000 requests of 20 ms.
async fn time_of_a_backlog(seed: u64, faults: Option<(u32, Fault)>) -> (Duration, Report) {
    let world = World::start(Settings {
        limits: Limits::deployed()
            .requests_per_minute(None)
            .acknowledgement(Duration::from_millis(4)),
        queue: QueueOptions::default().batch_events(5),
        seed,
        faults,
        ..Settings::default()
    });
    let mut world = world.await;
    (0..10_000).for_each(|_| world.track(0, "seen", 0));
    world.settle(60 * MINUTE).await;
    let (now, report) = (world.now, world.end().await);
    assert_eq!(report.arrived(), report.offered, "{report}");
    (now, report)
}

#[tokio::test]
async fn a_backlog_takes_at_most_twice_as_long_when_one_request_in_twenty_fails() {
    let (undisturbed, _) = time_of_a_backlog(1, None).await;
    for seed in 1..=5 {
        let faults = Some((20, Fault::status(503)));
        let (time, report) = time_of_a_backlog(seed, faults).await;
        assert!(
            time <= 2 * undisturbed,
            "seed {seed}: {time:?}, {undisturbed:?}: {report}"
        );
    }
}

#[tokio::test]
async fn isolated_events_arrive_once_when_one_answer_in_fourteen_is_lost() {
    for seed in 1..=3 {
        let settings = Settings {
            limits: Limits::deployed().requests_per_minute(None),
            queue: QueueOptions::default().delivery(Delivery::Isolated),
            faults: Some((14, Fault::lose_answer())),
            seed,
            ..Settings::default()
        };
        let mut world = World::start(settings).await;
        (0..3_000).for_each(|_| world.track(0, "seen", 0));
        world.settle(2 * MINUTE).await;
        // 3,000 requests that take no time, and the pauses of those that fail.
        assert!(world.now <= 2 * SECOND, "seed {seed}: {:?}", world.now);
        let report = world.end().await;
        assert_eq!(report.arrived(), report.offered, "seed {seed}: {report}");
        assert_eq!(report.most_copies(), 1, "seed {seed}: {report}");
    }
}
