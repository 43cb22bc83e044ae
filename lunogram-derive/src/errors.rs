//! The mistakes of one type, all of them.

use proc_macro2::{Span, TokenStream};
use std::cell::RefCell;
use std::fmt::Display;

/// Collects what is wrong with the input. Only [`collecting`] makes one, so nobody can forget to look into it.
pub(crate) struct Errors {
    found: RefCell<TokenStream>,
    presumed: RefCell<Vec<String>>,
}

/// Runs `work`, and gives what it made with one `compile_error!` for each mistake, if there is any.
pub(crate) fn collecting<T>(work: impl FnOnce(&Errors) -> T) -> (T, Option<TokenStream>) {
    let errors = Errors {
        found: RefCell::default(),
        presumed: RefCell::default(),
    };
    let made = work(&errors);
    let found = errors.found.into_inner();
    (made, Some(found).filter(|found| !found.is_empty()))
}

impl Errors {
    /// Notes a mistake that one token makes.
    pub(crate) fn at(&self, span: Span, message: impl Display) {
        let error = syn::Error::new(span, message).to_compile_error();
        self.found.borrow_mut().extend(error);
    }

    /// Remembers that `word` was meant, although what stands there is wrong: that is the one mistake, and that the
    /// attribute is missing is none.
    pub(crate) fn presume(&self, word: impl Into<String>) {
        self.presumed.borrow_mut().push(word.into());
    }

    /// Whether `word` was meant somewhere.
    pub(crate) fn presumes(&self, word: &str) -> bool {
        self.presumed.borrow().iter().any(|meant| meant == word)
    }
}
