//! What is wrong with a payload, noted with where.

use super::{Failure, Writer, path};
use crate::problem::Problem;
use lunogram_rules::external_id;

impl Writer<'_> {
    /// Notes a problem of the value that would come next, and writes a placeholder for it.
    #[cold]
    pub(crate) fn report(&mut self, message: impl std::fmt::Display) {
        self.report_at_end(message);
        self.literal("null");
    }

    /// Notes a problem of what was just written.
    #[cold]
    pub(crate) fn report_at_end(&mut self, message: impl std::fmt::Display) {
        let path = path::at_end(self.written());
        self.problems.push(Problem::new(path, message));
    }

    /// Notes a problem of the object that is open, rather than of a value in it.
    #[cold]
    pub(super) fn report_in_object(&mut self, message: impl std::fmt::Display) {
        let path = path::of_object_at_end(self.written());
        self.problems.push(Problem::new(path, message));
    }

    /// The path is read before the half-written value goes. Where nothing of it was written, its key was not either.
    #[cold]
    pub(super) fn refuse(&mut self, key: &'static str, start: usize, failure: &Failure) {
        if self.out.len() == start {
            self.key(key);
        }
        self.report_at_end(failure);
        self.out.truncate(start);
    }

    #[cold]
    pub(crate) fn empty_external_id(&mut self) {
        self.report_at_end(
            external_id::check("").expect_err("an empty external id breaks the rule"),
        );
    }

    #[cold]
    pub(super) fn no_identifier(&mut self) {
        let path = path::at_end(self.written());
        let path = path.strip_suffix("[0]").unwrap_or(&path).to_owned();
        self.problems.push(Problem::new(
            path,
            "no identifier: every external id is `None`; give one of them a value",
        ));
        self.out.push(b'{');
    }
}
