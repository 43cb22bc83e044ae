//! Counts the instructions of a piece of code with valgrind, independent of the load of the
//! machine.

use std::process::Command;

/// The calls in two runs: the difference between them excludes start-up and the first growth of a
/// buffer.
const RUNS: [u64; 2] = [1_000, 11_000];

const CHILD: &str = "LUNOGRAM_MEASURED";

/// The measured function. It writes to a buffer that is reused.
pub type Subject = fn(&mut Vec<u8>);

/// Call this first in `main`: in a process that [`each`] started, it runs the subject and exits.
///
/// # Panics
/// If the subject that [`each`] named is not among `subjects`.
pub fn subjects(subjects: &[(&str, Subject)]) {
    let Ok(task) = std::env::var(CHILD) else {
        return;
    };
    let (name, calls) = task.split_once(' ').expect("a name and a number");
    let (_, subject) = subjects
        .iter()
        .find(|(subject, _)| *subject == name)
        .expect("a subject of this program");
    let mut out = Vec::with_capacity(4096);
    for _ in 0..calls.parse().expect("a number of calls") {
        out.clear();
        subject(&mut out);
    }
    std::process::exit(0);
}

/// The instructions of one call of the subject `name`.
///
/// # Panics
/// If valgrind is missing or fails.
#[must_use]
pub fn each(name: &str) -> u64 {
    let [few, many] = RUNS.map(|calls| total(name, calls));
    (many - few) / (RUNS[1] - RUNS[0])
}

fn total(name: &str, calls: u64) -> u64 {
    let program = std::env::current_exe().expect("this program has a path");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .env(CHILD, format!("{name} {calls}"))
        .output()
        .expect("valgrind is installed (Debian: apt-get install valgrind)");
    let report = String::from_utf8_lossy(&output.stderr);
    let collected = report
        .lines()
        .find_map(|line| line.split_once("Collected : "))
        .unwrap_or_else(|| panic!("valgrind failed: {report}"));
    collected.1.trim().parse().expect("a count")
}
