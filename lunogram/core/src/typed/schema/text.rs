//! Schemas as JSON text, with the spacing of the tracking plan.

use super::super::const_string::ConstString;
use super::super::keys::equal;
use super::{Presence, Property, Schema, Shape};

impl Schema {
    const fn write<const N: usize>(&self, text: &mut ConstString<N>) {
        match &self.0 {
            Shape::Any => text.push(lunogram_rules::plan::ANY),
            Shape::Fixed(schema) => text.push(schema),
            Shape::Plain(kind, format) => {
                text.push("{\"type\": \"");
                text.push(kind);
                text.push("\"");
                end_plain(*format, text);
            }
            Shape::List(items) => {
                text.push("{\"type\": \"array\", \"items\": ");
                items.write(text);
                text.push("}");
            }
            Shape::Tuple(items) => {
                text.push("{\"type\": \"array\", \"prefixItems\": [");
                let mut at = 0;
                while at < items.len() {
                    comma(at, text);
                    items[at].write(text);
                    at += 1;
                }
                text.push("], \"items\": false}");
            }
            Shape::Map(values) => {
                text.push("{\"type\": \"object\", \"additionalProperties\": ");
                values.write(text);
                text.push("}");
            }
            Shape::Nullable(_) => match &self.present().0 {
                Shape::Any => self.present().write(text),
                Shape::Plain(kind, format) => {
                    text.push("{\"type\": [\"");
                    text.push(kind);
                    text.push("\", \"null\"]");
                    end_plain(*format, text);
                }
                _ => {
                    text.push("{\"anyOf\": [");
                    self.present().write(text);
                    text.push(", {\"type\": \"null\"}]}");
                }
            },
            Shape::Named(name) => {
                text.push("{\"$ref\": \"#/$defs/");
                text.push(name);
                text.push("\"}");
            }
            Shape::Object(properties) => write_object(properties, text),
        }
    }
}

const fn end_plain<const N: usize>(format: Option<&str>, text: &mut ConstString<N>) {
    if let Some(format) = format {
        text.push(", \"format\": \"");
        text.push(format);
        text.push("\"");
    }
    text.push("}");
}

const fn write_object<const N: usize>(properties: &[Property], text: &mut ConstString<N>) {
    text.push("{\"type\": \"object\", \"properties\": {");
    let mut at = 0;
    while at < properties.len() {
        let Property {
            key,
            schema,
            presence,
        } = &properties[at];
        comma(at, text);
        text.push(key);
        text.push(": ");
        presence.written(schema).write(text);
        at += 1;
    }
    text.push("}, \"required\": [");
    let (mut at, mut written) = (0, 0);
    while at < properties.len() {
        let Property {
            key,
            schema,
            presence,
        } = &properties[at];
        if presence.is_required(schema) {
            comma(written, text);
            text.push(key);
            written += 1;
        }
        at += 1;
    }
    text.push("], \"additionalProperties\": false}");
}

const fn comma<const N: usize>(at: usize, text: &mut ConstString<N>) {
    if at > 0 {
        text.push(", ");
    }
}

/// A part of the description of a type: text from the derive, or a schema that only the compiler
/// knows.
#[doc(hidden)]
pub enum Part {
    /// Text as it is.
    Text(&'static str),
    /// `"required":…,"schema":…`
    Property(Schema, Presence),
    /// A schema.
    Schema(Schema),
}

impl Part {
    const fn write<const N: usize>(&self, text: &mut ConstString<N>) {
        match self {
            Self::Text(part) => text.push(part),
            Self::Schema(schema) => schema.write(text),
            Self::Property(schema, presence) => {
                text.push("\"required\":");
                text.push(if presence.is_required(schema) {
                    "true"
                } else {
                    "false"
                });
                text.push(",\"schema\":");
                presence.written(schema).write(text);
            }
        }
    }
}

/// Longer than the description of any type.
const MAX_DESCRIPTION: usize = 1 << 20;

/// Reports the description of one type to the tool that collects the tracking plan. A panic is the
/// only way in which a build can report the value of a constant.
///
/// # Panics
/// Always; at compile time, since only constants call it, and only in builds that collect the plan.
pub const fn emit_description(parts: &[Part]) -> ! {
    let mut text = ConstString::<MAX_DESCRIPTION>::new();
    text.push(lunogram_rules::plan::COLLECTED_OPEN);
    write_parts(parts, &mut text);
    text.push(lunogram_rules::plan::COLLECTED_CLOSE);
    panic!("{}", text.as_str())
}

const fn write_parts<const N: usize>(parts: &[Part], text: &mut ConstString<N>) {
    let mut at = 0;
    while at < parts.len() {
        parts[at].write(text);
        at += 1;
    }
}

/// Longer than a schema on one line.
const MAX_LINE: usize = 1 << 16;

/// Fails to compile if a property's type differs from the tracking plan.
///
/// # Panics
/// If they differ; at compile time, since only constants call it.
#[track_caller]
pub const fn assert_planned(
    what: &str,
    schema: Schema,
    presence: Presence,
    planned: &str,
    required: bool,
) {
    assert_text(what, &[Part::Schema(*presence.written(&schema))], planned);
    if presence.is_required(&schema) != required {
        let words = if required {
            lunogram_rules::plan::OPTIONAL_HERE
        } else {
            lunogram_rules::plan::REQUIRED_HERE
        };
        refuse(&[what, words]);
    }
}

/// Fails to compile if a whole type differs from the tracking plan.
///
/// # Panics
/// If they differ; at compile time, since only constants call it.
#[track_caller]
pub const fn assert_planned_as(what: &str, parts: &[Part], planned: &str) {
    assert_text(what, parts, planned);
}

#[track_caller]
const fn assert_text(what: &str, parts: &[Part], planned: &str) {
    let mut in_code = ConstString::<MAX_LINE>::new();
    write_parts(parts, &mut in_code);
    if !equal(in_code.as_str().as_bytes(), planned.as_bytes()) {
        let [is, but, mut advice] = lunogram_rules::plan::OTHER_HERE;
        if equal(
            in_code.as_str().as_bytes(),
            lunogram_rules::plan::ANY.as_bytes(),
        ) {
            advice = lunogram_rules::plan::ANY_HERE;
        }
        refuse(&[what, is, in_code.as_str(), but, planned, advice]);
    }
}

#[track_caller]
const fn refuse(words: &[&str]) -> ! {
    let mut message = ConstString::<{ 4 * MAX_LINE }>::new();
    let mut at = 0;
    while at < words.len() {
        message.push(words[at]);
        at += 1;
    }
    panic!("{}", message.as_str())
}
