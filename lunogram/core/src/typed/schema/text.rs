//! Schemas as JSON text, with the spacing of the tracking plan.

use super::super::const_string::ConstString;
use super::sink::Sink;
use super::{Presence, Property, Schema, Shape};

impl Schema {
    pub(super) const fn write(&self, text: &mut Sink<'_>) {
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

const fn end_plain(format: Option<&str>, text: &mut Sink<'_>) {
    if let Some(format) = format {
        text.push(", \"format\": \"");
        text.push(format);
        text.push("\"");
    }
    text.push("}");
}

const fn write_object(properties: &[Property], text: &mut Sink<'_>) {
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

const fn comma(at: usize, text: &mut Sink<'_>) {
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
    const fn write(&self, text: &mut Sink<'_>) {
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
#[expect(
    clippy::large_stack_arrays,
    reason = "only constants call it, in the compiler's memory"
)]
pub const fn emit_description(parts: &[Part]) -> ! {
    let mut buffer = [0; MAX_DESCRIPTION];
    let mut text = Sink::Text(ConstString::new(&mut buffer));
    text.push(lunogram_rules::plan::COLLECTED_OPEN);
    write_parts(parts, &mut text);
    text.push(lunogram_rules::plan::COLLECTED_CLOSE);
    panic!("{}", text.as_str())
}

pub(super) const fn write_parts(parts: &[Part], text: &mut Sink<'_>) {
    let mut at = 0;
    while at < parts.len() {
        parts[at].write(text);
        at += 1;
    }
}
