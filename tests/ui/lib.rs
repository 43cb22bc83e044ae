//! Compile-time tests: `pass/` has to compile, and each file in `fail/` contains one mistake that
//! has to be reported at the wrong token.
