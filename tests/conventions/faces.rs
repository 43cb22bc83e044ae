//! The methods of the blocking face have the documentation of the async face: the async method has
//! the text, and `faces write` copies it. Each face keeps its own examples.
//!
//! The copy is in the source, and not in a shared file that both include, because editors show the
//! documentation that stands at a method, and no text that a macro brings there.

use crate::Findings;
use crate::workspace::Workspace;
use proc_macro2::LineColumn;
use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use syn::spanned::Spanned;
use syn::{Attribute, ImplItem, ImplItemFn, Item, Type, Visibility};

const ASYNC: &str = "lunogram/src/client";
const BLOCKING: &str = "lunogram/src/blocking";

/// A missing example is drafted from the async one by these replacements.
const DRAFT: [(&str, &str); 6] = [
    (".await", ""),
    ("async fn", "fn"),
    ("lunogram::Client", "lunogram::blocking::Client"),
    ("lunogram::{Client", "lunogram::{blocking::Client"),
    ("lunogram::session::Session", "lunogram::blocking::Session"),
    ("server.client();", "server.client().blocking()?;"),
];

/// The start of the lines before and after an example.
const FENCE: &str = "/// ```";

/// # Errors
/// If a file cannot be read or parsed.
pub(crate) fn check(workspace: &Workspace) -> Result<Findings, Box<dyn Error>> {
    let mut findings = Findings::new();
    for file in compared(workspace)? {
        for outdated in &file.outdated {
            findings.push(format!(
                "{BLOCKING}/{}:{}: the documentation of `{}` is not that of the async method; change it there, run `cargo run -p lunogram-conventions -- faces write`, and adapt the example",
                file.name, outdated.lines.start + 1, outdated.method,
            ));
        }
    }
    Ok(findings)
}

/// # Errors
/// If a file cannot be read, parsed or written.
pub(crate) fn write(workspace: &Workspace) -> Result<(), Box<dyn Error>> {
    for file in compared(workspace)? {
        let mut lines = file.lines;
        // From the end, so that the positions of the others stay valid.
        for outdated in file.outdated.into_iter().rev() {
            lines.splice(outdated.lines, outdated.expected);
        }
        fs::write(&file.path, lines.join("\n") + "\n")?;
    }
    Ok(())
}

/// A file of the blocking face with the methods whose documentation is not the expected one.
struct Compared {
    name: String,
    path: PathBuf,
    lines: Vec<String>,
    outdated: Vec<Outdated>,
}

struct Outdated {
    method: String,
    lines: Range<usize>,
    expected: Vec<String>,
}

fn compared(workspace: &Workspace) -> Result<Vec<Compared>, Box<dyn Error>> {
    let root = workspace.root();
    let mut texts = HashMap::new();
    for (_, path) in sources(&root.join(ASYNC))? {
        let source = read(&path)?;
        for method in methods(&source)? {
            let lines = lines_of(&source).drain(method.lines).collect::<Vec<_>>();
            texts.insert(method.name, lines);
        }
    }
    let mut files = Vec::new();
    for (name, path) in sources(&root.join(BLOCKING))? {
        let source = read(&path)?;
        let lines = lines_of(&source);
        let mut outdated = Vec::new();
        for method in methods(&source)? {
            let Some(text) = texts.get(&method.name) else {
                continue;
            };
            let own = &lines[method.lines.clone()];
            let expected = merged(text, own);
            if own != expected {
                outdated.push(Outdated {
                    method: method.name,
                    lines: method.lines,
                    expected,
                });
            }
        }
        files.push(Compared {
            name,
            path,
            lines,
            outdated,
        });
    }
    Ok(files)
}

/// The Rust files of a folder and its folders, each with its path from the folder.
fn sources(folder: &Path) -> Result<Vec<(String, PathBuf)>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            let inner = sources(&path)?.into_iter();
            found.extend(inner.map(|(inner, path)| (format!("{name}/{inner}"), path)));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((name.into_owned(), path));
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn lines_of(source: &str) -> Vec<String> {
    source.lines().map(str::to_owned).collect()
}

/// A public method, and the lines of its documentation.
struct Method {
    /// Such as `Client::send`.
    name: String,
    lines: Range<usize>,
}

fn methods(source: &str) -> Result<Vec<Method>, Box<dyn Error>> {
    let mut found = Vec::new();
    for item in syn::parse_file(source)?.items {
        // A type of another module, such as `crate::Client`, is the other face.
        if let Item::Impl(block) = item
            && block.trait_.is_none()
            && let Type::Path(of) = &*block.self_ty
            && let Some(of) = of.path.segments.first()
            && of.ident != "crate"
        {
            for inner in block.items {
                if let ImplItem::Fn(method) = inner
                    && matches!(method.vis, Visibility::Public(_))
                {
                    found.push(Method {
                        name: format!("{}::{}", of.ident, method.sig.ident),
                        lines: documentation(&method),
                    });
                }
            }
        }
    }
    Ok(found)
}

/// The lines of `///` and `#[doc(…)]` at the start of a method.
fn documentation(method: &ImplItemFn) -> Range<usize> {
    let is_doc = |attribute: &&Attribute| attribute.path().is_ident("doc");
    let first = method.attrs.first();
    let start = line(first.map_or(method.vis.span(), Spanned::span).start());
    let last = method.attrs.iter().take_while(is_doc).last();
    start..last.map_or(start, |last| line(last.span().end()) + 1)
}

/// The index of the line at which a span starts or ends.
fn line(position: LineColumn) -> usize {
    position.line - 1
}

/// The documentation of an async method with the examples of the blocking one, in their order.
fn merged(text: &[String], own: &[String]) -> Vec<String> {
    let mut own = examples(own);
    let mut merged = Vec::new();
    let mut draft: Option<Vec<String>> = None;
    for line in text {
        let is_fence = line.trim_start().starts_with(FENCE);
        match &mut draft {
            None if is_fence => draft = Some(vec![line.clone()]),
            None => merged.push(line.clone()),
            Some(example) => {
                example.push(line.clone());
                if is_fence {
                    let example = draft.take().unwrap_or_default();
                    merged.extend(own.next().unwrap_or_else(|| drafted(&example)));
                }
            }
        }
    }
    merged
}

/// The examples of a documentation, each with its fences.
fn examples(lines: &[String]) -> impl Iterator<Item = Vec<String>> {
    let fences = lines.iter().enumerate();
    let fences: Vec<_> = fences
        .filter(|(_, line)| line.trim_start().starts_with(FENCE))
        .map(|(index, _)| index)
        .collect();
    let examples = fences
        .chunks_exact(2)
        .map(|pair| lines[pair[0]..=pair[1]].to_vec());
    examples.collect::<Vec<_>>().into_iter()
}

fn drafted(example: &[String]) -> Vec<String> {
    let lines = example
        .iter()
        .filter(|line| !line.contains("#[tokio::main"));
    let replaced = |line: &String| {
        let replace = |line: String, (from, to): &(&str, &str)| line.replace(from, to);
        DRAFT.iter().fold(line.clone(), replace)
    };
    lines.map(replaced).collect()
}

#[cfg(test)]
mod tests {
    use super::{lines_of, merged, methods};

    const ASYNC: &str = "\
impl Client {
    /// Sends one event, and waits
    /// for the response.
    ///
    /// ```
    /// # #[tokio::main(flavor = \"current_thread\")]
    /// # async fn main() -> Result<(), lunogram::Error> {
    /// client.send(&event).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the network.
    #[doc(alias(
        \"post\"
    ))]
    #[must_use]
    pub fn send(&self) {}

    fn private(&self) {}
}
";

    /// A blocking file with one method, as `write` leaves it.
    fn written(blocking: &str) -> String {
        let text = methods(ASYNC).expect("Rust").remove(0);
        assert_eq!(text.name, "Client::send");
        let own = methods(blocking).expect("Rust").remove(0);
        assert_eq!(own.name, text.name);
        let mut lines = lines_of(blocking);
        let expected = merged(&lines_of(ASYNC)[text.lines], &lines[own.lines.clone()]);
        lines.splice(own.lines, expected);
        lines.join("\n") + "\n"
    }

    #[test]
    fn a_method_without_documentation_gets_all_of_it_and_a_draft_of_the_example() {
        let written = written("impl Client {\n    #[must_use]\n    pub fn send(&self) {}\n}\n");
        let expected = ASYNC
            .replace(
                "    /// # #[tokio::main(flavor = \"current_thread\")]\n",
                "",
            )
            .replace("async fn", "fn")
            .replace(".await", "")
            .replace("\n    fn private(&self) {}\n", "");
        assert_eq!(written, expected);
    }

    #[test]
    fn an_example_stays_and_other_text_goes() {
        let own = "\
impl Client {
    /// Sends something else.
    ///
    /// ```no_run
    /// blocking.send(&event)?;
    /// ```
    pub fn send(&self) {}
}
";
        let written = written(own);
        assert!(
            written.contains(
                "/// for the response.\n    ///\n    /// ```no_run\n    /// blocking.send"
            )
        );
        assert!(written.contains("(&event)?;\n    /// ```\n    ///\n    /// # Errors"));
        assert!(written.contains("\"post\"\n    ))]\n    pub fn send"));
        assert!(!written.contains("something else") && !written.contains("Ok(())"));
        assert_eq!(super::tests::written(&written), written);
    }

    #[test]
    fn methods_of_the_other_face_are_not_compared() {
        let found = methods("impl crate::Client { pub fn blocking(&self) {} }").expect("Rust");
        assert!(found.is_empty());
    }
}
