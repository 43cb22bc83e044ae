//! Servers that are slower than the load, and keys that are busier than their limit.

use super::world::{Load, MINUTE, SECOND, Settings, World};
use lunogram::queue::{DropReason, QueueOptions};
use lunogram::testing::{Fault, Limits};
use std::time::Duration;

fn acknowledging_in(milliseconds: u64) -> Limits {
    Limits::deployed().acknowledgement(Duration::from_millis(milliseconds))
}

fn events(a_second: u32) -> Load {
    Load {
        events: a_second * 60,
        upserts: 0,
    }
}

#[tokio::test]
async fn what_a_slow_server_can_take_arrives_without_copies() {
    let settings = Settings {
        limits: acknowledging_in(25),
        ..Settings::default()
    };
    let mut world = World::start(settings).await;
    world.run(2 * MINUTE, events(250)).await;
    world.settle(2 * MINUTE).await;
    let report = world.end().await;
    assert_eq!(report.arrived(), report.offered, "{report}");
    assert!(report.duplicates() * 200 <= report.offered, "{report}");
    assert!(report.most_copies() <= 2, "{report}");
}

#[tokio::test]
async fn a_server_that_recovers_from_a_stall_gets_everything_at_once_and_hardly_anything_twice() {
    for seed in 1..=3 {
        let settings = Settings {
            seed,
            ..Settings::default()
        };
        let mut world = World::start(settings).await;
        world.run(5 * MINUTE, events(100)).await;
        world.server.set_limits(acknowledging_in(60_000));
        world.run(8 * MINUTE, events(100)).await;
        world.server.set_limits(acknowledging_in(1));
        world.run(9 * MINUTE, events(100)).await;
        // Nothing waits but the events of the last seconds.
        assert!(world.pending() <= 7 * 100, "{} wait", world.pending());
        world.run(10 * MINUTE, events(100)).await;
        world.settle(MINUTE).await;
        let report = world.end().await;
        assert_eq!(report.arrived(), report.offered, "{report}");
        // Those of the request that was on its way when the stall began.
        assert!(report.duplicates() * 100 <= report.offered, "{report}");
        assert!(report.most_copies() <= 3, "{report}");
    }
}

#[tokio::test]
async fn a_short_deadline_keeps_events_from_waiting_for_others_too_long() {
    let settings = Settings {
        queue: QueueOptions::default().event_deadline(4 * SECOND),
        ..Settings::default()
    };
    let mut world = World::start(settings).await;
    world.run(2 * MINUTE, events(1)).await;
    world.settle(MINUTE).await;
    let report = world.end().await;
    assert_eq!(report.dropped(DropReason::Expired), 0, "{report}");
    assert_eq!(report.arrived(), report.offered, "{report}");
}

#[tokio::test]
async fn a_fleet_stays_within_the_requests_of_its_key() {
    let settings = Settings {
        clients: 20,
        ..Settings::default()
    };
    let mut world = World::start(settings).await;
    let load = Load {
        upserts: 2 * 60,
        ..events(20)
    };
    world.run(3 * MINUTE, load).await;
    world.settle(MINUTE).await;
    let report = world.end().await;
    assert_eq!(report.arrived(), report.offered, "{report}");
    assert_eq!(report.duplicates(), 0, "{report}");
    assert_eq!(report.failed_upserts.len(), 0, "{report}");
    assert!(
        report.answered(429) * 100 <= report.requests.len(),
        "{report}"
    );
    assert!(report.event_requests() <= 800, "{report}");
    assert!(report.age(99) <= 10 * SECOND, "{report}");
}

/// The table of the guide: at most ten requests a minute, and two more in the first seconds; and
/// one for each 500 events, if they are more.
#[tokio::test]
async fn a_process_sends_ten_requests_a_minute_or_one_for_each_full_batch() {
    for (a_second, most) in [(1, 32), (20, 32), (83, 32), (250, 95)] {
        let mut world = World::start(Settings::default()).await;
        world.run(3 * MINUTE, events(a_second)).await;
        let requests = world.server.requests().into_iter();
        let batches = requests.filter_map(|request| Some(request.body?.as_array()?.len()));
        let first = batches.take(1).collect::<Vec<_>>();
        assert!(first[0] <= 32, "the first has {first:?} events");
        let report = world.end().await;
        let requests = report.event_requests();
        println!("{a_second} events a second: {requests} requests in three minutes");
        assert!(requests <= most, "{a_second}, {requests}: {report}");
        assert_eq!(report.duplicates(), 0, "{report}");
    }
}

#[tokio::test]
async fn a_lone_event_on_an_idle_key_leaves_within_a_second() {
    let mut world = World::start(Settings::default()).await;
    for minute in 1..=5 {
        world.run(minute * MINUTE, Load::default()).await;
        world.track(0, "lone", 0);
    }
    world.settle(MINUTE).await;
    let report = world.end().await;
    assert_eq!(
        (report.arrived(), report.event_requests()),
        (5, 5),
        "{report}"
    );
    assert_eq!(report.most_copies(), 1, "{report}");
    assert!(
        report.age(100) <= SECOND + Duration::from_millis(10),
        "{report}"
    );
}

#[tokio::test]
async fn batches_shrink_until_they_fit_through_a_slow_uplink() {
    let mut world = World::start(Settings::default()).await;
    // A full batch of 500 takes ten times as long as the server waits for it.
    world.server.inject(Fault::bandwidth(2_000).always());
    (0..500).for_each(|_| world.track(0, "seen", 100));
    world.settle(10 * MINUTE).await;
    let report = world.end().await;
    assert_eq!(report.arrived(), report.offered, "{report}");
    assert_eq!(report.duplicates(), 0, "{report}");
}
