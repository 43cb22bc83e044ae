//! Random work, random faults and random time, with a spool and without: whatever happens, the books balance, and each kind of
//! delivery keeps its promise, from one client to the next where they share a spool. The clock is the test's own, so that hours
//! of pauses take no time.
//!
//! `LUNOGRAM_TEST_CASES=10000 cargo test --release -p lunogram-tests --test main delivery_model` runs more of it.

#[path = "delivery_model/books.rs"]
mod books;
#[path = "delivery_model/check.rs"]
mod check;
#[path = "delivery_model/run.rs"]
mod run;
#[path = "delivery_model/work.rs"]
mod work;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use run::Run;
use work::{end, settings, step};

#[test]
fn the_books_balance_and_each_delivery_keeps_its_promise() {
    let cases = std::env::var("LUNOGRAM_TEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(200);
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let steps = any::<bool>().prop_flat_map(|unclear| {
        let steps = prop::collection::vec(step(unclear), 1..40);
        (Just(unclear), steps)
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let work = (settings(), steps, end());
    let outcome = TestRunner::new(config).run(&work, |(settings, (unclear, steps), end)| {
        runtime.block_on(async {
            let mut run = Run::new(settings).await;
            for step in &steps {
                run.step(step).await?;
            }
            run.end(&end).await?;
            run.check(unclear, &end)
        })
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
