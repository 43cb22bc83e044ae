//! A scanner for the part of TOML that Cargo's files need.
//!
//! A TOML library would be one more dependency for every user to build. The scanner skips whatever
//! it cannot read: Cargo has already validated the file.

use std::str::Chars;

/// A scalar value and the path of its key.
pub type KeyValue = (Vec<String>, String);

/// Every scalar value of a document, with its path. Elements of an array have the array's path.
///
/// ```
/// let entries = lunogram_rules::toml::entries("[workspace]\nmembers = [\"shop\", \"events\"]");
/// assert_eq!(entries[1].0, ["workspace", "members"]);
/// assert_eq!(entries[1].1, "events");
/// ```
#[must_use]
pub fn entries(manifest: &str) -> Vec<KeyValue> {
    let mut scanner = Scanner {
        rest: manifest.chars(),
        entries: Vec::new(),
    };
    scanner.document();
    scanner.entries
}

struct Scanner<'m> {
    rest: Chars<'m>,
    entries: Vec<KeyValue>,
}

impl Scanner<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn next_if(&mut self, wanted: impl FnOnce(char) -> bool) -> Option<char> {
        self.peek().filter(|letter| wanted(*letter))?;
        self.rest.next()
    }

    fn skip(&mut self, wanted: char) -> bool {
        self.next_if(|letter| letter == wanted).is_some()
    }

    fn document(&mut self) {
        let mut table = Vec::new();
        loop {
            self.blank(true);
            match self.peek() {
                None => return,
                Some('[') => {
                    while self.skip('[') {}
                    table = self.key();
                    self.line();
                }
                Some(_) => {
                    self.entry(&table);
                    self.line();
                }
            }
        }
    }

    /// `a.b = value`
    fn entry(&mut self, table: &[String]) {
        let mut path = table.to_vec();
        path.extend(self.key());
        if self.skip('=') {
            self.value(path);
        }
    }

    fn value(&mut self, path: Vec<String>) {
        self.blank(false);
        match self.peek() {
            Some('{') => self.list('}', |scanner| scanner.entry(&path)),
            Some('[') => self.list(']', |scanner| scanner.value(path.clone())),
            _ => {
                let value = self.scalar();
                self.entries.push((path, value));
            }
        }
    }

    fn list(&mut self, end: char, mut element: impl FnMut(&mut Self)) {
        self.rest.next();
        loop {
            self.blank(true);
            match self.peek() {
                None => return,
                Some(next) if next == end => {
                    self.rest.next();
                    return;
                }
                Some(',') => {
                    self.rest.next();
                }
                Some(_) => {
                    let before = self.rest.as_str().len();
                    element(self);
                    // Skip a character that no element starts with, or the loop would not end.
                    if self.rest.as_str().len() == before {
                        self.rest.next();
                    }
                }
            }
        }
    }

    /// `a."b.c".d` and the surrounding whitespace.
    fn key(&mut self) -> Vec<String> {
        let mut path = Vec::new();
        loop {
            self.blank(false);
            path.push(match self.peek() {
                Some('"' | '\'') => self.scalar(),
                _ => self.take(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_')),
            });
            self.blank(false);
            if !self.skip('.') {
                return path;
            }
        }
    }

    /// A string without its quotes, or a number or boolean as written.
    fn scalar(&mut self) -> String {
        let Some(quote) = self.next_if(|letter| matches!(letter, '"' | '\'')) else {
            return self.take(|letter| {
                !letter.is_whitespace() && !matches!(letter, ',' | ']' | '}' | '#')
            });
        };
        let mut quotes = 1;
        while quotes < 3 && self.skip(quote) {
            quotes += 1;
        }
        let mut text = String::new();
        if quotes == 2 {
            return text;
        }
        let mut closing = 0;
        while let Some(letter) = self.rest.next() {
            if letter == quote {
                closing += 1;
                if closing == quotes {
                    return text;
                }
                continue;
            }
            closing = 0;
            text.push(letter);
            // Escapes are not decoded, as no name contains one. An escaped quote must not end
            // the string.
            if letter == '\\' && quote == '"' {
                text.extend(self.rest.next());
            }
        }
        text
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(letter) = self.next_if(&wanted) {
            text.push(letter);
        }
        text
    }

    /// Skips whitespace and, if `lines`, line feeds and comments.
    fn blank(&mut self, lines: bool) {
        while let Some(next) = self.peek() {
            match next {
                '#' if lines => self.line(),
                '\n' if !lines => return,
                _ if next.is_whitespace() => {
                    self.rest.next();
                }
                _ => return,
            }
        }
    }

    /// Skips the rest of the line.
    fn line(&mut self) {
        for letter in self.rest.by_ref() {
            if letter == '\n' {
                return;
            }
        }
    }
}

/// The first value with this path.
///
/// ```
/// use lunogram_rules::toml::{entries, value};
///
/// let entries = entries("[package]\nname = \"shop\"");
/// assert_eq!(value(&entries, &["package", "name"]), Some("shop"));
/// ```
#[must_use]
pub fn value<'e>(entries: &'e [KeyValue], path: &[&str]) -> Option<&'e str> {
    values(entries, path).next()
}

/// The values with this path: the elements, if it is that of an array.
pub fn values<'e>(entries: &'e [KeyValue], path: &[&str]) -> impl Iterator<Item = &'e str> {
    entries
        .iter()
        .filter(move |(known, _)| known.iter().eq(path))
        .map(|(_, value)| value.as_str())
}

/// Whether a `Cargo.toml` is that of a workspace. A table without values has no [entry](entries).
///
/// ```
/// use lunogram_rules::toml::is_workspace;
///
/// assert!(is_workspace("[workspace]") && !is_workspace("[package]\nworkspace = '..'"));
/// ```
#[must_use]
pub fn is_workspace(manifest: &str) -> bool {
    manifest.lines().any(|line| {
        let line = line.trim_start();
        line.starts_with("[workspace]") || line.starts_with("[workspace.")
    })
}
