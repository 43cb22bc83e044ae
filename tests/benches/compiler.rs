//! Counts the instructions of the compiler with valgrind, independent of the load of the machine.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Command, exit};

/// The crate whose compilation is counted, and the file for valgrind's report.
const CRATE: &str = "LUNOGRAM_COUNTED_CRATE";
const REPORT: &str = "LUNOGRAM_COUNTED_REPORT";

/// Call this first in `main`: as the compiler that [`count`] gave to cargo, the process compiles
/// one crate and exits.
///
/// # Errors
/// If the compiler or valgrind cannot be started.
pub(crate) fn stand_in() -> io::Result<()> {
    let (Ok(counted), Some(report)) = (env::var(CRATE), env::var_os(REPORT)) else {
        return Ok(());
    };
    let mut arguments = env::args_os().skip(1);
    let compiler = arguments.next().unwrap_or_default();
    let arguments: Vec<_> = arguments.collect();
    let is_counted = arguments
        .windows(2)
        .any(|pair| pair[0] == "--crate-name" && pair[1] == *counted);
    let status = if is_counted {
        let mut log = OsStr::new("--log-file=").to_owned();
        log.push(report);
        Command::new("valgrind")
            .args(["--tool=cachegrind", "--cache-sim=no"])
            .arg("--cachegrind-out-file=/dev/null")
            .arg(log)
            .arg(real(&compiler)?)
            .args(arguments)
            .status()?
    } else {
        Command::new(compiler).args(arguments).status()?
    };
    exit(status.code().unwrap_or(1));
}

/// The compiler itself: `rustc` in the path may be rustup's, which starts another process.
fn real(compiler: &OsStr) -> io::Result<std::path::PathBuf> {
    let output = Command::new(compiler)
        .args(["--print", "sysroot"])
        .output()?;
    let sysroot = String::from_utf8_lossy(&output.stdout);
    Ok(Path::new(sysroot.trim()).join("bin/rustc"))
}

/// The instructions of the compiler for the crate `name` when `cargo` builds it.
///
/// # Errors
/// If the build fails, or valgrind is missing (Debian: `apt-get install valgrind`).
pub(crate) fn count(cargo: &mut Command, name: &str, folder: &Path) -> io::Result<u64> {
    let report = folder.join("instructions.log");
    let status = cargo
        .env("RUSTC_WRAPPER", env::current_exe()?)
        .env(CRATE, name)
        .env(REPORT, &report)
        .status()?;
    if !status.success() {
        return Err(io::Error::other(format!("{cargo:?} failed: {status}")));
    }
    let report = fs::read_to_string(report)?;
    let refs = report
        .lines()
        .rev()
        .find_map(|line| line.split_once("refs:"));
    let digits = refs.map(|(_, count)| count.replace([',', ' '], ""));
    digits
        .and_then(|digits| digits.parse().ok())
        .ok_or_else(|| io::Error::other(format!("valgrind failed: {report}")))
}
