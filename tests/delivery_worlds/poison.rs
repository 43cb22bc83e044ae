//! Events that the server never takes, among others that it does.

use super::world::{MINUTE, Settings, World};
use lunogram::queue::{Delivery, QueueOptions};
use lunogram::testing::Limits;

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
