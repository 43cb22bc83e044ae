//! Moments that are given at run time.

use crate::encode::Fragment;
use crate::typed::MomentField;

/// Writes a moment at once, so that the request is of one type whatever the moment was of; `None` stays none.
pub(super) fn encoded(moment: &impl MomentField) -> Option<Fragment> {
    let mut is_there = false;
    let fragment = Fragment::of(|writer| is_there = moment.write_moment(writer));
    is_there.then_some(fragment)
}
