//! The plan of this package is what its code says.

#[test]
fn the_plan_is_what_the_code_says() {
    lunogram::plan::assert_current();
}
