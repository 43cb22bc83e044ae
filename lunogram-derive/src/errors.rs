//! The collector of compile errors, so that all mistakes of a type are reported at once.

use proc_macro2::{Span, TokenStream};
use std::cell::RefCell;
use std::fmt::Display;

/// The errors found so far. Only [`collecting`] creates one, so the errors cannot be forgotten.
pub(crate) struct Errors {
    /// Each error with its line and column.
    found: RefCell<Vec<((usize, usize), TokenStream)>>,
    presumed: RefCell<Vec<String>>,
}

/// Runs `work`. Returns its result and, if there were errors, one `compile_error!` for each.
pub(crate) fn collecting<T>(work: impl FnOnce(&Errors) -> T) -> (T, Option<TokenStream>) {
    let errors = Errors {
        found: RefCell::default(),
        presumed: RefCell::default(),
    };
    let result = work(&errors);
    let mut found = errors.found.into_inner();
    // The rules are checked one after the other, but errors are read in the order of the lines.
    found.sort_by_key(|(position, _)| *position);
    let found: TokenStream = found.into_iter().map(|(_, error)| error).collect();
    (result, Some(found).filter(|found| !found.is_empty()))
}

/// The line and column of a token; zero outside of a macro, as in unit tests.
fn position(span: Span) -> (usize, usize) {
    if !proc_macro::is_available() {
        return (0, 0);
    }
    let start = span.unwrap().start();
    (start.line(), start.column())
}

impl Errors {
    /// Reports an error at a token.
    pub(crate) fn at(&self, span: Span, message: impl Display) {
        let error = syn::Error::new(span, message).to_compile_error();
        self.found.borrow_mut().push((position(span), error));
    }

    /// Records that the invalid attribute just reported was probably meant to be `name`. Later
    /// checks then do not report `name` as missing, which would be a second error for one mistake.
    pub(crate) fn presume(&self, name: impl Into<String>) {
        self.presumed.borrow_mut().push(name.into());
    }

    /// Whether an invalid attribute was probably meant to be `name`.
    pub(crate) fn presumes(&self, name: &str) -> bool {
        self.presumed
            .borrow()
            .iter()
            .any(|presumed| presumed == name)
    }
}
