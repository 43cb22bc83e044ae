//! Runs cases, in the process with the failing disk.

use crate::check::Outcome;
use crate::disk::{CONTROL, DISK, Disk, Fault};
use crate::life::{Journal, Note, Place, live, run};
use crate::plan::{End, Plan, Step, Weather};
use crate::server::Server;
use crate::tamper::Effects;
use lunogram::{Client, ErrorKind};
use lunogram_tests::process::again;
use lunogram_tests::spool::assert_conserved;
use lunogram_tests::watched::watched;
use std::env;
use std::fs;
use std::os::unix::process::ExitStatusExt as _;
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The index of the life; set for a process that is killed.
pub(crate) const LIFE: &str = "LUNOGRAM_TEST_LIFE";

/// The seed of its plan, and the URL of its server.
const SEED: &str = "LUNOGRAM_TEST_SEED";
const SERVER: &str = "LUNOGRAM_TEST_SERVER";

/// Panics in this process, on any thread.
static PANICS: AtomicUsize = AtomicUsize::new(0);

pub(crate) struct Judge {
    test: String,
    folder: PathBuf,
    disk: Arc<Disk>,
    server: Arc<Server>,
}

fn control() -> PathBuf {
    env::var_os(CONTROL)
        .expect("set by the first process")
        .into()
}

/// The life of a process that is killed.
pub(crate) fn live_alone(tampers: bool) {
    let variable = |name| env::var(name).expect("set by the process that judges");
    let seed = variable(SEED).parse().expect("a number");
    let disk = Disk::of(&control());
    // The line of the test's name ends.
    println!();
    let place = Place {
        plan: &Plan::of(seed, tampers),
        disk: &disk,
        spool: &Path::new(&variable(DISK)).join(seed.to_string()),
        url: &variable(SERVER),
        journal: Arc::new(|note| println!("{note}")),
        judge: None,
    };
    live(&place, variable(LIFE).parse().expect("a number"));
}

impl Judge {
    pub(crate) fn new(test: &str, folder: &Path) -> Self {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            PANICS.fetch_add(1, Ordering::Relaxed);
            before(info);
        }));
        Self {
            test: test.to_owned(),
            folder: folder.to_owned(),
            disk: Arc::new(Disk::of(&control())),
            server: Arc::new(Server::start()),
        }
    }

    /// Runs one case.
    pub(crate) fn case(&self, plan: Plan) {
        let plan = Arc::new(plan);
        let seed = plan.seed;
        let spool = self.folder.join(seed.to_string());
        let notes = Arc::new(Mutex::new(Vec::new()));
        let shown = Shown {
            plan: &plan,
            spool: &spool,
            notes: &notes,
        };
        let case = Case {
            test: self.test.clone(),
            plan: Arc::clone(&plan),
            disk: Arc::clone(&self.disk),
            server: Arc::clone(&self.server),
            spool: spool.clone(),
            notes: Arc::clone(&notes),
            effects: Mutex::default(),
        };
        watched(move || case.run());
        assert_eq!(PANICS.load(Ordering::Relaxed), 0, "a thread has panicked");
        drop(shown);
        fs::remove_dir_all(spool).expect("a folder");
    }
}

/// Prints a case that fails.
struct Shown<'s> {
    plan: &'s Plan,
    spool: &'s Path,
    notes: &'s Mutex<Vec<Note>>,
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("the folder is {}", self.spool.display());
            println!("{:#?}", self.plan);
            let notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
            let notes: Vec<_> = notes.iter().map(Note::to_string).collect();
            println!("{}", notes.join(", "));
        }
    }
}

struct Case {
    test: String,
    plan: Arc<Plan>,
    disk: Arc<Disk>,
    server: Arc<Server>,
    spool: PathBuf,
    notes: Arc<Mutex<Vec<Note>>>,
    effects: Mutex<Effects>,
}

impl Case {
    fn run(self) {
        let journal: Journal = {
            let notes = Arc::clone(&self.notes);
            Arc::new(move |note| notes.lock().expect("no panic").push(note))
        };
        let place = Place {
            plan: &self.plan,
            disk: &self.disk,
            spool: &self.spool,
            url: self.server.url(),
            journal,
            judge: Some((&self.server, &self.effects)),
        };
        let mut kills = 0;
        for (index, life) in self.plan.lives.iter().enumerate() {
            let before = self.notes().len();
            self.effects().log_is_gone = false;
            self.server.set_weather(Weather::Fair);
            if matches!(life.end, End::Killed(_)) {
                kills += usize::from(self.live_and_die(index));
            } else {
                live(&place, index);
            }
            self.disk.repair();
            // A request may be on its way when its client ends.
            self.server.wait();
            self.check_build(life.opening.is_some(), before);
            let delivery = self.plan.delivery;
            for tamper in &life.after {
                tamper.apply(&self.spool, delivery, false, &mut self.effects());
            }
        }
        let before = self.notes().len();
        self.finish(&place);
        let arrived = self.server.wait();
        self.server.forget();
        self.check_build(false, before);
        let unreported = self.effects().unreported.clone();
        assert!(unreported.is_empty(), "not reported: {unreported:?}");
        let outcome = Outcome {
            plan: &self.plan,
            notes: &self.notes(),
            effects: &self.effects(),
            kills,
            arrived: &arrived,
        };
        outcome.check();
    }

    fn notes(&self) -> std::sync::MutexGuard<'_, Vec<Note>> {
        self.notes.lock().expect("no panic")
    }

    fn effects(&self) -> std::sync::MutexGuard<'_, Effects> {
        self.effects.lock().expect("no panic")
    }

    /// Runs a life in a process, and returns whether the process was killed.
    fn live_and_die(&self, index: usize) -> bool {
        let weather = self.plan.lives[index]
            .steps
            .iter()
            .find_map(|step| match step {
                Step::Weather(weather) => Some(*weather),
                _ => None,
            });
        self.server.set_weather(weather.unwrap_or(Weather::Fair));
        let mut process = again(&self.test);
        let output = process
            .arg("--nocapture")
            .env(LIFE, index.to_string())
            .env(SEED, self.plan.seed.to_string())
            .env(SERVER, self.server.url())
            .output()
            .expect("this program starts");
        let text = String::from_utf8_lossy(&output.stdout);
        self.notes().extend(text.lines().filter_map(Note::read));
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!errors.contains("panicked"), "{errors}");
        let is_killed = output.status.signal() == Some(9);
        assert!(is_killed || output.status.success(), "{errors}");
        is_killed
    }

    /// `build` refuses a folder only with a reason. Notes whether damage was reported.
    fn check_build(&self, is_excused: bool, from: usize) {
        let (notes, mut effects) = (self.notes(), self.effects());
        for note in &notes[from..] {
            if let Note::NotBuilt(why) = note {
                assert!(is_excused || effects.refusable, "{why}");
                assert!(why.contains(&self.spool.display().to_string()), "{why}");
            }
        }
        if notes[from..].contains(&Note::Damaged) {
            effects.unreported.clear();
        }
    }

    /// The last client delivers the rest.
    fn finish(&self, place: &Place<'_>) {
        self.server.set_weather(Weather::Fair);
        let reserve = fs::metadata(self.spool.join("reserve")).map_or(0, |found| found.len());
        if self.plan.ends_full && reserve >= (512 << 10).min(self.plan.max_bytes / 8) {
            self.disk.add(Fault::Full(0), place.used());
        }
        let client = self.build(place);
        (place.journal)(Note::Built);
        run(client.flush()).expect("not held");
        let stats = client.stats();
        assert_conserved(&stats);
        assert_eq!(stats.pending(), 0, "{stats}");
        let _ = run(client.shutdown(Duration::ZERO)).expect("not held");
        drop(client);
        self.disk.repair();
        // Nothing but the files that a folder always has, damage that was reported, and those that
        // this test has moved aside.
        let files = fs::read_dir(&self.spool).expect("a folder");
        for file in files.map(|file| file.expect("a file").path()) {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let known = ["lock", "project", "reserve", "deletions"];
            let is_known =
                known.contains(&&*name) || name.ends_with(".damaged") || name.ends_with(".aside");
            assert!(is_known, "{} is left", file.display());
        }
    }

    /// Builds a client, after the files that it refuses were removed.
    fn build(&self, place: &Place<'_>) -> Client {
        loop {
            let error = match place.build() {
                Ok(client) => return client,
                Err(error) => error,
            };
            assert_eq!(error.kind(), ErrorKind::Spool, "{error}");
            let text = error.to_string();
            (place.journal)(Note::NotBuilt(text.clone()));
            let named = text.split('`').map(Path::new);
            let mut named =
                named.filter(|path| *path != self.spool && path.starts_with(&self.spool));
            match named.next() {
                Some(path) if path.is_dir() => fs::remove_dir(path),
                Some(path) => fs::remove_file(path),
                None => fs::remove_file(self.spool.join("project")),
            }
            .unwrap_or_else(|why| panic!("{text}: {why}"));
        }
    }
}
