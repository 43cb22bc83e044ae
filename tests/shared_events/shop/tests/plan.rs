//! A crate of events that depends on `lunogram-core` alone has a tracking plan.

use lunogram::plan::Project;

#[test]
fn the_types_of_the_events_crate_are_in_its_plan() {
    let events = concat!(env!("CARGO_MANIFEST_DIR"), "/../events");
    let project = Project::at(events).cargo_options(["--offline"]);
    let drift = project.check().expect("a plan and code that compiles");
    assert!(drift.is_none(), "{drift}");
}
