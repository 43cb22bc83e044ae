//! Plain English in comments, documentation and messages: no phrase of `language/patterns.tsv`, and
//! no comment line wider than [`WIDEST`] columns.
//!
//! The check reads the comments of the tracked Rust files and their string literals of more than
//! one word, Markdown, the compiler's messages in `.stderr` files, the comments of manifests and
//! scripts, and the texts and comments of HTML, JavaScript and CSS. It skips code, also `code` in
//! backticks. A `.stderr` file must also name only files of this workspace that exist.

mod patterns;
mod prose;
mod source;
mod web;

use self::patterns::Pattern;
use self::prose::{Line, Paragraph};
use crate::Findings;
use crate::workspace::{Workspace, output_of};
use std::error::Error;
use std::fmt::{self, Display};
use std::fs;
use std::path::Path;
use std::process::Command;

const WIDEST: usize = 100;

/// The lines that may stay as they are: path, text of the line and reason, separated by tabs.
const ALLOWED: &str = "tests/conventions/language.allow";
const MOST_ALLOWED: usize = 25;

/// A line that breaks a rule.
struct Finding {
    path: String,
    line: usize,
    text: String,
    problem: String,
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text.trim();
        write!(
            f,
            "{}:{}: {}\n    {text}",
            self.path, self.line, self.problem
        )
    }
}

/// # Errors
/// When git does not list the files, or a file cannot be read.
pub(crate) fn check(workspace: &Workspace) -> Result<Findings, Box<dyn Error>> {
    let root = workspace.root();
    let patterns = Pattern::all()?;
    let mut found = Vec::new();
    for path in tracked(&root)? {
        let file = root.join(&path);
        // A link leads to another tracked file, and a tracked file may be deleted already.
        if let Some(read) = reader(&path)
            && file.is_file()
            && !file.is_symlink()
        {
            let text = fs::read_to_string(&file)?;
            found.extend(findings(&path, &text, read, &patterns));
            if path.ends_with(".stderr") {
                found.extend(missing_files(&path, &text, |file| root.join(file).exists()));
            }
        }
    }
    let allowed = fs::read_to_string(root.join(ALLOWED))?;
    Ok(without_allowed(found, &allowed))
}

fn tracked(root: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let list = output_of(Command::new("git").current_dir(root).args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    Ok(list.lines().map(str::to_owned).collect())
}

fn findings(path: &str, text: &str, read: Read, patterns: &[Pattern]) -> Vec<Finding> {
    let lines: Vec<_> = text.lines().collect();
    let (paragraphs, comments) = read(text);
    let finding = |line: usize, problem: String| Finding {
        path: path.to_owned(),
        line,
        text: lines.get(line - 1).copied().unwrap_or_default().to_owned(),
        problem,
    };
    let mut found: Vec<_> = comments
        .into_iter()
        .filter(|line| is_too_wide(lines[line - 1]))
        .map(|line| {
            finding(
                line,
                format!("comment line wider than {WIDEST} columns; break it"),
            )
        })
        .collect();
    for paragraph in &paragraphs {
        for (line, words, advice) in patterns::search(paragraph, patterns) {
            found.push(finding(line, format!("\"{words}\"; write {advice}")));
        }
    }
    found.sort_by_key(|finding| finding.line);
    found
}

/// The files that a compiler's message shows, by trybuild's name for the workspace, and that are
/// gone.
fn missing_files(path: &str, text: &str, exists: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for rest in line.split("$WORKSPACE/").skip(1) {
            let ends = |c: char| c.is_whitespace() || matches!(c, ':' | '`' | '"' | ')');
            let file = rest.split(ends).next().unwrap_or(rest);
            if !exists(file) {
                found.push(Finding {
                    path: path.to_owned(),
                    line: index + 1,
                    text: line.to_owned(),
                    problem: format!("`{file}` does not exist; write the messages anew"),
                });
            }
        }
    }
    found
}

/// Reads the prose of a file, and the numbers of the lines that have a comment.
type Read = fn(&str) -> (Vec<Paragraph>, Vec<usize>);

/// The reader for files of this name, if they have prose.
fn reader(path: &str) -> Option<Read> {
    let extension = Path::new(path)
        .extension()
        .and_then(|extension| extension.to_str());
    match extension {
        Some("rs") => Some(source::rust),
        Some("md") => Some(|text| (prose::markdown(&numbered(text)), Vec::new())),
        Some("stderr") => Some(|text| (prose::compiler_output(&numbered(text)), Vec::new())),
        Some("toml" | "sh") => Some(source::hashed),
        Some("js") => Some(web::script),
        Some("css") => Some(web::style),
        Some("html") => Some(web::page),
        None if path.starts_with(".ci/") => Some(source::hashed),
        _ => None,
    }
}

fn numbered(text: &str) -> Vec<Line<'_>> {
    let lines = text.lines().enumerate();
    lines
        .map(|(index, text)| Line::new(index + 1, text))
        .collect()
}

/// A row of a table and an address cannot be broken.
fn is_too_wide(line: &str) -> bool {
    let content = line.trim_start().trim_start_matches(['/', '!', '#', ' ']);
    line.chars().count() > WIDEST && !content.starts_with('|') && !content.contains("://")
}

/// Each line of the allow file takes away one finding.
fn without_allowed(mut found: Vec<Finding>, allowed: &str) -> Findings {
    let mut findings = Findings::new();
    let entries: Vec<_> = allowed
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    if entries.len() > MOST_ALLOWED {
        findings.push(format!(
            "{ALLOWED} has {} lines, and at most {MOST_ALLOWED} are allowed; rewrite the others",
            entries.len()
        ));
    }
    for entry in entries {
        let fields: Vec<_> = entry.split('\t').collect();
        let [path, text, reason] = fields[..] else {
            findings.push(format!(
                "`{entry}` in {ALLOWED} is not a path, a text and a reason separated by tabs"
            ));
            continue;
        };
        let position = found
            .iter()
            .position(|finding| finding.path == path && finding.text.contains(text));
        match position {
            Some(position) if !text.is_empty() && !reason.trim().is_empty() => {
                found.remove(position);
            }
            Some(_) => findings.push(format!(
                "`{entry}` in {ALLOWED} has no text or no reason; write both"
            )),
            None => findings.push(format!("`{entry}` in {ALLOWED} is unused; remove it")),
        }
    }
    findings.extend(found.iter().map(Finding::to_string));
    findings
}

#[cfg(test)]
mod tests {
    use super::{Finding, MOST_ALLOWED, Pattern, findings, missing_files, reader, without_allowed};

    fn numbers(path: &str, text: &str) -> Vec<usize> {
        let read = reader(path).unwrap();
        let found = findings(path, text, read, &Pattern::all().unwrap());
        found.iter().map(|finding| finding.line).collect()
    }

    /// Lines whose text ends in FOUND, and no others, have findings.
    fn assert_found(path: &str, text: &str) {
        let marked = |(index, line): (usize, &str)| line.contains("FOUND").then_some(index + 1);
        let expected: Vec<_> = text.lines().enumerate().filter_map(marked).collect();
        assert!(!expected.is_empty());
        assert_eq!(numbers(path, text), expected);
    }

    #[test]
    fn comments_and_messages_of_rust_are_read_and_code_is_not() {
        assert_found("a.rs", include_str!("fixtures/language/rust.txt"));
    }

    #[test]
    fn markdown_is_read_without_its_code() {
        assert_found("a.md", include_str!("fixtures/language/markdown.txt"));
    }

    #[test]
    fn messages_of_the_compiler_are_read_without_the_source_they_quote() {
        assert_found("a.stderr", include_str!("fixtures/language/stderr.txt"));
    }

    #[test]
    fn comments_of_manifests_and_scripts_are_read() {
        assert_found("a.toml", include_str!("fixtures/language/toml.txt"));
    }

    #[test]
    fn texts_and_comments_of_the_page_are_read() {
        assert_found("a.js", include_str!("fixtures/language/script.txt"));
        assert_found("a.css", include_str!("fixtures/language/style.txt"));
        assert_found("a.html", include_str!("fixtures/language/page.txt"));
    }

    #[test]
    fn a_file_that_a_message_names_exists() {
        let text = " --> $WORKSPACE/src/a.rs\n --> $WORKSPACE/src/b.rs:1:2\n --> $RUST/c.rs\n";
        let found = missing_files("a.stderr", text, |file| file == "src/a.rs");
        let lines: Vec<_> = found.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [2]);
        assert!(found[0].problem.contains("`src/b.rs`"));
    }

    #[test]
    fn a_comment_is_at_most_100_columns_wide() {
        let dots = |count: usize| ".".repeat(count);
        assert!(numbers("a.rs", &format!("/// {}", dots(96))).is_empty());
        assert_eq!(numbers("a.rs", &format!("/// {}", dots(97))), [1]);
        assert_eq!(numbers("a.rs", &format!("x; // {}", dots(95))), [1]);
        assert!(numbers("a.rs", &format!("/// {}", "…".repeat(96))).is_empty());
        assert!(numbers("a.rs", &format!("/// | {} |", dots(120))).is_empty());
        assert!(numbers("a.rs", &format!("/// <https://{}>", dots(120))).is_empty());
        assert!(numbers("a.rs", &format!("x(\"{}\")", dots(120))).is_empty());
        assert_eq!(numbers("a.toml", &format!("# {}", dots(99))), [1]);
    }

    fn finding(path: &str, text: &str) -> Finding {
        Finding {
            path: path.to_owned(),
            line: 1,
            text: text.to_owned(),
            problem: String::new(),
        }
    }

    #[test]
    fn an_allowed_line_takes_away_one_finding() {
        let found = || vec![finding("a.rs", "one"), finding("a.rs", "one")];
        assert_eq!(
            without_allowed(found(), "# why\n\na.rs\tone\treason").len(),
            1
        );
        let twice = "a.rs\tone\treason\na.rs\tone\treason";
        assert!(without_allowed(found(), twice).is_empty());
        assert_eq!(without_allowed(found(), "b.rs\tone\treason").len(), 3);
    }

    #[test]
    fn the_allow_file_is_checked_too() {
        let one = || vec![finding("a.rs", "one")];
        assert!(without_allowed(one(), "a.rs\tone\t")[0].contains("no reason"));
        assert!(without_allowed(one(), "a.rs\tone")[0].contains("separated by tabs"));
        let unused = without_allowed(Vec::new(), "a.rs\tone\treason");
        assert!(unused[0].contains("unused"), "{}", unused[0]);
        let many = "a.rs\tone\treason\n".repeat(MOST_ALLOWED + 1);
        let found = (0..=MOST_ALLOWED).map(|_| finding("a.rs", "one"));
        let findings = without_allowed(found.collect(), &many);
        assert_eq!(findings.len(), 1, "{findings:#?}");
        assert!(findings[0].contains("26 lines"), "{}", findings[0]);
    }
}
