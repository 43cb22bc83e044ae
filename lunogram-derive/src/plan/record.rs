//! The entries that a type has in the tracking plan.

use super::assertions::located;
use super::variant;
use crate::attr::{self, Derive, StrArg};
use crate::model::{
    AddedKind, Field, Form, Model, ObjectField, Payload, Presence, Property, Representation,
    Tagging, Typed, Value, WellKnownType,
};
use lunogram_rules::plan::{EVENT_ID, MOMENT, Section};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote_spanned};
use syn::Attribute;

/// One entry of the plan, as the code defines it.
pub(crate) struct Record<'a> {
    pub(super) section: Section,
    pub(crate) name: String,
    /// The token that sets the name.
    pub(super) span: Span,
    /// The name of the struct, variant or enum.
    pub(super) ident: &'a Ident,
    /// The kind of the subject.
    pub(super) subject: Option<&'static str>,
    pub(super) description: Description<'a>,
    pub(super) content: Content<'a>,
}

/// A description, from the attribute `description` or the doc comment.
#[derive(Clone, Copy)]
pub(super) struct Description<'a> {
    arg: Option<&'a StrArg>,
    attrs: &'a [Attribute],
}

pub(super) enum Content<'a> {
    /// An object with these properties, in the order of the fields.
    Members(Vec<Member<'a>>),
    /// One of these strings, each the name of a variant.
    Names(Vec<(String, &'a Ident)>),
    /// One of these schemas, each of a variant. The first value is the JSON Schema keyword.
    Choice(&'static str, Vec<(Vec<SchemaPart>, &'a Ident)>),
}

/// A property.
pub(super) struct Member<'a> {
    pub(super) key: String,
    /// The token that sets the key.
    pub(super) span: Span,
    pub(super) typed: Typed<'a>,
    /// The well-known type, if the method that writes the property accepts no other type.
    pub(super) well_known: Option<WellKnownType>,
    pub(super) presence: Presence,
    pub(super) flattened: bool,
    pub(super) description: Description<'a>,
}

/// A part of a schema.
pub(super) enum SchemaPart {
    Text(String),
    /// An expression of the runtime's type `Schema`.
    Schema(TokenStream),
}

impl<'a> Record<'a> {
    /// The entries of a type that is sent: one for a struct, one per variant for an enum.
    pub(crate) fn of_model(model: &'a Model<'_>) -> Vec<Self> {
        let payloads = model.payloads().iter();
        payloads
            .map(|payload| Self::of_payload(model, payload))
            .collect()
    }

    fn of_payload(model: &'a Model<'_>, payload: &'a Payload<'_>) -> Self {
        let section = match model.derive {
            Derive::Event => Section::Events,
            Derive::Schedule => Section::Schedules,
            Derive::UserTraits => Section::Users,
            Derive::OrganizationTraits => Section::Organizations,
        };
        let (name, span, subject) = match model.derive {
            Derive::Event | Derive::Schedule => {
                let subject = if model.is_of_organization() {
                    "organization"
                } else {
                    "user"
                };
                (payload.name.text.clone(), payload.name.span, Some(subject))
            }
            // Traits have no name on the wire.
            Derive::UserTraits | Derive::OrganizationTraits => {
                (payload.ident.to_string(), payload.ident.span(), None)
            }
        };
        let attributes = payload
            .attributes
            .as_ref()
            .unwrap_or(&model.attributes.common);
        let mut members: Vec<Member<'a>> = payload
            .properties()
            .map(|(field, property)| Member::of_property(field, property, model))
            .collect();
        members.extend(model.added.iter().map(|added| {
            let schema = match added.kind {
                AddedKind::OccurredAt => MOMENT,
                AddedKind::EventId => EVENT_ID,
            };
            let typed = Typed::Fixed(schema.to_owned());
            Member::always(added.key.text.clone(), added.key.span, typed)
        }));
        Self {
            section,
            name,
            span,
            ident: payload.ident,
            subject,
            description: Description::new(&attributes.description, payload.attrs),
            content: Content::Members(members),
        }
    }

    /// The entry of a type that derives `LunogramProperty`. `None` if the plan contains its schema
    /// wherever the type is used: for a generic type, and for one that is neither an object nor an
    /// enum.
    pub(crate) fn of_value(value: &'a Value<'_>) -> Option<Self> {
        if value.is_generic() {
            return None;
        }
        let content = match &value.representation {
            Representation::Object(fields) => Content::Members(members(fields)),
            Representation::Enum(Tagging::External, variants)
                if variants.iter().all(|it| it.representation.is_unit()) =>
            {
                let names = variants
                    .iter()
                    .map(|variant| (variant.name.clone(), variant.ident));
                Content::Names(names.collect())
            }
            Representation::Enum(tagging, variants) => {
                let keyword = match tagging {
                    // Without a tag, a value may match several variants.
                    Tagging::Untagged => "anyOf",
                    _ => "oneOf",
                };
                let schemas = variants.iter().map(|variant| {
                    let schema = variant::schema(tagging, variant, &value.runtime);
                    (schema, variant.ident)
                });
                Content::Choice(keyword, schemas.collect())
            }
            _ => return None,
        };
        let (name, span) = value.name();
        Some(Self {
            section: Section::Definitions,
            name,
            span,
            ident: value.ident,
            subject: None,
            description: Description::new(&value.attributes.common.description, value.attrs),
            content,
        })
    }
}

/// The properties of an object.
pub(super) fn members<'a>(fields: &'a [ObjectField<'_>]) -> Vec<Member<'a>> {
    fields
        .iter()
        .map(|field| Member {
            key: field.key.clone(),
            span: field.span,
            typed: field.typed.clone(),
            well_known: None,
            presence: field.presence,
            flattened: field.flattened,
            description: Description::new(&field.description, field.attrs),
        })
        .collect()
}

impl<'a> Member<'a> {
    fn of_property(field: &'a Field<'_>, property: &'a Property, model: &Model<'_>) -> Self {
        let (mut typed, mut presence) = match property.form {
            Form::With(_) | Form::Flatten(Some(_)) => (Typed::Any, Presence::Sometimes),
            Form::String | Form::Plain | Form::Serde | Form::In(_) | Form::Flatten(None) => {
                (Typed::of(field.ty, model.generics), Presence::Unless)
            }
        };
        if matches!(typed, Typed::Any | Typed::Generic(_)) || property.skip_if.is_some() {
            presence = Presence::Sometimes;
        }
        if property.null {
            presence = match property.skip_if {
                Some(_) => Presence::SometimesNull,
                None => Presence::Always,
            };
        }
        let well_known = property.well_known_type(field);
        if let Typed::Of(tokens, ty) = &typed {
            // The compiler reports a type without a schema there.
            let first = ty.to_token_stream().into_iter().next();
            let at = first.map_or_else(Span::call_site, |first| first.span());
            let at = Span::call_site().located_at(at);
            let runtime = located(model.runtime.clone(), at);
            typed = match &property.form {
                Form::String => Typed::AsString(tokens.clone(), ty),
                Form::In(form) => {
                    let form = Ident::new(form.name(), Span::call_site());
                    Typed::Of(
                        quote_spanned!(at=> #runtime::In<#runtime::forms::#form, #tokens>),
                        ty,
                    )
                }
                // The schema of a type that is known by name is the one of its `Serialize`.
                Form::Plain if well_known.is_none() => {
                    Typed::Of(quote_spanned!(at=> #runtime::PropertyOf<#tokens>), ty)
                }
                _ => Typed::Of(tokens.clone(), ty),
            };
        }
        Self {
            key: property.key.text.clone(),
            span: property.key.span,
            typed,
            well_known,
            presence,
            flattened: matches!(property.form, Form::Flatten(_)),
            description: Description::new(&field.attributes.description, field.attrs),
        }
    }

    /// A property that is always present and has no description.
    pub(super) fn always(key: String, span: Span, typed: Typed<'a>) -> Self {
        Self {
            key,
            span,
            typed,
            well_known: None,
            presence: Presence::Always,
            flattened: false,
            description: Description {
                arg: None,
                attrs: &[],
            },
        }
    }
}

impl<'a> Description<'a> {
    fn new(arg: &'a StrArg, attrs: &'a [Attribute]) -> Self {
        Self {
            arg: Some(arg),
            attrs,
        }
    }

    /// The text of the description, if there is one.
    pub(super) fn text(self) -> Option<String> {
        attr::description(self.arg.unwrap_or(&None), self.attrs)
    }
}
