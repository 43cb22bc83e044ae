//! The part of a serde value that the API has elsewhere or not at all.

use super::name_rule::NameRule;
use crate::encode::Writer;
use crate::subject_kind::SubjectKind;

/// Opens the object with the kind of subject, which selects the route, and the rule for the name.
/// The defaults are left out.
pub(super) fn write(writer: &mut Writer<'_>, subject: SubjectKind, name_rule: NameRule) {
    writer.literal("{");
    if subject == SubjectKind::Organization {
        writer.literal("\"subject\":\"organization\",");
    }
    if name_rule == NameRule::Raw {
        writer.literal("\"raw_name\":true,");
    }
}
