//! The retry budget.

/// Retries at the usual pace that need no answers.
const FREE_RETRIES: u32 = 10;

/// Answered requests that earn one more retry at the usual pace.
const ANSWERS_PER_RETRY: u32 = 5;

/// Allowance of attempts that repeat failed ones at the usual pace: [`FREE_RETRIES`], and one for
/// [`ANSWERS_PER_RETRY`] answered requests. Beyond it each repetition waits the longest pause.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    answers: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            answers: FREE_RETRIES * ANSWERS_PER_RETRY,
        }
    }
}

impl Budget {
    pub(super) fn earn(&mut self) {
        self.answers = (self.answers + 1).min(FREE_RETRIES * ANSWERS_PER_RETRY);
    }

    pub(super) fn spend(&mut self) {
        self.answers = self.answers.saturating_sub(ANSWERS_PER_RETRY);
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.answers < ANSWERS_PER_RETRY
    }
}
