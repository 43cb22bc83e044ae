//! Runs a test in another process, and builds libraries that are preloaded into it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A command that runs one test of this program again. The test has to find out, by an environment
/// variable, that it is the process.
///
/// # Panics
/// If the path of this program is not known.
#[must_use]
pub fn again(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", test]);
    command
}

/// Runs a command that runs one test.
///
/// # Panics
/// If the test does not pass, or there is no such test.
pub fn assert_passes(command: &mut Command) {
    let output = command.output().expect("a process");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

/// Builds a C library for `LD_PRELOAD` in this folder.
///
/// # Panics
/// If there is no C compiler, or the source does not compile.
#[must_use]
pub fn preloaded(folder: &Path, source: &str) -> PathBuf {
    let (file, library) = (folder.join("preloaded.c"), folder.join("preloaded.so"));
    fs::write(&file, source).expect("a writable folder");
    // The compiler that links Rust programs.
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &file])
        .arg("-ldl")
        .status();
    let built = built.unwrap_or_else(|why| {
        panic!("cannot run `cc` ({why}); install a C compiler, on Debian the package `gcc`")
    });
    assert!(built.success(), "{} does not compile", file.display());
    library
}
