//! The paths in tokens: in code, types, attributes and macros alike.

use proc_macro2::{Delimiter, Group, Literal, TokenStream, TokenTree};
use syn::{Attribute, Lit, Meta};

/// The first name of a path that starts with a crate: `::name::Item`.
pub(super) const CRATES: &str = "::";

/// Attributes whose literals are prose.
const PROSE: &[&str] = &[
    "allow",
    "deny",
    "deprecated",
    "diagnostic",
    "doc",
    "expect",
    "forbid",
    "must_use",
    "warn",
];

/// A path that code refers to, as it is written.
pub(super) struct Reference {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
    pub(super) kind: ReferenceKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ReferenceKind {
    /// A `use` of the module.
    Use,
    /// A path in its code.
    Path,
    /// An `include!`.
    Include,
}

impl Reference {
    /// The path, as it is written.
    pub(super) fn text(&self) -> String {
        match self.path.split_first() {
            Some((first, rest)) if first == CRATES => format!("::{}", rest.join("::")),
            _ => self.path.join("::"),
        }
    }
}

/// Whether a name of a path is a variable of a macro.
pub(super) fn is_variable(name: &str) -> bool {
    name.starts_with('$')
}

/// Whether the attributes compile an item only for tests.
pub(super) fn is_of_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let Meta::List(list) = &attribute.meta else {
            return false;
        };
        list.path.is_ident("cfg") && is_test(&list.tokens)
    })
}

/// Whether a condition holds in tests alone: `test`, or `all(…)` with it.
fn is_test(condition: &TokenStream) -> bool {
    let tokens: Vec<_> = condition.clone().into_iter().collect();
    match &tokens[..] {
        [TokenTree::Ident(name)] => name == "test",
        [TokenTree::Ident(name), TokenTree::Group(of)] if name == "all" => {
            let of: Vec<_> = of.stream().into_iter().collect();
            of.split(|token| is_punct(token, ','))
                .any(|one| is_test(&one.iter().cloned().collect()))
        }
        _ => false,
    }
}

/// The paths in tokens, except in items for tests.
pub(super) fn scan(tokens: TokenStream) -> Vec<Reference> {
    let mut scan = Scan {
        found: Vec::new(),
        reads_texts: false,
    };
    scan.tokens(tokens);
    scan.found
}

struct Scan {
    found: Vec<Reference>,
    /// Whether literals are code, as in serde's attributes.
    reads_texts: bool,
}

impl Scan {
    fn tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            at = self.next(&tokens, at);
        }
    }

    /// Reads the syntax that starts at a token, and returns the index after it.
    fn next(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        match &tokens[at] {
            TokenTree::Punct(_) if is_punct(&tokens[at], '#') => self.attribute(tokens, at),
            // A path from a crate's root, or the rest of `<T as Trait>::NAME`.
            TokenTree::Punct(_) if is_separator(tokens, at) => self.path(tokens, at + 2, &[CRATES]),
            // A field, a method or a lifetime.
            TokenTree::Punct(of) if of.as_char() == '.' || of.as_char() == '\'' => {
                let is_name = matches!(tokens.get(at + 1), Some(TokenTree::Ident(_)));
                at + 1 + usize::from(is_name)
            }
            TokenTree::Punct(of) if of.as_char() == '$' => match tokens.get(at + 1) {
                Some(TokenTree::Ident(name)) if name == "crate" => self.path(tokens, at + 1, &[]),
                // A variable of the macro; its value is read at the call.
                Some(TokenTree::Ident(_)) => after_path(tokens, at + 1),
                _ => at + 1,
            },
            // A visibility: `pub(in path)`.
            TokenTree::Ident(name) if name == "pub" => match tokens.get(at + 1) {
                Some(TokenTree::Group(of)) if is_visibility(of) => at + 2,
                _ => at + 1,
            },
            // A field's name, a parameter's, or a label.
            TokenTree::Ident(_) if is_named(tokens, at) => at + 1,
            TokenTree::Ident(_) => self.path(tokens, at, &[]),
            TokenTree::Group(group) => {
                self.tokens(group.stream());
                at + 1
            }
            TokenTree::Literal(literal) => {
                self.text(literal);
                at + 1
            }
            TokenTree::Punct(_) => at + 1,
        }
    }

    /// The paths inside a literal of an attribute: `with = "crate::a"`, `bound = "T: crate::B"`.
    fn text(&mut self, literal: &Literal) {
        if !self.reads_texts {
            return;
        }
        let Lit::Str(text) = Lit::new(literal.clone()) else {
            return;
        };
        let Ok(tokens) = text.value().parse() else {
            return;
        };
        let line = literal.span().start().line;
        let found = scan(tokens).into_iter();
        // One name may be that of a field.
        let found = found.filter(|reference| reference.path.len() > 1);
        self.found
            .extend(found.map(|reference| Reference { line, ..reference }));
    }

    fn attribute(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        let is_inner = tokens.get(at + 1).is_some_and(|token| is_punct(token, '!'));
        let group = at + 1 + usize::from(is_inner);
        let Some(TokenTree::Group(attribute)) = tokens.get(group) else {
            return at + 1;
        };
        let inside: Vec<_> = attribute.stream().into_iter().collect();
        match &inside[..] {
            [TokenTree::Ident(name), TokenTree::Group(condition)]
                if name == "cfg" && is_test(&condition.stream()) =>
            {
                after_item(tokens, group + 1)
            }
            inside => {
                self.meta(inside);
                group + 1
            }
        }
    }

    /// The content of an attribute.
    fn meta(&mut self, tokens: &[TokenTree]) {
        match tokens {
            [TokenTree::Ident(name), ..] if PROSE.iter().any(|prose| name == prose) => {}
            [TokenTree::Ident(name), TokenTree::Group(of)] if name == "cfg_attr" => {
                let of: Vec<_> = of.stream().into_iter().collect();
                let mut parts = of.split(|token| is_punct(token, ','));
                let condition = parts.next().unwrap_or_default();
                if !is_test(&condition.iter().cloned().collect()) {
                    parts.for_each(|attribute| self.meta(attribute));
                }
            }
            tokens => {
                self.reads_texts = true;
                self.tokens(tokens.iter().cloned().collect());
                self.reads_texts = false;
            }
        }
    }

    /// Reads a path whose first name is at the index, after names that stand before it.
    fn path(&mut self, tokens: &[TokenTree], at: usize, before: &[&str]) -> usize {
        let Some(first) = tokens.get(at) else {
            return at;
        };
        let line = first.span().start().line;
        let mut path: Vec<_> = before.iter().map(|&name| name.to_owned()).collect();
        let end = self.segments(tokens, at, &mut path);
        let is_include = path.last().is_some_and(|last| last == "include");
        if is_include && tokens.get(end).is_some_and(|token| is_punct(token, '!')) {
            self.found.push(Reference {
                path,
                line,
                kind: ReferenceKind::Include,
            });
        } else {
            self.push(path, line);
        }
        end
    }

    fn push(&mut self, path: Vec<String>, line: usize) {
        let is_root = |name: &str| matches!(name, "crate" | "self" | "super" | "Self" | CRATES);
        // `pub(crate)`, `self.field` and the like refer to no item.
        if path.len() > 1 || path.first().is_some_and(|name| !is_root(name)) {
            self.found.push(Reference {
                path,
                line,
                kind: ReferenceKind::Path,
            });
        }
    }

    /// Reads a path's segments; a path that branches leaves none.
    fn segments(&mut self, tokens: &[TokenTree], at: usize, path: &mut Vec<String>) -> usize {
        let Some(TokenTree::Ident(name)) = tokens.get(at) else {
            return at;
        };
        path.push(name.to_string().trim_start_matches("r#").to_owned());
        let mut next = at + 1;
        while is_separator(tokens, next) {
            match tokens.get(next + 2) {
                Some(TokenTree::Ident(name)) => {
                    path.push(name.to_string().trim_start_matches("r#").to_owned());
                    next += 3;
                }
                Some(token) if is_punct(token, '*') => {
                    path.push("*".to_owned());
                    return next + 3;
                }
                // The rest of the path is an argument of the macro.
                Some(token) if is_punct(token, '$') => {
                    path.push(variable(tokens, next + 2));
                    return after_path(tokens, next + 3);
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    self.branches(path, group);
                    path.clear();
                    return next + 3;
                }
                // Generic arguments end the name of an item.
                _ => return next + 2,
            }
        }
        next
    }

    /// The branches of a `use` that stands in code or in a macro.
    fn branches(&mut self, prefix: &[String], group: &Group) {
        let tokens: Vec<_> = group.stream().into_iter().collect();
        for branch in tokens.split(|token| is_punct(token, ',')) {
            let Some(first) = branch.first() else {
                continue;
            };
            let line = first.span().start().line;
            let mut path = prefix.to_owned();
            if is_punct(first, '*') {
                path.push("*".to_owned());
            } else if is_punct(first, '$') {
                path.push(variable(branch, 0));
            } else {
                self.segments(branch, 0, &mut path);
            }
            if path.last().is_some_and(|last| last == "self") {
                path.pop();
            }
            if !path.is_empty() {
                self.push(path, line);
            }
        }
    }
}

fn is_punct(token: &TokenTree, c: char) -> bool {
    matches!(token, TokenTree::Punct(of) if of.as_char() == c)
}

/// The variable of a macro whose `$` is at the index.
fn variable(tokens: &[TokenTree], at: usize) -> String {
    match tokens.get(at + 1) {
        Some(TokenTree::Ident(name)) => format!("${name}"),
        _ => "$(…)".to_owned(),
    }
}

/// Whether a `::` starts at the index.
fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |at: usize| tokens.get(at).is_some_and(|token| is_punct(token, ':'));
    colon(at) && colon(at + 1)
}

/// Whether a single colon follows the name.
fn is_named(tokens: &[TokenTree], at: usize) -> bool {
    let colon = tokens.get(at + 1).is_some_and(|token| is_punct(token, ':'));
    colon && !is_separator(tokens, at + 1)
}

fn is_visibility(group: &Group) -> bool {
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Parenthesis
        && matches!(first, Some(TokenTree::Ident(name))
            if ["crate", "self", "super", "in"].iter().any(|word| name == word))
}

/// The index after a path that refers to nothing of this crate.
fn after_path(tokens: &[TokenTree], at: usize) -> usize {
    let mut next = at;
    if matches!(tokens.get(next), Some(TokenTree::Ident(_))) {
        next += 1;
        while is_separator(tokens, next)
            && matches!(tokens.get(next + 2), Some(TokenTree::Ident(_)))
        {
            next += 3;
        }
    }
    next
}

/// The index after an item, a statement, a field or an arm.
fn after_item(tokens: &[TokenTree], at: usize) -> usize {
    let ends = |token: &TokenTree| {
        let is_body = matches!(token, TokenTree::Group(of) if of.delimiter() == Delimiter::Brace);
        is_body || is_punct(token, ';') || is_punct(token, ',')
    };
    let rest = &tokens[at.min(tokens.len())..];
    rest.iter()
        .position(ends)
        .map_or(tokens.len(), |length| at + length + 1)
}

#[cfg(test)]
mod tests {
    use super::scan;

    fn paths(code: &str) -> Vec<String> {
        let found = scan(code.parse().unwrap()).into_iter();
        let found = found.filter(|reference| reference.path.len() > 1);
        found.map(|reference| reference.text()).collect()
    }

    #[test]
    fn paths_in_code_are_found() {
        assert_eq!(
            paths("let x: a::B<c::D> = crate::e::f(&super::G);").len(),
            4
        );
        assert_eq!(paths("f::<a::B>(x.y::<c::D>())"), ["a::B", "c::D"]);
        assert_eq!(
            paths("m!(a::b!(c::D), $crate::e::F)"),
            ["a::b", "c::D", "crate::e::F"]
        );
        assert_eq!(paths("<a::T as b::U>::c::D"), ["a::T", "b::U", "::c::D"]);
        assert_eq!(paths("::a::b"), ["::a::b"]);
    }

    #[test]
    fn uses_in_code_and_macros_branch() {
        let code = "use a::{b::{self, C}, d as e, f::*};";
        assert_eq!(paths(code), ["a::b", "a::b::C", "a::d", "a::f::*"]);
    }

    #[test]
    fn variables_end_a_path() {
        let code = "crate::$a::b $crate::c::$d a::{b, $e} crate::$(f)::*";
        let expected = ["crate::$a", "crate::c::$d", "a::b", "a::$e", "crate::$(…)"];
        assert_eq!(paths(code), expected);
    }

    #[test]
    fn visibilities_and_names_after_variables_are_not_paths() {
        assert!(paths("$t::c pub(in super::super) x self").is_empty());
        assert!(paths("pub(crate) fn f<'a>(a: b) -> c {}").is_empty());
    }

    #[test]
    fn attributes_are_read_without_documentation() {
        let code = "#[doc = \"a::b\"] #[serde(with = \"a::c\")] #[derive(a::D)] struct E;";
        assert_eq!(paths(code), ["a::c", "a::D"]);
        let code = "#[cfg_attr(a, doc = \"a::b\", expect(b, reason = \"a::c\"), d(\"a::e\"))]";
        assert_eq!(paths(code), ["a::e"]);
        assert!(paths("#[cfg_attr(test, serde(with = \"a::b\"))]").is_empty());
    }

    #[test]
    fn literals_of_attributes_are_code() {
        let code = "#[a(bound = \"T: a::B, U: Into<c::D>\", with = r#\"e::f\"#, name = \"g\")]";
        assert_eq!(paths(code), ["a::B", "c::D", "e::f"]);
        assert!(paths("f(\"a::b\")").is_empty());
    }

    #[test]
    fn items_for_tests_are_not_read() {
        let code = "#[cfg(test)] fn f() { a::b() } c::d(); #[cfg(all(test, unix))] use e::f; g::h";
        assert_eq!(paths(code), ["c::d", "g::h"]);
        assert_eq!(paths("#[cfg(any(test, unix))] use e::f;"), ["e::f"]);
    }
}
