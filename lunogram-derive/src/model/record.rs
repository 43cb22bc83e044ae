//! What a type says of itself to the tracking plan.

use super::payload::{Field, Form, Payload, Property};
use super::{Derive, Model, Spelled};
use crate::attr::{self, Text};
use crate::generics::concrete;
use lunogram_rules::plan::{self, Section};
use proc_macro2::{Ident, Span, TokenStream};
use syn::{Attribute, Generics, Type};

/// One entry of the plan, as the type has it.
pub(crate) struct Record<'a> {
    pub(crate) section: Section,
    pub(crate) name: String,
    /// The token that says the name.
    pub(crate) at: Span,
    /// The struct, the variant or the enum.
    pub(crate) ident: &'a Ident,
    /// Whom it is about.
    pub(crate) subject: Option<&'static str>,
    pub(crate) description: Description<'a>,
    pub(crate) content: Content<'a>,
}

/// What is said of something for people.
#[derive(Clone, Copy)]
pub(crate) struct Description<'a> {
    given: Option<&'a Text>,
    attrs: &'a [Attribute],
}

pub(crate) enum Content<'a> {
    /// An object with these properties, in the order of the fields.
    Members(Vec<Member<'a>>),
    /// One of these strings.
    Names(Vec<(String, &'a Ident)>),
    /// One of several schemas, by the word that says so, each with its variant.
    Choice(&'static str, Vec<(Vec<Piece>, &'a Ident)>),
}

/// A property.
pub(crate) struct Member<'a> {
    pub(crate) key: String,
    /// The token that says the key.
    pub(crate) at: Span,
    pub(crate) typed: Typed<'a>,
    /// What its type is by its name, where the call that writes it sees to it that it is.
    pub(crate) spelled: Option<Spelled>,
    pub(crate) presence: Presence,
    pub(crate) flattened: bool,
    pub(crate) description: Description<'a>,
}

/// How the schema of a value is known.
#[derive(Clone)]
pub(crate) enum Typed<'a> {
    /// By the type, which is here as it can be named anywhere, and as it stands there.
    By(TokenStream, &'a Type),
    /// It is written as a string, and what type it has tells whether it may be `None`.
    AsString(TokenStream, &'a Type),
    /// Always this.
    Fixed(String),
    /// By a type that depends on the parameters of the type around it, which the plan does not know.
    Open(&'a Type),
    /// Not at all.
    Any,
}

/// When a property is there, by the names that the runtime has for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Presence {
    Unless,
    Always,
    Sometimes,
    SometimesNull,
}

/// A part of a schema.
pub(crate) enum Piece {
    Text(String),
    /// An expression of a schema.
    Schema(TokenStream),
}

impl Model<'_> {
    /// The entries of the plan that the type is, or of an enum its variants.
    pub(crate) fn records(&self) -> Vec<Record<'_>> {
        self.payloads()
            .iter()
            .map(|payload| self.record(payload))
            .collect()
    }

    fn record<'a>(&'a self, payload: &'a Payload<'a>) -> Record<'a> {
        let section = match self.derive {
            Derive::Event => Section::Events,
            Derive::Schedule => Section::Schedules,
            Derive::UserTraits => Section::Users,
            Derive::OrganizationTraits => Section::Organizations,
        };
        let (name, at, subject) = match self.derive {
            Derive::Event | Derive::Schedule => {
                let subject = if self.is_of_organization() {
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
        let said = payload
            .attributes
            .as_ref()
            .unwrap_or(&self.attributes.common);
        let mut members: Vec<Member<'a>> = payload
            .properties()
            .map(|(field, property)| {
                let (mut typed, mut presence) = match property.form {
                    Form::With(_) => (Typed::Any, Presence::Sometimes),
                    Form::String | Form::Plain | Form::Flatten => {
                        (by(field.ty, self.generics), Presence::Unless)
                    }
                };
                if matches!(typed, Typed::Any | Typed::Open(_)) || property.unless.is_some() {
                    presence = Presence::Sometimes;
                }
                if property.null {
                    presence = Presence::Always;
                }
                if let (Form::String, Typed::By(ty, spelt)) = (&property.form, &typed) {
                    typed = Typed::AsString(ty.clone(), spelt);
                }
                Member {
                    key: property.key.text.clone(),
                    at: property.key.span,
                    typed,
                    spelled: property.spelled(field),
                    presence,
                    flattened: matches!(property.form, Form::Flatten),
                    description: field.said(),
                }
            })
            .collect();
        members.extend(self.occurred_at().map(|moment| Member {
            key: moment.text,
            at: moment.span,
            typed: Typed::Fixed(plan::MOMENT.to_owned()),
            spelled: None,
            presence: Presence::Always,
            flattened: false,
            description: Description::NONE,
        }));
        Record {
            section,
            name,
            at,
            ident: payload.ident,
            subject,
            description: Description::new(&said.description, payload.attrs),
            content: Content::Members(members),
        }
    }
}

/// The schema of a type, where it does not depend on the parameters of the type around it.
pub(super) fn by<'a>(ty: &'a Type, generics: &Generics) -> Typed<'a> {
    match concrete(ty, generics) {
        Some(tokens) => Typed::By(tokens, ty),
        None => Typed::Open(ty),
    }
}

impl Property {
    /// What the type of its field is by its name, where a method of the runtime writes just that.
    pub(crate) fn spelled(&self, field: &Field<'_>) -> Option<Spelled> {
        let is_plain = matches!(self.form, Form::Plain) && !self.null;
        is_plain.then(|| Spelled::of(field.ty)).flatten()
    }
}

impl<'a> Field<'a> {
    fn said(&'a self) -> Description<'a> {
        Description::new(&self.attributes.description, self.attrs)
    }
}

impl<'a> Description<'a> {
    pub(super) const NONE: Self = Self {
        given: None,
        attrs: &[],
    };

    pub(super) fn new(given: &'a Text, attrs: &'a [Attribute]) -> Self {
        Self {
            given: Some(given),
            attrs,
        }
    }

    /// The words, if there are any.
    pub(crate) fn text(self) -> Option<String> {
        attr::description(self.given.unwrap_or(&None), self.attrs)
    }
}

impl Presence {
    /// The variant of the runtime's type.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Unless => "Unless",
            Self::Always => "Always",
            Self::Sometimes => "Sometimes",
            Self::SometimesNull => "SometimesNull",
        }
    }
}
