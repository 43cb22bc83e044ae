//! The build cost of deriving `LunogramEvent`, compared with deriving `serde::Serialize` on the
//! same structs, and the cost of checking them against a tracking plan.
//!
//! `cargo bench -p lunogram-benches --bench build_cost` writes four crates with the same
//! dependencies (empty, lunogram, lunogram with a plan of a thousand events, serde). It builds each
//! in every mode with cargo's defaults, and prints the processor time in excess of the empty crate.
//! `ratio` is lunogram's time divided by serde's, and `plan` is the time that the plan adds to
//! lunogram's. The first lines are for fields of types that the derive knows by name; then one, and
//! then all seven properties have a type about whose schema the derive has to ask the compiler.
//! Linux only: it reads the time of finished child processes from `/proc`.
//!
//! Times scatter by more than a tenth. With the argument `instructions` it counts those of the
//! compiler with valgrind instead, of which two runs differ by less than a thousandth:
//! `cargo bench -p lunogram-benches --bench build_cost -- instructions`.

mod compiler;

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

const STRUCTS: usize = 200;
const RUNS: usize = 7;
/// The number of events in the plan, those of the structs included: as many as in a large
/// application.
const PLANNED: usize = 1000;

/// The names and types of the eight fields of each struct, with a value.
const FIELDS: [(&str, &str, &str); 8] = [
    ("user_id", "String", "String::from(\"u\")"),
    ("product_id", "String", "String::from(\"p\")"),
    ("amount", "f64", "1.5"),
    ("quantity", "u32", "2"),
    ("gift", "bool", "true"),
    ("coupon", "Option<String>", "None"),
    ("tags", "Vec<String>", "Vec::new()"),
    ("position", "i64", "-3"),
];

/// The schemas of the properties, in the order of [`FIELDS`], and whether they are required.
const SCHEMAS: [(&str, bool); 7] = [
    (r#"{"type": "string"}"#, true),
    (r#"{"type": "number"}"#, true),
    (INTEGER, true),
    (r#"{"type": "boolean"}"#, true),
    (r#"{"type": "string"}"#, false),
    (r#"{"type": "array", "items": {"type": "string"}}"#, true),
    (INTEGER, true),
];

/// A type that the derive does not know by name: it may be of any crate.
const ASKED: (&str, &str) = ("std::num::NonZeroI64", "std::num::NonZeroI64::MIN");

const INTEGER: &str = r#"{"type": "integer"}"#;

/// How many properties of each struct have the type [`ASKED`].
const SHAPES: [usize; 3] = [0, 1, SCHEMAS.len()];

/// The fields of each struct, of which the last ones have the type [`ASKED`].
fn fields(asked: usize) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let known = FIELDS.len() - asked;
    FIELDS.into_iter().enumerate().map(move |(index, field)| {
        if index < known {
            field
        } else {
            (field.0, ASKED.0, ASKED.1)
        }
    })
}

/// In all four crates, also the empty one: linking the two libraries is not a cost of a derive.
const LINKED: &str = "\
pub fn link() {
    let mut out = Vec::new();
    let _ = serde_json::to_writer(&mut out, \"\");
    let _ = lunogram::AnyTraits::check(&lunogram::UpsertUserRequest::new(\"u\"));
}
";

#[derive(Clone, Copy)]
enum Kind {
    Empty,
    Lunogram,
    Planned,
    Serde,
}

const KINDS: [Kind; 4] = [Kind::Empty, Kind::Lunogram, Kind::Planned, Kind::Serde];

impl Kind {
    /// The name of the crate of this kind whose structs have so many properties of another type.
    fn name(self, asked: usize) -> String {
        let kind = match self {
            Self::Empty => "empty",
            Self::Lunogram => "lunogram",
            Self::Planned => "planned",
            Self::Serde => "serde",
        };
        format!("cost_{kind}_{asked}")
    }

    /// `touched` is a number in one function: changing it makes the next build incremental.
    fn source(self, asked: usize, touched: usize) -> String {
        let mut source = format!("{LINKED}pub fn touched() -> usize {{ {touched} }}\n");
        let (derive, attribute, body) = match self {
            Self::Empty => return source + "fn main() { touched(); link(); }\n",
            Self::Lunogram | Self::Planned => (
                "lunogram::LunogramEvent",
                "#[lunogram(external_id)] ",
                "let _ = lunogram::AnyEvent::check(&event);",
            ),
            Self::Serde => (
                "serde::Serialize",
                "",
                "let _ = serde_json::to_writer(_out, &event);",
            ),
        };
        for index in 0..STRUCTS {
            let _ = write!(
                source,
                "#[derive({derive})] pub struct Event{index} {{ {attribute}"
            );
            for (name, kind, _) in fields(asked) {
                let _ = write!(source, "pub {name}: {kind}, ");
            }
            let _ = write!(
                source,
                "}}\npub fn use{index}(_out: &mut Vec<u8>) {{ let event = Event{index} {{ "
            );
            for (name, _, value) in fields(asked) {
                let _ = write!(source, "{name}: {value}, ");
            }
            let _ = writeln!(source, "}}; {body} }}");
        }
        source.push_str("fn main() { let mut out = Vec::new(); touched(); link();\n");
        for index in 0..STRUCTS {
            let _ = writeln!(source, "use{index}(&mut out);");
        }
        source.push_str("}\n");
        source
    }
}

const MODES: [(&str, &[&str]); 3] = [
    ("check", &["check"]),
    ("debug", &["build"]),
    ("release", &["build", "--release"]),
];

fn main() -> io::Result<()> {
    compiler::stand_in()?;
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("build_cost");
    write_crates(&workspace, &folder)?;
    if std::env::args().any(|argument| argument == "instructions") {
        instructions(&folder)
    } else {
        times(&folder)
    }
}

fn times(folder: &Path) -> io::Result<()> {
    println!(
        "processor time above an empty crate, {STRUCTS} structs of {} fields, minimum of {RUNS}",
        FIELDS.len()
    );
    head();
    for asked in SHAPES {
        for (mode, arguments) in MODES {
            for (state, touch) in [("clean", false), ("incremental", true)] {
                let mut times = [const { Vec::new() }; KINDS.len()];
                for run in 0..=RUNS {
                    for (kind, times) in KINDS.into_iter().zip(&mut times) {
                        let ticks = build(folder, (kind, asked), arguments, touch.then_some(run))?;
                        // The first run also builds the dependencies.
                        if run > 0 {
                            times.push(ticks);
                        }
                    }
                }
                row(asked, &format!("{mode}, {state}"), times.map(minimum), "s");
            }
        }
    }
    Ok(())
}

fn instructions(folder: &Path) -> io::Result<()> {
    println!(
        "millions of the compiler's instructions above an empty crate, {STRUCTS} structs of {} fields",
        FIELDS.len()
    );
    head();
    for asked in SHAPES {
        for (mode, arguments) in MODES {
            let mut counts = [0.0; KINDS.len()];
            for (kind, count) in KINDS.into_iter().zip(&mut counts) {
                let name = kind.name(asked);
                // Builds the dependencies, which are not counted.
                build(folder, (kind, asked), arguments, None)?;
                clean(folder, &name, arguments)?;
                let mut command = cargo(folder, &[arguments, &["-p", &name]].concat());
                let instructions = compiler::count(&mut command, &name, folder)?;
                #[expect(clippy::cast_precision_loss, reason = "millions are printed")]
                {
                    *count = instructions as f64 / 1e6;
                }
            }
            row(asked, &format!("{mode}, clean"), counts, "M");
        }
    }
    Ok(())
}

fn head() {
    println!(
        "{:<9} {:<19} {:>10} {:>10} {:>7} {:>7}",
        "asked for", "build", "lunogram", "serde", "ratio", "plan"
    );
}

/// Prints what each kind costs above the empty crate.
fn row(
    asked: usize,
    build: &str,
    [empty, lunogram, planned, serde]: [f64; KINDS.len()],
    unit: &str,
) {
    let [lunogram, planned, serde] = [lunogram, planned, serde].map(|cost| cost - empty);
    println!(
        "{asked:<9} {build:<19} {lunogram:>8.2} {unit} {serde:>8.2} {unit} {:>7.3} {:>+6.1}%",
        lunogram / serde,
        (planned / lunogram - 1.0) * 100.0
    );
}

fn write_crates(workspace: &Path, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let mut members = String::new();
    for (asked, kind) in SHAPES
        .into_iter()
        .flat_map(|asked| KINDS.map(|kind| (asked, kind)))
    {
        let name = kind.name(asked);
        let _ = write!(members, "\"{name}\",");
        fs::create_dir_all(folder.join(&name).join("src"))?;
        fs::write(
            folder.join(&name).join("Cargo.toml"),
            format!(
                "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[dependencies]\n\
                 lunogram = {{ path = \"{}\", default-features = false }}\n\
                 serde = {{ version = \"1\", features = [\"derive\"] }}\nserde_json = \"1\"\n",
                workspace.join("lunogram").display(),
            ),
        )?;
        fs::write(
            folder.join(&name).join("src/main.rs"),
            kind.source(asked, 0),
        )?;
        if matches!(kind, Kind::Planned) {
            fs::write(folder.join(&name).join("lunogram.plan.json"), plan(asked))?;
        }
    }
    fs::write(
        folder.join("Cargo.toml"),
        format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n"),
    )
}

/// The plan in the layout of `lunogram plan write`: sorted, one property per line.
fn plan(asked: usize) -> String {
    let known = SCHEMAS.len() - asked;
    let keys = FIELDS.iter().skip(1).map(|(name, _, _)| *name);
    let mut properties: Vec<(&str, (&str, bool))> = keys
        .zip(SCHEMAS)
        .enumerate()
        .map(|(index, (key, schema))| {
            (
                key,
                if index < known {
                    schema
                } else {
                    (INTEGER, true)
                },
            )
        })
        .collect();
    properties.sort_unstable();
    let lines = properties
        .iter()
        .map(|(key, (schema, _))| format!("        \"{key}\": {schema}"));
    let lines: Vec<String> = lines.collect();
    let required = properties.iter().filter(|(_, (_, required))| *required);
    let required: Vec<String> = required.map(|(key, _)| format!("\"{key}\"")).collect();
    let (properties, required) = (lines.join(",\n"), required.join(", "));
    let mut names: Vec<String> = (0..PLANNED).map(|index| format!("event{index}")).collect();
    names.sort();
    let events: Vec<String> = names
        .iter()
        .map(|name| {
            format!(
                "    \"{name}\": {{\n      \"subject\": \"user\",\n      \"type\": \"object\",\n      \"properties\": {{\n{properties}\n      }},\n      \"required\": [{required}],\n      \"additionalProperties\": false\n    }}"
            )
        })
        .collect();
    format!(
        "{{\n  \"lunogramPlan\": 1,\n  \"events\": {{\n{}\n  }}\n}}\n",
        events.join(",\n")
    )
}

/// Builds one crate: from nothing, or, if `touched` is set, after a change of one function.
fn build(
    folder: &Path,
    (kind, asked): (Kind, usize),
    arguments: &[&str],
    touched: Option<usize>,
) -> io::Result<f64> {
    let name = kind.name(asked);
    let source = folder.join(&name).join("src/main.rs");
    if let Some(run) = touched {
        fs::write(&source, kind.source(asked, run + 1))?;
    } else {
        clean(folder, &name, arguments)?;
    }
    let before = children()?;
    run(&mut cargo(folder, &[arguments, &["-p", &name]].concat()))?;
    Ok(children()? - before)
}

/// Removes the output of one crate, for the profile in `arguments`.
fn clean(folder: &Path, name: &str, arguments: &[&str]) -> io::Result<()> {
    let profile = arguments
        .iter()
        .filter(|argument| argument.starts_with("--"));
    let mut clean = vec!["clean", "-p", name];
    clean.extend(profile);
    run(&mut cargo(folder, &clean))
}

fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .args(arguments)
        .arg("--quiet")
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env_remove("CARGO_INCREMENTAL");
    command
}

fn run(command: &mut Command) -> io::Result<()> {
    let status = command.status()?;
    if status.success() {
        Ok(())
    } else {
        Err(io::Error::other(format!("{command:?} failed: {status}")))
    }
}

/// Seconds of processor time of the finished child processes, with a resolution of 0.01 s.
fn children() -> io::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // After the program's name, which is in parentheses, state is the first field, and cutime and
    // cstime are the 14th and 15th.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u32 = fields
        .split_whitespace()
        .skip(13)
        .take(2)
        .filter_map(|field| field.parse::<u32>().ok())
        .sum();
    Ok(f64::from(ticks) / 100.0)
}

/// The minimum: other load on the machine can only add to the time.
fn minimum(times: Vec<f64>) -> f64 {
    times.into_iter().reduce(f64::min).unwrap_or_default()
}
