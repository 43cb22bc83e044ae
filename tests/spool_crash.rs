//! The spool and crashes: processes killed at any moment, and a full disk.
//!
//! `LUNOGRAM_TEST_CASES=2000 cargo test --test spool_crash` kills more processes.

use lunogram::queue::{Delivery, DropReason, Durability, QueueOptions, SpoolOptions};
use lunogram::testing::{Fault, Server};
use lunogram::{Client, ErrorKind, LunogramEvent, UpsertUserRequest};
use lunogram_tests::random::Random;
use std::collections::BTreeSet;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const SPOOL: &str = "LUNOGRAM_TEST_SPOOL";
const SERVER: &str = "LUNOGRAM_TEST_SERVER";
const KEY: &str = "LUNOGRAM_TEST_KEY";
const FIRST: &str = "LUNOGRAM_TEST_FIRST";
const AT_MOST_ONCE: &str = "LUNOGRAM_TEST_AT_MOST_ONCE";

/// Size of the range of event numbers of each process.
const NUMBERS: u64 = 1_000_000;

const USERS: usize = 7;

#[derive(LunogramEvent)]
struct Seen {
    #[lunogram(external_id)]
    user: u64,
    n: u64,
}

/// A large one, of which a few hundred fill several files.
#[derive(LunogramEvent)]
struct Long<'a> {
    #[lunogram(external_id)]
    user: u64,
    n: u64,
    filler: &'a str,
}

fn user_of(n: u64) -> u64 {
    n % USERS as u64
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} must be set by the parent test"))
}

fn client_of(server: &str, key: &str, spool: &Path, delivery: Delivery, number: u64) -> Client {
    let queue = QueueOptions::default()
        .batch_age(Duration::ZERO)
        .batch_events(20)
        .max_events(100)
        .first_pause(Duration::ZERO)
        .longest_pause(Duration::ZERO)
        // Every event is sent until the server has accepted it.
        .max_copies(u32::MAX)
        .delivery(delivery);
    let durability = match number % 3 {
        0 => Durability::Immediate,
        1 => Durability::Within(Duration::ZERO),
        _ => Durability::default(),
    };
    Client::builder(key)
        .base_url(server)
        .queue(queue)
        .spool(
            SpoolOptions::new(spool)
                .durability(durability)
                .any_project(),
        )
        .build()
        .expect("a client")
}

/// Runs in the child processes: tracks until it is killed, and prints the number of each accepted
/// event.
#[test]
#[ignore = "a child process of the other tests"]
fn tracks_until_it_is_killed() {
    let delivery = match env::var_os(AT_MOST_ONCE) {
        Some(_) => Delivery::AtMostOnce,
        None => Delivery::AtLeastOnce,
    };
    let first: u64 = variable(FIRST).parse().expect("a number");
    let client = client_of(
        &variable(SERVER),
        &variable(KEY),
        Path::new(&variable(SPOOL)),
        delivery,
        first / NUMBERS,
    );
    for user in 0..USERS as u64 {
        client
            .identify(&UpsertUserRequest::new(user))
            .expect("room");
    }
    for n in first..first + NUMBERS {
        match client.track(&Seen {
            user: user_of(n),
            n,
        }) {
            Ok(()) => println!("{n}"),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Spool);
                println!("refused: {error}");
                if n > first + NUMBERS / 10 {
                    break;
                }
            }
        }
    }
}

/// A command that runs this test binary as a child process.
fn child_command(server: &str, key: &str, spool: &Path, number: u64) -> Command {
    let mut command = Command::new(env::current_exe().expect("the path of this program"));
    command
        .args([
            "--ignored",
            "--exact",
            "tracks_until_it_is_killed",
            "--nocapture",
        ])
        .env(SERVER, server)
        .env(KEY, key)
        .env(SPOOL, spool)
        .env(FIRST, ((number + 1) * NUMBERS).to_string())
        .env_remove(AT_MOST_ONCE)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Kills a process after it has printed `numbers` numbers, and returns all that it has printed.
fn kill_after(mut child: Child, numbers: u64) -> Vec<u64> {
    let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let mut lines = stdout.lines().map_while(Result::ok);
    let number = |line: String| line.parse::<u64>().ok();
    let mut accepted = Vec::new();
    while (accepted.len() as u64) < numbers {
        let Some(line) = lines.next() else { break };
        accepted.extend(number(line));
    }
    // SIGKILL, on Unix.
    child.kill().expect("a running process");
    accepted.extend(lines.filter_map(number));
    child.wait().expect("a killed process");
    accepted
}

fn faults(random: &mut Random) -> Option<Fault> {
    let fault = match random.below(8) {
        0 => Fault::lose_answer(),
        1 => Fault::cut_in_body(),
        2 => Fault::cut_after_body(),
        3 => Fault::status(503),
        4 => Fault::fail_after(3),
        _ => return None,
    };
    Some(fault.times(u32::try_from(1 + random.below(4)).expect("small")))
}

/// Leaves large events in several files of a spool.
fn fill(spool: &Path, events: u64) {
    let client = client_of(
        "http://127.0.0.1:1",
        "sk_1",
        spool,
        Delivery::AtLeastOnce,
        2,
    );
    for user in 0..USERS as u64 {
        client
            .identify(&UpsertUserRequest::new(user))
            .expect("room");
    }
    let filler = "x".repeat(20_000);
    for n in 0..events {
        let user = user_of(n);
        let event = Long {
            user,
            n,
            filler: &filler,
        };
        client.track(&event).expect("room");
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    let left = runtime.block_on(client.shutdown(Duration::ZERO));
    assert_eq!(
        left.expect("not held").spooled(),
        events + USERS as u64,
        "nothing was sent"
    );
}

/// Kills processes one after the other, each after at most so many events. The spool has the first
/// events from before. A last client delivers the rest, and the result is checked.
fn kill_repeatedly(delivery: Delivery, cases: u64, most: u64, first: u64) {
    let seed = RandomState::new().hash_one(());
    println!("seed {seed}");
    let mut random = Random::new(seed);
    // The last lines of this test need every event.
    let server = Server::builder().keep(usize::MAX).start().expect("a port");
    let folder = tempfile::tempdir().expect("a folder");
    if first > 0 {
        fill(folder.path(), first);
    }
    let mut accepted: Vec<_> = (0..first).collect();
    for number in 0..cases {
        if let Some(fault) = faults(&mut random) {
            server.inject(fault);
        }
        let mut command = child_command(server.url(), server.key(), folder.path(), number);
        if delivery == Delivery::AtMostOnce {
            command.env(AT_MOST_ONCE, "");
        }
        let child = command.spawn().expect("this program starts");
        accepted.extend(kill_after(child, random.below(most)));
    }
    server.clear_faults();
    let client = client_of(server.url(), server.key(), folder.path(), delivery, 0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(client.flush()).expect("not held");
    let stats = client.stats();
    // A kill in the middle of a write leaves a part of a record, whose event was not accepted.
    let damaged = stats.dropped_because(DropReason::Damaged);
    assert!(damaged <= cases, "{stats}");
    assert_eq!(stats.dropped() + stats.pending(), damaged, "{stats}");
    assert!(server.lost().is_empty());

    let arrived: Vec<u64> = server
        .all_events()
        .iter()
        .filter_map(|event| event.data["n"].as_u64())
        .collect();
    let distinct: BTreeSet<u64> = arrived.iter().copied().collect();
    assert!(!accepted.is_empty());
    if delivery == Delivery::AtLeastOnce {
        for n in &accepted {
            assert!(distinct.contains(n), "{n} was accepted but is lost");
        }
    } else {
        assert_eq!(arrived.len(), distinct.len(), "an event arrived twice");
    }
    let mut known = BTreeSet::new();
    let mut last = [None; USERS];
    for n in arrived.into_iter().filter(|n| known.insert(*n)) {
        let last = &mut last[usize::try_from(user_of(n)).expect("small")];
        assert!(*last < Some(n), "{n} arrived after {last:?}");
        *last = Some(n);
    }
}

/// Two tests share the cases: one for each `Delivery` option.
fn cases() -> u64 {
    let cases = env::var("LUNOGRAM_TEST_CASES").ok();
    cases.and_then(|cases| cases.parse().ok()).unwrap_or(200) / 2
}

#[test]
fn accepted_events_are_delivered_after_a_kill() {
    kill_repeatedly(Delivery::AtLeastOnce, cases(), 200, 0);
}

#[test]
fn at_most_once_sends_no_event_twice_after_a_kill() {
    kill_repeatedly(Delivery::AtMostOnce, cases(), 200, 0);
}

/// Most of these processes are killed before they have read all files.
#[test]
fn a_kill_while_the_rest_is_read_loses_nothing() {
    for delivery in [Delivery::AtLeastOnce, Delivery::AtMostOnce] {
        kill_repeatedly(delivery, cases().div_ceil(10), 3, 600);
    }
}

/// A limit on the file size simulates a full disk: both write a part of the data and refuse the
/// rest.
#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_and_loses_no_accepted_event() {
    let server = Server::start().expect("a port");
    let folder = tempfile::tempdir().expect("a folder");
    let this = child_command("http://127.0.0.1:1", "sk_1", folder.path(), 1);
    let mut limited = Command::new("bash");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\""])
        .arg(this.get_program())
        .args(this.get_args())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    for (name, value) in this.get_envs() {
        if let Some(value) = value {
            limited.env(name, value);
        }
    }
    let output = limited.output().expect("bash");
    let stdout = String::from_utf8(output.stdout).expect("text");
    let accepted: Vec<u64> = stdout
        .lines()
        .filter_map(|line| line.parse().ok())
        .collect();
    assert!(stdout.contains("cannot write to the spool"), "{stdout}");
    assert!(accepted.len() > 50);

    let client = client_of(
        server.url(),
        server.key(),
        folder.path(),
        Delivery::AtLeastOnce,
        2,
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime");
    runtime.block_on(client.flush()).expect("not held");
    assert_eq!(client.stats().dropped(), 0);
    let arrived: BTreeSet<u64> = server
        .all_events()
        .iter()
        .filter_map(|event| event.data["n"].as_u64())
        .collect();
    assert!(arrived.into_iter().eq(accepted));
}
