//! Servers that are slower than the load, and keys that are busier than their limit.

use super::world::{Load, MINUTE, SECOND, Settings, World};
use std::time::Duration;

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
