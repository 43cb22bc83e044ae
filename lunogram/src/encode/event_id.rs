//! Ids of events: UUIDs of version 7, which no two events share.
//!
//! An id consists of the time, in steps of 1/4096 ms (RFC 9562, section 6.2, method 3), and of 62
//! random bits. The ids of one process have different steps, in ascending order. For ids of
//! different processes with the same step, the random bits are the keyed hash of the step. The key
//! has 128 bits, which each process takes from the operating system. A process made by `fork`
//! inherits the key of its parent, but has another process id, which is hashed, too. So a fleet
//! that tracks a million events a second for a year has the same id twice with a probability of
//! about one in a million.
//!
//! The feature `v7` of `uuid` would add another crate to every build, for random numbers.

use chrono::{DateTime, Utc};
use std::hash::{BuildHasher, RandomState};
use std::process;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::{Builder, Uuid};

/// Bits of a step below the millisecond.
const FRACTION_BITS: u32 = 12;

const NANOS_PER_MILLI: u32 = 1_000_000;

/// The step of the last id of this process.
static LAST: AtomicU64 = AtomicU64::new(0);

/// The key of this process. The standard library fills it with random numbers of the operating
/// system.
static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// A new id. It is greater than the earlier ids of the process, even if the clock was set back.
pub(super) fn next() -> Uuid {
    let step = next_step(&LAST, step_at(Utc::now()));
    id(step, random_bits(&KEY, process::id(), step))
}

/// The milliseconds since 1970 and the 4096ths of the current one.
fn step_at(time: DateTime<Utc>) -> u64 {
    let millis = u64::try_from(time.timestamp_millis()).unwrap_or_default();
    let nanos = time.timestamp_subsec_nanos() % NANOS_PER_MILLI;
    let fraction = (u64::from(nanos) << FRACTION_BITS) / u64::from(NANOS_PER_MILLI);
    (millis << FRACTION_BITS) | fraction
}

/// The step for the next id: the current one, unless it or a later one was used already.
fn next_step(last: &AtomicU64, now: u64) -> u64 {
    let after = |last: u64| now.max(last + 1);
    let update = |last| Some(after(last));
    match last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, update) {
        Ok(last) | Err(last) => after(last),
    }
}

/// The random bits of an id.
fn random_bits(key: &RandomState, process: u32, step: u64) -> u64 {
    key.hash_one((process, step))
}

/// The id of a step. Of `random`, the lower 62 bits count.
fn id(step: u64, random: u64) -> Uuid {
    // Version and variant replace the highest bits of the fraction and of the random bits.
    let rest = (u128::from(step) << u64::BITS) | u128::from(random);
    let [_, _, _, _, _, _, rest @ ..] = rest.to_be_bytes();
    Builder::from_unix_timestamp_millis(step >> FRACTION_BITS, &rest).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;
    use std::process::Command;
    use std::thread::{self, ScopedJoinHandle};

    /// Makes a process of this test print the random bits of one step.
    const CHILD: &str = "LUNOGRAM_TEST_EVENT_ID";

    #[test]
    fn an_id_has_the_layout_of_version_7() {
        let time = DateTime::parse_from_rfc3339("2026-11-27T22:30:00.123500Z").expect("a time");
        let id = id(step_at(time.to_utc()), u64::MAX);
        assert_eq!(id.to_string(), "01a21f21-36bb-7800-bfff-ffffffffffff");
    }

    proptest! {
        #[test]
        fn ids_have_the_order_of_their_times(
            first in 0_i64..8_000_000_000_000_000_000,
            later in 1_000_i64..1_000_000_000_000_000,
            random: [u64; 2],
        ) {
            let at = DateTime::from_timestamp_nanos;
            let ids = [(first, random[0]), (first.saturating_add(later), random[1])]
                .map(|(nanos, random)| id(step_at(at(nanos)), random));
            prop_assert!(ids[0] < ids[1]);
            prop_assert_eq!(ids[0].get_version_num(), 7);
            let (seconds, nanos) = ids[0].get_timestamp().expect("version 7").to_unix();
            let millis = seconds * 1_000 + u64::from(nanos / NANOS_PER_MILLI);
            prop_assert_eq!(i64::try_from(millis).expect("small"), first / 1_000_000);
        }

        #[test]
        fn a_clock_that_stands_or_is_set_back_does_not_repeat_a_step(
            times in prop::collection::vec(1_u64..20, 1..50),
        ) {
            let last = AtomicU64::new(0);
            let steps: Vec<_> = times.iter().map(|now| next_step(&last, *now)).collect();
            prop_assert!(steps.is_sorted_by(|one, next| one < next), "{:?}", steps);
            prop_assert!(steps.iter().zip(&times).all(|(step, now)| step >= now));
        }
    }

    #[test]
    fn ids_of_threads_ascend_in_each_and_differ_in_all() {
        let ids = thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| (0..2_000).map(|_| next()).collect::<Vec<_>>()))
                .collect();
            let ids = threads.into_iter().map(ScopedJoinHandle::join);
            ids.collect::<Result<Vec<_>, _>>().expect("no panic")
        });
        for of_thread in &ids {
            assert!(of_thread.is_sorted_by(|one, next| one < next));
        }
        let all: BTreeSet<_> = ids.iter().flatten().collect();
        assert_eq!(all.len(), 8_000);
    }

    #[test]
    fn the_random_bits_depend_on_process_and_step() {
        let key = RandomState::new();
        let bits: BTreeSet<_> = (0..10)
            .flat_map(|process| (0..100).map(move |step| (process, step)))
            .map(|(process, step)| random_bits(&key, process, step) << 2)
            .collect();
        assert_eq!(bits.len(), 1_000);
    }

    /// All processes hash one process id and one step, so only their keys differ.
    #[test]
    fn each_process_has_its_own_key() {
        if std::env::var_os(CHILD).is_some() {
            println!("{CHILD}={:016x}", random_bits(&KEY, 1, 1));
            return;
        }
        let of_child = || {
            let output = Command::new(std::env::current_exe().expect("this program has a path"))
                .args(["--exact", "--nocapture"])
                .arg("encode::event_id::tests::each_process_has_its_own_key")
                .env(CHILD, "1")
                .output()
                .expect("the program runs");
            let output = String::from_utf8_lossy(&output.stdout).into_owned();
            let (_, bits) = output.split_once(&format!("{CHILD}=")).expect("its output");
            bits[..16].to_owned()
        };
        let bits: BTreeSet<_> = (0..4).map(|_| of_child()).collect();
        assert_eq!(bits.len(), 4, "{bits:?}");
    }
}
