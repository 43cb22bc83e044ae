//! Servers that are away, and keys that are refused, for a time.

use super::world::{Load, MINUTE, SECOND, Settings, World};
use lunogram::UpsertUserRequest;
use lunogram::queue::{DropReason, QueueOptions};
use lunogram::testing::Fault;
use std::time::Duration;

/// Two events a minute.
const FEW: Load = Load {
    events: 2,
    upserts: 0,
};

#[tokio::test]
async fn nothing_expires_while_the_key_is_refused() {
    let mut world = World::start(Settings::default()).await;
    world.server.inject(Fault::status(401).always());
    world.run(90 * MINUTE, FEW).await;
    world.server.clear_faults();
    world.settle(20 * MINUTE).await;
    let report = world.end().await;
    assert_eq!(report.arrived(), report.offered, "{report}");
}

#[tokio::test]
async fn a_shutdown_after_an_outage_delivers_what_waits() {
    for (seed, outage) in [(1, 70), (2, 75), (3, 80), (4, 90)] {
        let settings = Settings {
            seed,
            ..Settings::default()
        };
        let mut world = World::start(settings).await;
        world.server.inject(Fault::status(503).always());
        let load = Load {
            events: 150,
            upserts: 0,
        };
        world.run(outage * SECOND, load).await;
        world.server.clear_faults();
        let client = world.client().clone();
        let ended = world.drive(client.shutdown(5 * SECOND)).await;
        let report = world.end().await;
        assert!(ended.is_ok(), "{ended:?}: {report}");
        assert_eq!(report.arrived(), report.offered, "{report}");
    }
}

#[tokio::test]
async fn a_flush_after_a_long_outage_takes_at_most_half_a_minute() {
    let mut world = World::start(Settings::default()).await;
    world.server.inject(Fault::status(503).always());
    world.run(30 * MINUTE, FEW).await;
    world.server.clear_faults();
    let (started, client) = (world.now, world.client().clone());
    world
        .drive(client.flush())
        .await
        .expect("a key that is accepted");
    let took = world.now.saturating_sub(started);
    let report = world.end().await;
    assert_eq!(report.arrived(), report.offered, "{report}");
    assert!(took <= 30 * SECOND, "{took:?}: {report}");
}

#[tokio::test]
async fn the_return_of_a_server_is_noticed_within_half_a_minute() {
    let mut world = World::start(Settings::default()).await;
    world.server.inject(Fault::status(503).always());
    world.run(50 * MINUTE, FEW).await;
    world.server.clear_faults();
    let returned = world.now;
    world.settle(20 * MINUTE).await;
    let took = world.now.saturating_sub(returned);
    let report = world.end().await;
    assert_eq!(report.arrived(), report.offered, "{report}");
    assert!(took <= 35 * SECOND, "{took:?}: {report}");
}

#[tokio::test]
async fn three_failures_in_a_moment_refuse_no_upsert() {
    let mut world = World::start(Settings::default()).await;
    world.server.inject(Fault::status(500).times(3));
    let user = UpsertUserRequest::new(0);
    world.client().identify(&user).expect("room");
    (0..20).for_each(|_| world.track_about(0, 0, "seen", 0));
    world.settle(10 * MINUTE).await;
    let report = world.end().await;
    assert_eq!(report.arrived(), report.offered, "{report}");
    assert_eq!(report.all_dropped(), 0, "{report}");
}

#[tokio::test]
async fn an_hour_of_lost_answers_makes_three_copies_at_most() {
    // The second is the default.
    for hours in [2, 1] {
        let settings = Settings {
            queue: QueueOptions::default().event_deadline(hours * 60 * MINUTE),
            ..Settings::default()
        };
        let mut world = World::start(settings).await;
        world.server.inject(Fault::lose_answer().always());
        (0..500).for_each(|_| world.track(0, "seen", 0));
        world.run(60 * MINUTE, Load::default()).await;
        world.server.clear_faults();
        world.settle(20 * MINUTE).await;
        let report = world.end().await;
        assert!(report.most_copies() <= 3, "{report}");
        assert_eq!(report.arrived(), 500, "{report}");
        assert_eq!(report.delivered() + report.unknown(), 500, "{report}");
    }
}

#[tokio::test]
async fn each_event_expires_by_its_own_age() {
    let mut world = World::start(Settings::default()).await;
    world.server.inject(Fault::status(503).always());
    world.run(70 * MINUTE, FEW).await;
    world.server.clear_faults();
    world.settle(20 * MINUTE).await;
    let report = world.end().await;
    // 20 of 140 were older than an hour when the server came back, and half a minute later 21.
    let expired = report.dropped(DropReason::Expired);
    assert!((18..=21).contains(&expired), "{report}");
    assert_eq!(report.arrived() as u64 + expired, 140, "{report}");
}

#[tokio::test]
async fn a_proxy_that_asks_for_a_day_is_not_obeyed_for_a_day() {
    let mut world = World::start(Settings::default()).await;
    let day = Duration::from_secs(24 * 60 * 60);
    world.server.inject(Fault::status(503).retry_after(day));
    world.track(0, "seen", 0);
    world.settle(2 * MINUTE).await;
    let report = world.end().await;
    assert_eq!(report.arrived(), report.offered, "{report}");
}

#[tokio::test]
async fn a_proxy_without_a_server_causes_no_copies() {
    let mut world = World::start(Settings::default()).await;
    world.server.inject(Fault::status(502).always());
    let load = Load {
        events: 600,
        upserts: 0,
    };
    world.run(10 * MINUTE, load).await;
    let sent = world.sent();
    let most = sent.values().max().copied().unwrap_or_default();
    assert!(most <= 1, "an event was sent {most} times");
    world.server.clear_faults();
    world.settle(2 * MINUTE).await;
    let report = world.end().await;
    assert_eq!(report.arrived(), report.offered, "{report}");
    assert_eq!(report.duplicates(), 0, "{report}");
}
