//! Empty: only its dependencies are counted.
