use super::*;
use crate::delivery::payload::{PayloadKind, Shown};
use crate::delivery::spool::format::{Found, Kind, offset};
use crate::delivery::spool::{Acked, RecordId, SpoolOptions};
use crate::wire::SubjectKind;
use proptest::prelude::*;
use std::path::Path;

const EVENT: PayloadKind = PayloadKind::Event(SubjectKind::User);

/// The room of a volume.
const FILE: u64 = VOLUME_SIZE;

fn open(folder: &Path, max_bytes: u64) -> Spool {
    let options = SpoolOptions::new(folder).max_bytes(max_bytes);
    Spool::open(&options, "a project").expect("a spool")
}

/// Appends a payload of this size, which starts with its number.
fn append(spool: &Spool, number: u64, size: usize) -> RecordId {
    let record = append_to_disk(spool, number, size);
    spool.appender().mark_loaded();
    record
}

/// Appends one for which memory has no room.
fn append_to_disk(spool: &Spool, number: u64, size: usize) -> RecordId {
    let mut payload = format!("{number} ").into_bytes();
    payload.resize(size.max(payload.len()), b'x');
    let written = spool.appender().append(EVENT, Shown::No, &payload);
    written.expect("written").0
}

/// Appends ten payloads, eight to a log and two to the next one.
fn append_ten(spool: &Spool) -> Vec<RecordId> {
    let numbers = 0..10;
    numbers
        .map(|number| append(spool, number, 500_000))
        .collect()
}

/// The size of the logs in a folder.
fn logs(folder: &Path) -> u64 {
    let all = fs::read_dir(folder).expect("a folder");
    let files = all.map(|entry| entry.expect("a file"));
    let logs = files.filter(|file| file.path().extension().is_some_and(|end| end == "log"));
    logs.map(|file| file.metadata().expect("a file").len())
        .sum()
}

/// The numbers of the payloads that the next process finds, in its order. Checks that no file is
/// left that no process would remove.
fn found(folder: &Path) -> Vec<u64> {
    let spool = open(folder, u64::MAX);
    let mut found = Vec::new();
    while let Some(read) = spool.next_left() {
        let mut left = read().expect("readable");
        assert!(left.take_damage().is_empty());
        let backlog = spool.take_over(left).expect("open");
        found.extend(backlog.payloads().map(|loaded| {
            let text = String::from_utf8_lossy(loaded.payload);
            let number = text.split(' ').next().expect("a number");
            number.parse::<u64>().expect("a number")
        }));
    }
    let known = ["log", "acks"].map(Some);
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("a file").path();
        let end = path.extension().and_then(|end| end.to_str());
        assert!(end.is_none() || known.contains(&end), "{}", path.display());
    }
    found
}

/// Chooses a log, as `give_back` does.
fn choose(spool: &Spool, max_bytes: u64) -> Chosen {
    let chosen = spool.state().choose(&spool.folder, max_bytes);
    chosen.expect("a log is worth it")
}

/// Writes the rest of a log.
fn rewrite(spool: &Spool, chosen: &Chosen) -> Rewritten {
    let rewritten = chosen.rewrite(&spool.folder).expect("readable");
    rewritten.expect("as counted")
}

#[test]
fn small_payloads_that_wait_take_no_more_room_than_they_have() {
    const EVENTS: u64 = 80_000;
    const MOST: u64 = 2 << 20;
    let folder = tempfile::tempdir().expect("a folder");
    let spool = open(folder.path(), MOST);
    let mut waiting = Vec::new();
    for number in 0..EVENTS {
        let record = append(&spool, number, 190);
        if number % 20 == 0 {
            waiting.push(number);
        } else {
            spool.settle(&[record], Acked::No);
        }
    }
    assert!(logs(folder.path()) > 3 * FILE);
    spool.give_back();
    assert!(
        logs(folder.path()) <= 2 * MOST + FILE,
        "{}",
        logs(folder.path())
    );
    assert_eq!(logs(folder.path()), spool.state().on_disk());
    drop(spool);
    assert_eq!(found(folder.path()), waiting);
}

#[test]
fn a_large_payload_among_small_ones_counts_as_a_large_one() {
    const MOST: u64 = 4 << 20;
    const LARGE: usize = 900_000;
    let folder = tempfile::tempdir().expect("a folder");
    let spool = open(folder.path(), MOST);
    let mut waiting = Vec::new();
    for number in 0.. {
        if !spool.appender().has_room(LARGE) {
            break;
        }
        waiting.push(append(&spool, number, LARGE));
        for _ in 0..3_000 {
            let record = append(&spool, number, 1_000);
            spool.settle(&[record], Acked::No);
        }
        spool.give_back();
    }
    assert_eq!(waiting.len(), 4, "as many as fit into the bound");
    // Large ones that are settled leave the room that they had.
    spool.settle(&waiting[..2], Acked::No);
    assert!(spool.appender().has_room(2 * LARGE) && !spool.appender().has_room(3 * LARGE));
    drop(spool);
    assert_eq!(found(folder.path()), [2, 3]);
}

#[test]
fn a_log_that_is_settled_meanwhile_does_not_come_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = open(folder.path(), 1);
    let first = append_ten(&spool);
    spool.settle(&first[1..8], Acked::No);
    let chosen = choose(&spool, 1);
    let mut rewritten = rewrite(&spool, &chosen);
    spool.settle(&first[..1], Acked::No);
    assert!(!spool.state().exchange(&chosen, &mut rewritten));
    drop(rewritten);
    assert!(!spool.folder.log(chosen.number).exists());
    drop(spool);
    assert_eq!(found(folder.path()), [8, 9]);
}

#[test]
fn marks_that_are_taken_back_meanwhile_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = open(folder.path(), 1);
    let all = append_ten(&spool);
    spool.settle(&all[2..8], Acked::No);
    let chosen = choose(&spool, 1);
    spool.ack(&all[..2]).expect("written");
    // Read with the marks in the file.
    let mut rewritten = rewrite(&spool, &chosen);
    assert!(spool.state().exchange(&chosen, &mut rewritten));
    spool.unack(&all[..2]).expect("written");
    drop(spool);
    assert_eq!(found(folder.path()), [0, 1, 8, 9]);
}

#[test]
fn a_log_with_marks_is_rewritten_when_they_are_taken_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = open(folder.path(), 1);
    let all = append_ten(&spool);
    spool.ack(&all[..2]).expect("written");
    spool.settle(&all[2..8], Acked::No);
    assert!(!spool.state().can_give_back(1), "they may be asked for");
    spool.unack(&all[..2]).expect("written");
    assert!(spool.state().can_give_back(1));
    assert!(
        spool.is_crowded.load(Ordering::Acquire),
        "the worker was notified"
    );
    spool.give_back();
    assert!(!spool.is_crowded.load(Ordering::Acquire));
    assert_eq!(spool.state().on_disk(), logs(folder.path()));
    drop(spool);
    assert_eq!(found(folder.path()), [0, 1, 8, 9]);
}

#[test]
fn no_file_is_started_while_rewriting_is_far_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = open(folder.path(), FILE);
    let mut records = Vec::new();
    for number in 0.. {
        assert!(logs(folder.path()) <= 3 * FILE + LAG);
        let is_behind = spool.appender().is_behind(100_000);
        if is_behind {
            break;
        }
        records.push(append(&spool, number, 100_000));
        if number % 10 > 0 {
            let settled = records.pop().expect("one");
            spool.settle(&[settled], Acked::No);
        }
    }
    spool.give_back();
    assert!(!spool.appender().is_behind(100_000));
    assert!(logs(folder.path()) <= 3 * FILE);
}

#[test]
fn a_log_with_damage_is_kept_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = open(folder.path(), 1);
    let all = append_ten(&spool);
    spool.settle(&all[2..8], Acked::No);
    let is_worth_it = || spool.state().can_give_back(1);
    assert!(is_worth_it());
    let first = all.first().expect("ten").volume;
    (spool.state().volumes_mut().get_mut(&first))
        .expect("a volume")
        .damaged = true;
    assert!(!is_worth_it());
}

#[test]
fn a_flipped_byte_in_a_rewritten_log_loses_one_payload_at_most() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = open(folder.path(), 1);
    // In memory, as the first one; the others are only on disk.
    append(&spool, 0, 500_000);
    let rest: Vec<_> = (1..10)
        .map(|number| append_to_disk(&spool, number, 500_000))
        .collect();
    spool.settle(&rest[..4], Acked::No);
    spool.give_back();
    let log = spool.folder.log(rest[0].volume);
    let kind = format::size(format::FORMAT.len()) + 1;
    let mut bytes = fs::read(&log).expect("readable");
    assert!(format::is_moved(&bytes));
    bytes[kind] ^= 1;
    fs::write(&log, bytes).expect("written");
    let backlog = spool.read_backlog().expect("readable").expect("the rest");
    let found: Vec<_> = backlog.payloads().map(|loaded| loaded.record).collect();
    // The damage is in the payload that is in memory.
    let of_first_log = |record: &&RecordId| record.volume == rest[0].volume;
    assert!(
        found.iter().eq(rest[4..].iter().filter(of_first_log)),
        "{found:?}"
    );
}

#[test]
fn a_closed_spool_is_not_rewritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let spool = open(folder.path(), 1);
    let all = append_ten(&spool);
    spool.settle(&all[2..8], Acked::No);
    let before = logs(folder.path());
    spool.close().expect("synced");
    spool.give_back();
    assert_eq!(logs(folder.path()), before);
}

proptest! {
    #[test]
    fn the_rest_keeps_its_offsets_and_nothing_else_takes_room(
        bodies in prop::collection::vec((prop::bool::ANY, prop::bool::ANY, "\\PC{0,40}"), 1..20),
    ) {
        let mut log = format::first_record();
        let (mut first, mut second) = (BTreeSet::new(), BTreeSet::new());
        let mut rest = Vec::new();
        for (at_first, later, body) in &bodies {
            let start = offset(log.len());
            format::append(&mut log, Kind::UserEvent, body.as_bytes()).expect("short");
            if *at_first {
                first.insert(start);
            }
            if *at_first || *later {
                second.insert(start);
            } else {
                rest.push((start, body.as_bytes()));
            }
        }
        let (kept, _) = without(&log, &first).expect("short");
        let (kept, live) = without(&kept, &second).expect("short");
        prop_assert_eq!(live, rest.len() as u64);
        let found: Vec<_> = format::payloads(&kept, 0)
            .map(|payload| (payload.offset, &kept[payload.body]))
            .collect();
        prop_assert_eq!(&found, &rest);
        prop_assert!(!format::scan(&kept).any(|found| matches!(found, Found::Damage(_))));
        let room: usize = rest.iter().map(|(_, body)| format::size(body.len()) + 5).sum();
        prop_assert_eq!(kept.len(), format::first_record().len() + room);
        prop_assert_eq!(format::is_moved(&kept), live > 0);
        prop_assert!(!format::is_moved(&log));
    }
}
