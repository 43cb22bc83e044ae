//! Control of the disk that fails: the numbers that `disk.c` reads.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;

/// The library for `LD_PRELOAD`.
pub(crate) const LIBRARY: &str = include_str!("disk.c");

/// The environment variables of the library: the control file, and the folder with failing files.
pub(crate) const CONTROL: &str = "LUNOGRAM_TEST_CONTROL";
pub(crate) const DISK: &str = "LUNOGRAM_TEST_DISK";

// The positions of the numbers.
const OFF: u64 = 0;
const ROOM: u64 = 1;
const GATE: u64 = 2;
const SLOW: u64 = 3;
const CALLS: u64 = 4;
const KILL_AT: u64 = 5;
const KILL_PART: u64 = 6;
const FAULTS: u64 = 7;
const NUMBERS: u64 = FAULTS + 3 * 7;

/// A kind of system call, in the order of `disk.c`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Write,
    Sync,
    Open,
    Rename,
    Unlink,
    Truncate,
    Read,
}

/// How calls fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Error {
    /// A write writes half of its bytes.
    Half,
    Interrupted,
    Io,
    TooManyFiles,
    NoSpace,
}

/// A fault of the disk.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// After `skip` calls of this kind, the next `times` calls fail.
    Fail {
        call: Call,
        skip: u64,
        times: u64,
        error: Error,
    },
    /// The folder may have so many more bytes.
    Full(u64),
    /// Each sync takes so many microseconds.
    Slow(u64),
}

/// Where a process ends: at the call with this number. It does so much of the call, in thousandths.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kill {
    pub(crate) at: u64,
    pub(crate) part: u64,
}

/// The disk of this process and of the processes that it starts.
#[derive(Debug)]
pub(crate) struct Disk(File);

impl Disk {
    /// Creates the control file of a disk on which nothing fails.
    pub(crate) fn create(control: &Path) {
        File::create(control)
            .and_then(|file| file.set_len(4096))
            .expect("a writable folder");
    }

    /// The disk that this control file controls.
    pub(crate) fn of(control: &Path) -> Self {
        let file = OpenOptions::new().read(true).write(true).open(control);
        Self(file.expect("a control file"))
    }

    fn set(&self, number: u64, value: u64) {
        self.0
            .write_all_at(&value.to_ne_bytes(), 8 * number)
            .expect("a writable file");
    }

    /// Nothing fails any more, and nothing is hung.
    pub(crate) fn repair(&self) {
        for number in 0..NUMBERS {
            self.set(number, 0);
        }
    }

    /// Adds a fault. `used` are the bytes in the folder.
    pub(crate) fn add(&self, fault: Fault, used: u64) {
        match fault {
            Fault::Full(more) => self.set(ROOM, used + more),
            Fault::Slow(micros) => self.set(SLOW, micros),
            Fault::Fail {
                call,
                skip,
                times,
                error,
            } => {
                let at = FAULTS + 3 * call as u64;
                // Linux's numbers.
                let error = match error {
                    Error::Half => 0,
                    Error::Interrupted => 4,
                    Error::Io => 5,
                    Error::TooManyFiles => 24,
                    Error::NoSpace => 28,
                };
                self.set(at, skip);
                self.set(at + 2, error);
                // Last, because it starts the fault.
                self.set(at + 1, times);
            }
        }
    }

    /// The next process ends there.
    pub(crate) fn kill(&self, kill: Kill) {
        self.set(CALLS, 0);
        self.set(KILL_PART, kill.part);
        self.set(KILL_AT, kill.at);
    }

    /// Syncs hang until [`repair`](Self::repair).
    pub(crate) fn hang(&self) {
        self.set(GATE, 1);
    }

    /// Calls of `run` do not fail. Those of other threads do not fail meanwhile either.
    pub(crate) fn without_faults<T>(&self, run: impl FnOnce() -> T) -> T {
        self.set(OFF, 1);
        let result = run();
        self.set(OFF, 0);
        result
    }
}
