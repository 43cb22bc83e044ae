//! `lunogram-core` does no I/O: a library that only defines events brings no client with it, and
//! encoding depends on nothing but the payload.
//!
//! The check knows what the sources may use of std, and refuses the rest, also what std gets later.
//! `lunogram/core/clippy.toml` lists the methods of these types that do I/O or read the clock.

use crate::rooms::{Mention, mentions};
use crate::workspace::{Workspace, tree_lines};
use crate::{CORE, Findings};
use std::error::Error;

/// The folder of its sources.
const SOURCES: &str = "lunogram/core/src";

/// The parts of std that its sources may use: items, and modules with everything in them.
const ALLOWED: &[&str] = &[
    "borrow",
    "cell",
    "cmp",
    "collections",
    "error",
    "fmt",
    // Text is written into memory by this trait.
    "io::Write",
    "marker",
    "mem",
    "net::IpAddr",
    "net::Ipv4Addr",
    "net::Ipv6Addr",
    "net::SocketAddr",
    "net::SocketAddrV4",
    "net::SocketAddrV6",
    "num",
    "ops",
    "path::Path",
    "path::PathBuf",
    "rc",
    "str",
    "sync::Arc",
    "sync::Mutex",
    "sync::RwLock",
    "time::Duration",
    "time::SystemTime",
    "time::UNIX_EPOCH",
];

/// Macros that write to the process's output or read its environment.
const MACROS: &[&str] = &[
    "dbg",
    "env",
    "eprint",
    "eprintln",
    "option_env",
    "print",
    "println",
];

/// Packages that it must not depend on, with any feature.
const IMPURE_PACKAGES: &[&str] = &[
    "futures-core",
    "getrandom",
    "http",
    "hyper",
    "mio",
    "native-tls",
    "rand",
    "reqwest",
    "rustls",
    "socket2",
    "tokio",
    "tracing",
];

/// Features of its dependencies that read the clock, the time zone of the system or random numbers.
const IMPURE_FEATURES: &[(&str, &[&str])] = &[
    ("chrono", &["clock", "iana-time-zone", "now", "winapi"]),
    ("uuid", &["fast-rng", "rng", "v1", "v4", "v6", "v7"]),
];

/// # Errors
/// When a source file or the output of cargo cannot be read.
pub(crate) fn check(workspace: &Workspace) -> Result<Findings, Box<dyn Error>> {
    let mut findings = of_sources(&mentions(&workspace.root(), SOURCES)?);
    let manifest = workspace.root().join("Cargo.toml");
    let arguments = [
        "--package",
        CORE,
        "--edges",
        "normal",
        "--all-features",
        "--target",
        "all",
        "--format",
        "{p} {f}",
    ];
    let tree = tree_lines(&manifest, &arguments)?;
    findings.extend(of_packages(&tree));
    Ok(findings)
}

fn of_sources(mentions: &[Mention]) -> Findings {
    let mut findings = Findings::new();
    for mention in mentions {
        let Some(problem) = problem(&mention.path) else {
            continue;
        };
        findings.push(format!(
            "{}:{}: `{CORE}` does no I/O and reads no clock, but {problem}; move it into `lunogram`, or pass the \
             value in",
            mention.file, mention.line,
        ));
    }
    findings
}

/// The problem with a path, if there is one.
fn problem(path: &[String]) -> Option<String> {
    let mut segments: Vec<_> = path.iter().map(String::as_str).collect();
    if segments.first() == Some(&"::") {
        segments.remove(0);
    }
    match &segments[..] {
        ["std" | "core" | "alloc", within @ ..] if !is_allowed(within) => Some(format!(
            "uses `{}`, which is not in the list of tests/conventions/pure.rs",
            segments.join("::")
        )),
        [.., owner, "now"] if *owner != "self" => Some(format!("calls `{owner}::now`")),
        [name] if MACROS.contains(name) => Some(format!("calls `{name}!`")),
        _ => None,
    }
}

/// Whether a path within std is an entry of the list, or below one.
fn is_allowed(within: &[&str]) -> bool {
    ALLOWED.iter().any(|entry| {
        let entry: Vec<_> = entry.split("::").collect();
        within.starts_with(&entry)
    })
}

/// Judges lines of `cargo tree`: name, version, and features separated by commas at the end.
fn of_packages(tree: &str) -> Findings {
    let mut findings = Findings::new();
    for line in tree.lines() {
        let mut words = line.split(' ').filter(|word| *word != "(*)");
        let Some(name) = words.next() else { continue };
        if IMPURE_PACKAGES.contains(&name) {
            findings.push(format!(
                "`{CORE}` depends on `{name}`, which does I/O; make it a dependency of `lunogram`"
            ));
        }
        let features: Vec<_> = words.next_back().unwrap_or_default().split(',').collect();
        for (_, impure) in IMPURE_FEATURES.iter().filter(|(of, _)| *of == name) {
            for feature in impure.iter().filter(|one| features.contains(one)) {
                findings.push(format!(
                    "`{CORE}` asks for the feature `{feature}` of `{name}`; only `lunogram` may"
                ));
            }
        }
    }
    findings.sort();
    findings.dedup();
    findings
}

#[cfg(test)]
mod tests {
    use super::{of_packages, of_sources};
    use crate::rooms::mentions;
    use std::fs;
    use std::path::Path;

    #[test]
    fn each_use_of_the_clock_the_system_and_threads_is_found() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/pure");
        let text = fs::read_to_string(root.join("src/lib.rs")).unwrap();
        let marked = text.lines().enumerate().filter_map(|(index, line)| {
            let impure = line.split_once("// impure: ")?.1;
            Some((format!("src/lib.rs:{}: ", index + 1), impure))
        });
        let marked: Vec<_> = marked.collect();
        let mut found = of_sources(&mentions(&root, "src").unwrap());
        for (place, text) in &marked {
            let at = found
                .iter()
                .position(|finding| finding.starts_with(place) && finding.contains(text));
            let at = at.unwrap_or_else(|| panic!("{place}{text}\n{found:#?}"));
            found.remove(at);
        }
        assert!(!marked.is_empty() && found.is_empty(), "{found:#?}");
    }

    #[test]
    fn packages_and_features_that_do_io_are_found() {
        let pure = "lunogram-core v0.1.0 (/lunogram) url\nchrono v0.4.45 alloc,std\nuuid v1.29.0 serde (*)\n";
        assert!(of_packages(pure).is_empty());
        let found =
            of_packages("chrono v0.4.45 alloc,now,std\nhttp v1.4.0 \nuuid v1.29.0 v4 (*)\n");
        assert_eq!(found.len(), 3, "{found:#?}");
        assert!(found[0].contains("feature `now` of `chrono`"), "{found:#?}");
        assert!(found[1].contains("feature `v4` of `uuid`"), "{found:#?}");
        assert!(found[2].contains("depends on `http`"), "{found:#?}");
    }
}
