//! A type that a property has: what serde's derive writes of it.

use super::record::{Content, Description, Member, Piece, Presence, Record, Typed, by};
use crate::attr::{self, Container, Place, SerdeContainer, SerdeField, Text};
use crate::case::Case;
use crate::errors::Errors;
use crate::krate;
use lunogram_rules::json::quoted;
use lunogram_rules::plan::Section;
use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Fields, Generics, LitStr};

/// A type that derives `LunogramProperty`.
pub(crate) struct Value<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) runtime: TokenStream,
    pub(crate) attributes: Container,
    attrs: &'a [Attribute],
    pub(crate) written: Written<'a>,
}

/// What is written of it.
pub(crate) enum Written<'a> {
    /// What no attribute tells.
    Anything,
    Object(Vec<Part<'a>>),
    /// `null`, a value, or a list of values.
    Values(Vec<Typed<'a>>),
    /// A single value as it is.
    Same(Typed<'a>),
    Choice(Tagging, Vec<Alternative<'a>>),
}

/// A field of an object.
pub(crate) struct Part<'a> {
    key: String,
    at: Span,
    pub(crate) typed: Typed<'a>,
    presence: Presence,
    flattened: bool,
    given: Text,
    attrs: &'a [Attribute],
}

/// How a variant is told from the others.
pub(crate) enum Tagging {
    External,
    Internal(String),
    Adjacent(String, String),
    Untagged,
}

pub(crate) struct Alternative<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) name: String,
    pub(crate) written: Written<'a>,
}

impl<'a> Value<'a> {
    pub(crate) fn new(input: &'a DeriveInput, errors: &Errors) -> Self {
        let attributes = Container::read(&input.attrs, Place::Nested, errors);
        let runtime = krate::runtime(attributes.krate.as_ref(), errors);
        let serde = SerdeContainer::read(&input.attrs);
        let generics = &input.generics;
        let written = match &input.data {
            _ if serde.opaque => Written::Anything,
            Data::Struct(data) => {
                let mut written = written(&data.fields, serde.rename_all, generics, errors);
                if serde.transparent {
                    written = transparent(written);
                }
                if let (Some(tag), Written::Object(parts)) = (&serde.tag, &mut written) {
                    let name = named(&input.ident, serde.rename.as_ref(), None);
                    parts.insert(0, Part::tag(tag, &name));
                }
                written
            }
            Data::Enum(data) => {
                let variants = data.variants.iter().filter_map(|variant| {
                    attr::Variant::read(&variant.attrs, Place::InNested, errors);
                    let said = SerdeContainer::read(&variant.attrs);
                    if said.skip {
                        return None;
                    }
                    let case = said.rename_all.or(serde.rename_all_fields);
                    Some(Alternative {
                        ident: &variant.ident,
                        name: named(&variant.ident, said.rename.as_ref(), serde.rename_all),
                        written: if said.opaque || said.untagged {
                            Written::Anything
                        } else {
                            written(&variant.fields, case, generics, errors)
                        },
                    })
                });
                let variants = variants.collect();
                let tagging = match (serde.tag, serde.content) {
                    _ if serde.untagged => Tagging::Untagged,
                    (Some(tag), Some(content)) => Tagging::Adjacent(tag.value(), content.value()),
                    (Some(tag), None) => Tagging::Internal(tag.value()),
                    (None, _) => Tagging::External,
                };
                Written::Choice(tagging, variants)
            }
            Data::Union(data) => {
                errors.at(
                    data.union_token.span,
                    "`LunogramProperty` cannot read the fields of a union safely; derive it on a struct or an enum",
                );
                Written::Anything
            }
        };
        Self {
            ident: &input.ident,
            generics,
            runtime,
            attributes,
            attrs: &input.attrs,
            written,
        }
    }

    /// The name that the plan knows it by, and the token that says it.
    pub(crate) fn name(&self) -> (String, Span) {
        match &self.attributes.common.name {
            Some(given) => (given.value.value(), given.value.span()),
            None => (self.ident.unraw().to_string(), self.ident.span()),
        }
    }

    /// Whether its schema depends on the parameters of the type.
    pub(crate) fn is_generic(&self) -> bool {
        let mut parameters = self.generics.params.iter();
        parameters.any(|parameter| !matches!(parameter, syn::GenericParam::Lifetime(_)))
    }

    /// Its entry of the plan, if it has one: what is no object and no choice stands where it is used.
    pub(crate) fn record(
        &self,
        pieces: impl Fn(&Tagging, &Alternative<'_>) -> Vec<Piece>,
    ) -> Option<Record<'_>> {
        if self.is_generic() {
            return None;
        }
        let content = match &self.written {
            Written::Object(parts) => Content::Members(members(parts)),
            Written::Choice(Tagging::External, all) if all.iter().all(Alternative::is_name) => {
                let names = all
                    .iter()
                    .map(|variant| (variant.name.clone(), variant.ident));
                Content::Names(names.collect())
            }
            Written::Choice(tagging, all) => {
                let pieces = all
                    .iter()
                    .map(|variant| (pieces(tagging, variant), variant.ident));
                Content::Choice(tagging.word(), pieces.collect())
            }
            _ => return None,
        };
        let (name, at) = self.name();
        Some(Record {
            section: Section::Definitions,
            name,
            at,
            ident: self.ident,
            subject: None,
            description: Description::new(&self.attributes.common.description, self.attrs),
            content,
        })
    }
}

impl Tagging {
    /// How a schema says that a value is one of several.
    fn word(&self) -> &'static str {
        match self {
            // Without a tag, a value may be several at once.
            Self::Untagged => "anyOf",
            _ => "oneOf",
        }
    }
}

impl Alternative<'_> {
    fn is_name(&self) -> bool {
        matches!(&self.written, Written::Values(none) if none.is_empty())
    }
}

impl Part<'_> {
    fn tag(tag: &LitStr, name: &str) -> Self {
        Self {
            key: tag.value(),
            at: tag.span(),
            typed: Typed::Fixed(constant(name)),
            presence: Presence::Always,
            flattened: false,
            given: None,
            attrs: &[],
        }
    }
}

/// The schema of one string.
pub(crate) fn constant(name: &str) -> String {
    format!("{{\"const\": {}}}", quoted(name))
}

/// The property that tells a variant by its name.
pub(crate) fn tagged<'a>(tag: &str, name: &str) -> Member<'a> {
    Member {
        key: tag.to_owned(),
        at: Span::call_site(),
        typed: Typed::Fixed(constant(name)),
        spelled: None,
        presence: Presence::Always,
        flattened: false,
        description: Description::NONE,
    }
}

/// The properties of an object.
pub(crate) fn members<'a>(parts: &'a [Part<'a>]) -> Vec<Member<'a>> {
    parts
        .iter()
        .map(|part| Member {
            key: part.key.clone(),
            at: part.at,
            typed: part.typed.clone(),
            spelled: None,
            presence: part.presence,
            flattened: part.flattened,
            description: Description::new(&part.given, part.attrs),
        })
        .collect()
}

fn written<'a>(
    fields: &'a Fields,
    case: Option<Case>,
    generics: &Generics,
    errors: &Errors,
) -> Written<'a> {
    let read = |attrs: &[Attribute]| {
        let said = attr::Variant::read(attrs, Place::InNested, errors);
        (said.description, SerdeField::read(attrs))
    };
    match fields {
        Fields::Named(fields) => {
            let parts = fields.named.iter().filter_map(|field| {
                let ident = field.ident.as_ref()?;
                let (given, serde) = read(&field.attrs);
                if serde.skip {
                    return None;
                }
                let typed = match &serde.with {
                    Some(_) => Typed::Any,
                    None => by(&field.ty, generics),
                };
                let key = serde.rename.as_ref().map_or_else(
                    || {
                        let name = ident.unraw().to_string();
                        case.map_or(name.clone(), |case| case.apply(&name))
                    },
                    LitStr::value,
                );
                let is_none = |function: &syn::ExprPath| {
                    let last = function.path.segments.last();
                    last.is_some_and(|last| last.ident == "is_none")
                };
                let presence = match &serde.skip_if {
                    Some(function) if is_none(function) => Presence::Sometimes,
                    Some(_) => Presence::SometimesNull,
                    None => Presence::Always,
                };
                Some(Part {
                    key,
                    at: serde.rename.as_ref().map_or(ident.span(), LitStr::span),
                    typed,
                    presence,
                    flattened: serde.flatten,
                    given,
                    attrs: &field.attrs,
                })
            });
            Written::Object(parts.collect())
        }
        Fields::Unnamed(fields) => {
            let values = fields.unnamed.iter().filter_map(|field| {
                let (_, serde) = read(&field.attrs);
                match serde.with {
                    _ if serde.skip => None,
                    Some(_) => Some(Typed::Any),
                    None => Some(by(&field.ty, generics)),
                }
            });
            let mut values: Vec<Typed<'a>> = values.collect();
            if fields.unnamed.len() == 1 && values.len() == 1 {
                return values.pop().map_or(Written::Anything, Written::Same);
            }
            Written::Values(values)
        }
        Fields::Unit => Written::Values(Vec::new()),
    }
}

/// What serde writes of a `transparent` struct.
fn transparent(written: Written<'_>) -> Written<'_> {
    match written {
        Written::Object(mut parts) if parts.len() == 1 => parts
            .pop()
            .map_or(Written::Anything, |part| Written::Same(part.typed)),
        Written::Values(mut values) if values.len() == 1 => {
            values.pop().map_or(Written::Anything, Written::Same)
        }
        Written::Same(typed) => Written::Same(typed),
        _ => Written::Anything,
    }
}

fn named(ident: &Ident, rename: Option<&LitStr>, case: Option<Case>) -> String {
    let name = || ident.unraw().to_string();
    match (rename, case) {
        (Some(rename), _) => rename.value(),
        (None, Some(case)) => case.apply_to_variant(&name()),
        (None, None) => name(),
    }
}
