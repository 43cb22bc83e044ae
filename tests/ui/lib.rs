//! What must compile does (`pass/`), and what must not gives its messages on the tokens that are wrong (`fail/`, one
//! mistake a file).
