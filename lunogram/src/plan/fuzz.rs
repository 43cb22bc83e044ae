//! Entry point of a fuzzer: the parser of observed schemas, with the properties that must hold.

use super::observe::observed::{Schemas, Types};
use crate::wire::management::Observed;

/// Parses a response of each management route. No path in the result is empty.
///
/// # Panics
/// If a path is empty.
pub fn observed(body: &[u8]) {
    let has_no_empty_path = |types: &Types| types.keys().all(|path| !path.is_empty());
    for scope in Observed::ALL {
        match Schemas::read(body, scope) {
            Ok(Schemas::ByName(named)) => assert!(named.values().all(has_no_empty_path)),
            Ok(Schemas::ByPath(types)) => assert!(has_no_empty_path(&types)),
            Err(_) => {}
        }
    }
}
