//! The spool on a disk that fails, and with files that something else damages.
//!
//! A C library, preloaded into the process, makes system calls on the spool's files fail, hang, run
//! out of room, or kill the process. The seed of a case decides a plan of faults. A server that is
//! not part of the client counts what arrives.
//!
//! ```text
//! LUNOGRAM_TEST_CASES=10000 cargo test --release -p lunogram-tests --test spool_faults
//! ```
//!
//! A failing case prints its plan and keeps its folder. `LUNOGRAM_TEST_SEED` runs its seed again.
#![cfg(target_os = "linux")]

#[path = "spool_faults/check.rs"]
mod check;
#[path = "spool_faults/disk.rs"]
mod disk;
#[path = "spool_faults/judge.rs"]
mod judge;
#[path = "spool_faults/life.rs"]
mod life;
#[path = "spool_faults/plan.rs"]
mod plan;
#[path = "spool_faults/server.rs"]
mod server;
#[path = "spool_faults/tamper.rs"]
mod tamper;

use disk::{CONTROL, DISK, Disk, LIBRARY};
use judge::{Judge, LIFE, live_alone};
use lunogram::queue::Delivery;
use lunogram_tests::process::{again, assert_passes, preloaded};
use plan::Plan;
use std::env;
use std::hash::{BuildHasher as _, RandomState};
use std::path::Path;

/// The seed of the only case, and the number of cases.
const SEED: &str = "LUNOGRAM_TEST_SEED";
const CASES: &str = "LUNOGRAM_TEST_CASES";

const DELIVERIES: [Delivery; 3] = [
    Delivery::AtLeastOnce,
    Delivery::AtMostOnce,
    Delivery::Isolated,
];

fn number(variable: &str) -> Option<u64> {
    env::var(variable).ok()?.parse().ok()
}

/// Runs cases in a process with the library. `tampers`: their plans damage files, too.
fn run(test: &str, tampers: bool, cases: impl FnOnce(&Judge)) {
    if env::var_os(LIFE).is_some() {
        return live_alone(tampers);
    }
    if let Some(disk) = env::var_os(DISK) {
        return cases(&Judge::new(test, Path::new(&disk)));
    }
    let folder = tempfile::Builder::new()
        .prefix("lunogram-faults-")
        .tempdir()
        .expect("a folder");
    // The library compares paths.
    let root = folder.path().canonicalize().expect("a folder");
    let (disk, control) = (root.join("disk"), root.join("control"));
    std::fs::create_dir(&disk).expect("a writable folder");
    Disk::create(&control);
    let mut child = again(test);
    child
        .env("LD_PRELOAD", preloaded(&root, LIBRARY))
        .env(CONTROL, control)
        .env(DISK, disk);
    // Kept if a case fails.
    let kept = folder.keep();
    assert_passes(&mut child);
    std::fs::remove_dir_all(kept).expect("a folder");
}

/// Runs half of the cases.
fn run_plans(test: &str, tampers: bool) {
    run(test, tampers, |judge| {
        let cases = number(CASES).map_or(150, |cases| cases.div_ceil(2));
        let seeds = number(SEED).map_or_else(
            || {
                let first = RandomState::new().hash_one(()) >> 16;
                first..first + cases
            },
            |seed| seed..seed + 1,
        );
        for seed in seeds {
            judge.case(Plan::of(seed, tampers));
        }
    });
}

#[test]
fn a_failing_disk_loses_no_accepted_event() {
    run_plans("a_failing_disk_loses_no_accepted_event", false);
}

#[test]
fn damage_to_files_loses_only_what_was_damaged() {
    run_plans("damage_to_files_loses_only_what_was_damaged", true);
}

#[test]
fn a_sync_that_hangs_holds_up_neither_flush_nor_shutdown() {
    let test = "a_sync_that_hangs_holds_up_neither_flush_nor_shutdown";
    run(test, false, |judge| {
        for (seed, delivery) in DELIVERIES.into_iter().enumerate() {
            judge.case(Plan::hung(seed as u64, delivery));
            judge.case(Plan::hung_while_full(seed as u64, delivery));
        }
    });
}
