//! The derives against `serde_json`, on types that a generator writes: a derived type sends the
//! bytes that `serde_json` writes for a twin with serde's attributes, except for the differences
//! that the guide's page about attributes lists. The twin states these in its own attributes, by
//! functions that are written without the library.
//!
//! The program is built by cargo in the target folder. This makes more types, and others:
//!
//! ```text
//! LUNOGRAM_TEST_CASES=4000 cargo test --release -p lunogram-tests --test main differential
//! LUNOGRAM_TEST_SEED=7 cargo test -p lunogram-tests --test main differential
//! ```

mod events;
mod nested;
mod types;

use lunogram_tests::random::Random;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// How many types a program has at most: the compiler's memory grows with it.
const TYPES_OF_A_PROGRAM: usize = 500;

fn set(variable: &str, default: u64) -> u64 {
    let value = env::var(variable).ok();
    value.map_or(default, |value| value.parse().expect("a number"))
}

/// A program that compares so many types with their twins, and fails if one differs. It begins with
/// `first`.
fn program(seed: u64, types: usize, first: &str) -> String {
    let mut random = Random::new(seed);
    let mut code = include_str!("differential/prelude.rs").to_owned();
    let mut nested = Vec::new();
    for index in 0..types / 4 {
        let (one, its_code) = nested::nested(&mut random, index, &nested);
        code.push_str(&its_code);
        nested.push(one);
    }
    let mut main = format!("fn main() {{ let failed = &mut 0;\n{first}");
    for index in 0..types {
        let calls = events::payload(&mut random, index, &nested, &mut code);
        let _ = writeln!(code, "fn compare_{index}(failed: &mut usize) {{\n{calls}}}");
        let _ = writeln!(main, "compare_{index}(failed);");
    }
    code.push_str(&main);
    code.push_str("if *failed > 0 { println!(\"{failed} differ\"); std::process::exit(1); }\n}\n");
    format!("#![allow(dead_code, unused_imports)]\n{code}")
}

/// Builds and runs a program, with these features of `serde_json`.
fn run(package: &str, program: &str, features: &str) {
    // In the target folder and with it, so that a dependency that is built already is used again.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
    let folder = target.join("tmp").join(package);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let core = root.join("lunogram/core");
    let core = core.display();
    let manifest = format!(
        "[package]\nname = {package:?}\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         chrono = {{ version = \"0.4\", default-features = false, features = [\"serde\", \"std\"] }}\n\
         lunogram-core = {{ path = '{core}' }}\n\
         serde = {{ version = \"1\", features = [\"derive\"] }}\n\
         serde_json = {{ version = \"1\", features = [{features}] }}\n\n\
         [profile.dev]\ndebug = false\nincremental = false\n"
    );
    fs::create_dir_all(folder.join("src")).expect("a folder");
    fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock")).expect("a copy");
    fs::write(folder.join("src/main.rs"), program).expect("a program");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["run", "--quiet", "--offline"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", target);
    // Build scripts that depend on variables of this test's package would run again here.
    for (name, _) in env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            cargo.env_remove(&*name);
        }
    }
    let output = cargo.output().expect("cargo");
    let printed = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let first = |text: &str| text.chars().take(8000).collect::<String>();
    assert!(
        output.status.success(),
        "{}\n{}\nthe program is in {}",
        first(&printed),
        first(&errors),
        folder.display()
    );
}

/// The differences from serde that the guide lists, each with the way in which a twin states it.
const DIFFERENCES: &[(&str, &str)] = &[
    ("`None`", "`skip_serializing_if`, or none with `null`"),
    (
        "`Some(None)` of an `Option<Option<T>>`",
        "`skip_serializing_if` for the outer one",
    ),
    (
        "an entry of a flattened map or struct that is `None`",
        "such entries are not generated",
    ),
    (
        "a time, a duration, an amount, bytes",
        "`serialize_with`, or none with `as_serde`",
    ),
    (
        "NaN and infinities, integers beyond ±(2^53 − 1), U+0000, more than 100 levels",
        "such values are only generated for `string`",
    ),
    (
        "two properties of the same name",
        "such types are not generated",
    ),
];

#[test]
fn the_guide_lists_the_differences() {
    let page = include_str!("../lunogram/src/guide/attributes.md");
    let (_, section) = page
        .split_once("\n# Differences from serde\n")
        .expect("a section");
    let section = section.split("\n# ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    let listed: Vec<_> = rows
        .filter_map(|row| Some(row.split_once(" |")?.0))
        .filter(|cell| *cell != "value")
        .collect();
    let tested: Vec<_> = DIFFERENCES
        .iter()
        .map(|(difference, _)| *difference)
        .collect();
    assert_eq!(listed, tested);
}

#[test]
fn derived_types_send_what_serde_json_writes() {
    let seed = set("LUNOGRAM_TEST_SEED", 1);
    let types = usize::try_from(set("LUNOGRAM_TEST_CASES", 240)).expect("a size");
    let programs = types.div_ceil(TYPES_OF_A_PROGRAM);
    for at in 0..programs {
        let of_this = TYPES_OF_A_PROGRAM.min(types - at * TYPES_OF_A_PROGRAM);
        let seed = seed + at as u64;
        println!("seed {seed}");
        run("lunogram-differential", &program(seed, of_this, ""), "");
    }
}

/// Numbers with more digits than a double has, which `serde_json` keeps with its feature
/// `arbitrary_precision`. Another crate of an application may enable it.
const PRECISE: &str = r##"
#[derive(LunogramEvent)]
struct Precise {
    #[lunogram(string)]
    number: Number,
    #[lunogram(string)]
    maybe: Option<Number>,
    #[lunogram(string, null)]
    none: Option<Number>,
    #[lunogram(string)]
    value: Value,
    #[lunogram(string)]
    integer: u64,
    plain: Number,
}
let precise = Precise {
    number: number("123456789012345678901234567890.12345678901234567890"),
    maybe: Some(number("-1e400")),
    none: None,
    value: json!(number("0.10")),
    integer: u64::MAX,
    plain: number("1.50"),
};
let json = precise.to("u").to_json().expect("valid");
let expected = r#""data":{"number":"123456789012345678901234567890.12345678901234567890","maybe":"-1e+400","none":null,"value":"0.10","integer":"18446744073709551615","plain":1.50}}"#;
if !json.ends_with(&expected) { println!("{json} is not {expected}"); *failed += 1; }
"##;

#[test]
fn they_do_so_with_numbers_of_any_precision() {
    let seed = set("LUNOGRAM_TEST_SEED", 1);
    let program = program(seed, 40, PRECISE);
    run(
        "lunogram-differential-precise",
        &program,
        "\"arbitrary_precision\"",
    );
}
