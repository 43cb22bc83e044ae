//! Checks the plan of the whole workspace without the command.

#[test]
fn the_plan_is_current() {
    lunogram::plan::assert_current();
}
