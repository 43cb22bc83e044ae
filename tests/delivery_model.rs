//! Model test of the queue: random work, faults and time steps, with and without a spool.
//!
//! The counts in `Stats` always add up, and each `Delivery` option keeps its guarantee, also across
//! clients that use one spool after the other. The clock is manual, so hours of pauses take no
//! time.
//!
//! This runs more cases:
//!
//! ```text
//! LUNOGRAM_TEST_CASES=10000 cargo test --release -p lunogram-tests --test main delivery_model
//! ```

#[path = "delivery_model/check.rs"]
mod check;
#[path = "delivery_model/neighbour.rs"]
mod neighbour;
#[path = "delivery_model/run.rs"]
mod run;
#[path = "delivery_model/totals.rs"]
mod totals;
#[path = "delivery_model/work.rs"]
mod work;

use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use run::Run;
use work::{end, settings, step};

const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/delivery_model/seeds.txt");

#[test]
fn counts_add_up_and_each_delivery_option_keeps_its_guarantee() {
    let cases = std::env::var("LUNOGRAM_TEST_CASES")
        .ok()
        .and_then(|cases| cases.parse().ok())
        .unwrap_or(200);
    let config = Config {
        cases,
        // Failing inputs are kept, and tried first in the next run.
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(SEEDS))),
        ..Config::default()
    };
    let steps = any::<bool>().prop_flat_map(|ambiguous| {
        let steps = prop::collection::vec(step(ambiguous), 1..40);
        (Just(ambiguous), steps)
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let work = (settings(), steps, end());
    let outcome = TestRunner::new(config).run(&work, |(settings, (ambiguous, steps), end)| {
        runtime.block_on(async {
            let mut run = Run::new(settings, ambiguous).await;
            for step in &steps {
                run.step(step).await?;
            }
            run.end(&end).await?;
            let fates = run.fates().await;
            run.check(ambiguous, &end, &fates)
        })
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
