//! What a fuzzer calls: the parser of what a server has observed, with what must hold of it.

use super::observed::{Schemas, Types};
use crate::wire::management::Observed;

/// The answers of the management routes: whatever is read of them leads somewhere.
///
/// # Panics
/// Where that does not hold.
pub fn observed(body: &[u8]) {
    let lead_somewhere = |types: &Types| types.keys().all(|path| !path.is_empty());
    for scope in Observed::ALL {
        match Schemas::read(body, scope) {
            Ok(Schemas::ByName(named)) => assert!(named.values().all(lead_somewhere)),
            Ok(Schemas::Whole(types)) => assert!(lead_somewhere(&types)),
            Err(_) => {}
        }
    }
}
