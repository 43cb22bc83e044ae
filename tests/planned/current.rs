//! Checks that the plan of this package is up to date.

#[test]
fn the_plan_is_up_to_date() {
    lunogram::plan::assert_current();
}
