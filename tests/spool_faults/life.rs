//! The life of one client, in this process or in one that is killed.

use crate::disk::{Disk, Fault};
use crate::plan::{End, Plan, Step, Weather};
use crate::server::Server;
use crate::tamper::Effects;
use lunogram::queue::{DropReason, QueueOptions, SpoolOptions};
use lunogram::{Client, Error, ErrorKind, LunogramEvent, UpsertUserRequest};
use lunogram_tests::spool::files;
use lunogram_tests::watched::TOO_LONG;
use std::fmt::{self, Display};
use std::fs;
use std::future::Future;
use std::path::Path;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// The size at which a new file is started.
const VOLUME_SIZE: u64 = 4 << 20;

/// Size of the range of numbers of each life.
pub(crate) const NUMBERS: u64 = 100_000;

/// The numbers of upserts are from here on in the range of a life.
pub(crate) const UPSERTS: u64 = 90_000;

const USERS: u64 = 5;

/// The user that some plans delete.
pub(crate) const DELETED: u64 = USERS - 1;

pub(crate) fn user_of(n: u64) -> u64 {
    n % USERS
}

#[derive(LunogramEvent)]
struct Seen<'a> {
    #[lunogram(external_id)]
    user: u64,
    n: u64,
    filler: &'a str,
}

/// An event in a life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    Built,
    /// `build` has returned this error of the kind `Spool`.
    NotBuilt(String),
    Tried(u64),
    Accepted(u64),
    Refused(u64),
    /// `on_unknown` was called.
    Unknown(u64),
    /// `on_drop` was called.
    Dropped(u64, String),
    Damaged,
    Ended,
}

impl Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Built => write!(f, "built"),
            Self::NotBuilt(why) => write!(f, "refused {why}"),
            Self::Tried(n) => write!(f, "t {n}"),
            Self::Accepted(n) => write!(f, "a {n}"),
            Self::Refused(n) => write!(f, "r {n}"),
            Self::Unknown(n) => write!(f, "u {n}"),
            Self::Dropped(n, why) => write!(f, "d {n} {why}"),
            Self::Damaged => write!(f, "damaged"),
            Self::Ended => write!(f, "ended"),
        }
    }
}

impl Note {
    /// Reads a line that a process has printed.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let n = || rest.split(' ').next()?.parse().ok();
        Some(match kind {
            "built" => Self::Built,
            "refused" => Self::NotBuilt(rest.to_owned()),
            "t" => Self::Tried(n()?),
            "a" => Self::Accepted(n()?),
            "r" => Self::Refused(n()?),
            "u" => Self::Unknown(n()?),
            "d" => Self::Dropped(n()?, rest.to_owned()),
            "damaged" => Self::Damaged,
            "ended" => Self::Ended,
            _ => return None,
        })
    }
}

pub(crate) type Journal = Arc<dyn Fn(Note) + Send + Sync>;

/// Where a life takes place.
pub(crate) struct Place<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) disk: &'p Disk,
    pub(crate) spool: &'p Path,
    pub(crate) url: &'p str,
    pub(crate) journal: Journal,
    /// `None` in a process that is killed. Such a life changes neither the weather nor files.
    pub(crate) judge: Option<(&'p Server, &'p Mutex<Effects>)>,
}

impl Place<'_> {
    fn note(&self, note: Note) {
        (self.journal)(note);
    }

    /// Builds a client for the spool.
    pub(crate) fn build(&self) -> Result<Client, Error> {
        let plan = self.plan;
        let queue = QueueOptions::default()
            .batch_age(Duration::ZERO)
            .batch_events(plan.batch_events)
            .max_events(plan.max_events)
            .in_flight(plan.in_flight)
            .first_pause(Duration::ZERO)
            .longest_pause(Duration::from_millis(1))
            // Every event is sent until the server has accepted it.
            .max_copies(u32::MAX)
            .drain_on_drop(Duration::from_millis(20))
            .delivery(plan.delivery);
        let mut spool = SpoolOptions::new(self.spool)
            .durability(plan.durability)
            .max_bytes(plan.max_bytes)
            .wait_for_lock(TOO_LONG);
        if plan.any_project {
            spool = spool.any_project();
        }
        let number = |json: &[u8]| {
            let payload: serde_json::Value = serde_json::from_slice(json).expect("JSON");
            payload["data"]["n"].as_u64().expect("a number")
        };
        let (dropped, unknown) = (Arc::clone(&self.journal), Arc::clone(&self.journal));
        Client::builder("sk_1")
            .base_url(self.url)
            .queue(queue)
            .spool(spool)
            .on_drop(move |payload| match payload.reason() {
                DropReason::Damaged => dropped(Note::Damaged),
                reason => dropped(Note::Dropped(number(payload.json()), reason.to_string())),
            })
            .on_unknown(move |payload| unknown(Note::Unknown(number(payload.json()))))
            .build()
    }

    /// The bytes that the files of the spool take on disk.
    pub(crate) fn used(&self) -> u64 {
        let all = fs::read_dir(self.spool).into_iter().flatten();
        let all = all.filter_map(|entry| Some(size_on_disk(&entry.ok()?.path())));
        self.disk.without_faults(|| all.sum())
    }

    /// The bytes of events that wait are at most `max_bytes`, and the room of delivered ones is
    /// soon given back: files are at least half full, apart from the one that takes events.
    fn check_size(&self) {
        let used = || {
            let logs = self.disk.without_faults(|| files(self.spool, "log"));
            logs.iter().map(|log| size_on_disk(log)).sum::<u64>()
        };
        let most = 2 * self.plan.max_bytes + VOLUME_SIZE;
        let until = Instant::now() + TOO_LONG;
        while used() > most {
            assert!(
                Instant::now() < until,
                "{} bytes on disk, of {most}",
                used()
            );
            thread::yield_now();
        }
    }
}

fn size_on_disk(file: &Path) -> u64 {
    // A file that was just deleted counts as empty.
    fs::metadata(file).map_or(0, |found| found.len())
}

/// Runs a future to its end.
///
/// # Panics
/// If it hangs.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// One client, from `build` to its end.
#[derive(Debug)]
struct Life {
    client: Client,
    next: u64,
    next_upsert: u64,
    /// Nothing is wrong with disk, files and server, so everything is delivered in the end.
    is_fair: bool,
}

/// Lives the life with this index.
pub(crate) fn live(place: &Place<'_>, index: usize) {
    let plan = &place.plan.lives[index];
    place.disk.repair();
    if let Some(fault) = plan.opening {
        place.disk.add(fault, place.used());
    }
    if let End::Killed(kill) = plan.end {
        place.disk.kill(kill);
    }
    let client = match place.build() {
        Ok(client) => client,
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Spool, "{error}");
            return place.note(Note::NotBuilt(error.to_string()));
        }
    };
    place.note(Note::Built);
    let first = NUMBERS * (index as u64 + 1);
    let mut life = Life {
        client,
        next: first,
        next_upsert: first + UPSERTS,
        // The server of a process that is killed keeps one weather.
        is_fair: plan.opening.is_none()
            && (place.judge.is_some() || !plan.steps.iter().any(is_down)),
    };
    for step in &plan.steps {
        life.step(place, *step);
    }
    life.end(place, plan.end);
    place.note(Note::Ended);
}

fn is_down(step: &Step) -> bool {
    matches!(step, Step::Weather(Weather::Down | Weather::Holds(_)))
}

impl Life {
    fn step(&mut self, place: &Place<'_>, step: Step) {
        match step {
            Step::Track { events, size } => {
                let filler = "x".repeat(size);
                for _ in 0..events {
                    self.track(place, &filler);
                }
                if place.plan.is_calm() {
                    place.check_size();
                }
            }
            Step::Identify => {
                let n = self.next_upsert;
                self.next_upsert += 1;
                let user = UpsertUserRequest::new(user_of(n));
                let user = user.data(serde_json::json!({ "n": n }));
                place.note(Note::Tried(n));
                noted(place, n, self.client.identify(&user));
            }
            Step::Delete => {
                let deletion = self.client.delete_user(DELETED);
                // Its outcome may be anything, and it may be left open for the next client.
                let _ =
                    run(async { tokio::time::timeout(Duration::from_millis(5), deletion).await });
            }
            Step::Flush if self.is_fair => {
                run(self.client.flush()).expect("not held");
            }
            Step::Flush => {
                let flush = self.client.flush();
                let _ = run(async { tokio::time::timeout(Duration::from_millis(1), flush).await });
            }
            Step::Deliver { but } => {
                let until = Instant::now() + TOO_LONG;
                while self.client.stats().pending() > but {
                    assert!(Instant::now() < until, "{}", self.client.stats());
                    thread::yield_now();
                }
            }
            Step::Break(fault) => {
                self.is_fair &= matches!(fault, Fault::Slow(_));
                place.disk.add(fault, place.used());
            }
            Step::Repair if place.judge.is_some() => {
                place.disk.repair();
            }
            Step::Weather(weather) => {
                self.is_fair &= !matches!(weather, Weather::Down | Weather::Holds(_));
                if let Some((server, _)) = place.judge {
                    server.set_weather(weather);
                }
            }
            Step::Tamper(tamper) => {
                if let Some((_, effects)) = place.judge {
                    let mut effects = effects.lock().expect("no panic");
                    let (spool, delivery) = (place.spool, place.plan.delivery);
                    (place.disk)
                        .without_faults(|| tamper.apply(spool, delivery, true, &mut effects));
                    self.is_fair = false;
                }
            }
            Step::Repair => {}
        }
    }

    fn track(&mut self, place: &Place<'_>, filler: &str) {
        let n = self.next;
        self.next += 1;
        place.note(Note::Tried(n));
        let user = user_of(n);
        noted(place, n, self.client.track(&Seen { user, n, filler }));
    }

    fn end(mut self, place: &Place<'_>, end: End) {
        match end {
            End::Drop => drop(self.client),
            End::Shutdown(_) | End::Killed(_) => {
                let within = match end {
                    End::Shutdown(within) => within,
                    _ => Duration::from_millis(20),
                };
                let _ = run(self.client.shutdown(within)).expect("not held");
            }
            End::Hung { size } => {
                let filler = "x".repeat(size);
                place.disk.hang();
                thread::scope(|scope| {
                    let client = self.client.clone();
                    let (ended, end) = mpsc::channel();
                    scope.spawn(move || {
                        for _ in 0..5 {
                            self.track(place, &filler);
                        }
                        let _ = ended.send(());
                    });
                    // With `Immediate`, this hangs, too.
                    let _ = end.recv_timeout(Duration::from_millis(100));
                    // Neither call waits for the disk longer than it was asked to.
                    run(async {
                        let flush = client.flush();
                        let _ = tokio::time::timeout(Duration::from_millis(5), flush).await;
                        let _ = client.shutdown(Duration::from_millis(5)).await;
                    });
                    place.disk.repair();
                });
            }
        }
    }
}

fn noted(place: &Place<'_>, n: u64, outcome: Result<(), Error>) {
    if let Some((_, effects)) = place.judge {
        let mut effects = effects.lock().expect("no panic");
        if effects.log_is_gone {
            effects.altered.insert(n);
        }
    }
    match outcome {
        Ok(()) => place.note(Note::Accepted(n)),
        Err(error) => {
            use ErrorKind::{QueueFull, ShutDown, Spool, TooLarge};
            let kinds = [Spool, QueueFull, ShutDown, TooLarge];
            assert!(kinds.contains(&error.kind()), "{error}");
            place.note(Note::Refused(n));
        }
    }
}
