//! Runs the cases in `plan/`. An environment variable of the compiler selects the plan, so each
//! plan runs in a separate process.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The environment variable with the cases of a process.
const CASES: &str = "LUNOGRAM_UI_CASES";

fn run(plan: impl AsRef<Path>, cases: &str) {
    let plan = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("plan")
        .join(plan);
    let this = env::current_exe().expect("the path of this program");
    let status = Command::new(this)
        .args(["--exact", "cases", "--ignored", "--nocapture"])
        .env("LUNOGRAM_PLAN", plan)
        .env(CASES, cases)
        .status()
        .expect("this program runs again");
    assert!(status.success(), "see above");
}

#[test]
#[ignore = "run by the other tests, with a plan"]
fn cases() {
    let Ok(wanted) = env::var(CASES) else {
        panic!("`{CASES}` names the cases");
    };
    let cases = trybuild::TestCases::new();
    if wanted.contains("/pass/") {
        cases.pass(wanted);
    } else {
        cases.compile_fail(wanted);
    }
}

#[test]
fn types_that_match_the_plan_compile() {
    run("lunogram.plan.json", "plan/pass/*.rs");
}

#[test]
fn types_that_differ_from_the_plan_do_not_compile() {
    run("lunogram.plan.json", "plan/fail/*.rs");
}

#[test]
fn an_unusable_plan_is_one_error() {
    for case in ["empty", "damaged", "newer", "not_text", "missing"] {
        run(
            format!("unusable/{case}.json"),
            &format!("plan/unusable/{case}.rs"),
        );
    }
    run("unusable", "plan/unusable/unreadable.rs");
}
