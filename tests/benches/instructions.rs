//! Instructions of a piece of code, counted by valgrind: the same figure however busy the machine is.

use std::process::Command;

/// Calls of the two runs whose difference is measured, so that start-up and the first growth of a buffer drop out.
const RUNS: [u64; 2] = [1_000, 11_000];

const CHILD: &str = "LUNOGRAM_MEASURED";

/// What is measured: it writes into a buffer that is used again.
pub type Subject = fn(&mut Vec<u8>);

/// Call first in `main`: where the process is one that [`each`] started, this runs its subject and exits.
///
/// # Panics
/// When [`each`] asked for something that is not among `subjects`.
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

/// Instructions of one call of the subject `name` of this program.
///
/// # Panics
/// When valgrind is missing or fails.
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
