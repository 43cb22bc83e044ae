//! The plan of the whole workspace, for those who want no tool.

#[test]
fn the_plan_is_what_the_code_says() {
    lunogram::plan::assert_current();
}
