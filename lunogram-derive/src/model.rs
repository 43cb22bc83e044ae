//! The input as we understand it: what it is called, whom it is about, what goes where.

mod payload;
mod record;
mod spelled;
mod value;

pub(crate) use payload::{Field, Form, Key, Meaning, Payload, Property};
pub(crate) use record::{Content, Description, Member, Piece, Presence, Record, Typed};
pub(crate) use spelled::Spelled;
pub(crate) use value::{Alternative, Tagging, Value, Written, constant, members, tagged};

use crate::attr::{Container, Place};
use crate::errors::Errors;
use crate::krate;
use payload::Spelling;
use proc_macro2::{Ident, TokenStream};
use syn::{Data, DeriveInput, Fields, Generics};

/// Which of the four macros was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Derive {
    Event,
    UserTraits,
    OrganizationTraits,
    Schedule,
}

impl Derive {
    /// The name of the macro, and of the trait.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Event => "LunogramEvent",
            Self::UserTraits => "UserTraits",
            Self::OrganizationTraits => "OrganizationTraits",
            Self::Schedule => "Schedule",
        }
    }
}

/// A type that derives one of our traits.
pub(crate) struct Model<'a> {
    pub(crate) derive: Derive,
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    /// The path to what generated code names.
    pub(crate) runtime: TokenStream,
    pub(crate) attributes: Container,
    pub(crate) shape: Shape<'a>,
    /// Whether types that are known by their names have to be what they are called: a plan counts on it.
    pub(crate) counted_on: bool,
}

/// What can be sent of it.
pub(crate) enum Shape<'a> {
    Struct(Payload<'a>),
    /// Events, one a variant.
    Enum(Vec<Payload<'a>>),
    /// Nothing, as reported.
    Nothing,
}

impl<'a> Model<'a> {
    pub(crate) fn new(derive: Derive, input: &'a DeriveInput, errors: &Errors) -> Self {
        let place = match input.data {
            Data::Enum(_) if derive == Derive::Event => Place::Enum,
            _ => Place::Struct(derive),
        };
        let attributes = Container::read(&input.attrs, place, errors);
        let runtime = krate::runtime(attributes.krate.as_ref(), errors);
        let mut model = Model {
            derive,
            ident: &input.ident,
            generics: &input.generics,
            runtime,
            attributes,
            shape: Shape::Nothing,
            counted_on: false,
        };
        model.shape = model.shape_of(input, errors);
        model
    }

    fn shape_of(&self, input: &'a DeriveInput, errors: &Errors) -> Shape<'a> {
        let derive = self.derive.name();
        match &input.data {
            Data::Struct(data) if self.usable(self.ident, &data.fields, errors) => {
                Shape::Struct(Payload::of_struct(self, input, &data.fields, errors))
            }
            Data::Enum(data) if self.derive == Derive::Event => {
                if data.variants.is_empty() {
                    errors.at(
                        self.ident.span(),
                        format!(
                            "`{}` has no variants and so no event; give it at least one",
                            self.ident
                        ),
                    );
                }
                let spelling = Spelling::of_enum(self, input, errors);
                let variants = data.variants.iter();
                let usable =
                    variants.filter(|variant| self.usable(&variant.ident, &variant.fields, errors));
                Shape::Enum(
                    usable
                        .map(|variant| Payload::of_variant(variant, spelling, errors))
                        .collect(),
                )
            }
            Data::Enum(data) => {
                errors.at(
                    data.enum_token.span,
                    format!("`{derive}` is one set of fields; derive it on a struct, one for each variant"),
                );
                Shape::Nothing
            }
            Data::Union(data) => {
                errors.at(
                    data.union_token.span,
                    format!(
                        "`{derive}` cannot read the fields of a union safely; derive it on a struct"
                    ),
                );
                Shape::Nothing
            }
            Data::Struct(_) => Shape::Nothing,
        }
    }

    /// Whether the fields have names, which is what properties are called by.
    fn usable(&self, ident: &Ident, fields: &Fields, errors: &Errors) -> bool {
        let Fields::Unnamed(unnamed) = fields else {
            return true;
        };
        if unnamed.unnamed.is_empty() {
            return true;
        }
        errors.at(
            unnamed.paren_token.span.join(),
            format!("`{ident}` has fields without names, which is what properties are called by; write `{ident} {{ name: Type }}`"),
        );
        for field in &unnamed.unnamed {
            crate::attr::Field::read(&field.attrs, Place::Field(self.derive), errors);
        }
        false
    }

    /// The payloads: of a struct its own, of an enum one a variant.
    pub(crate) fn payloads(&self) -> &[Payload<'a>] {
        match &self.shape {
            Shape::Struct(payload) => std::slice::from_ref(payload),
            Shape::Enum(payloads) => payloads,
            Shape::Nothing => &[],
        }
    }

    /// The property that says when each event happened, if there is one.
    pub(crate) fn occurred_at(&self) -> Option<Key> {
        let given = self.attributes.occurred_at.as_ref()?;
        Some(match &given.value {
            Some(name) => Key {
                text: name.value(),
                span: name.span(),
            },
            None => Key {
                text: given.word.to_string(),
                span: given.word.span(),
            },
        })
    }

    /// Whether it is about an organization; otherwise it is about a user.
    pub(crate) fn is_of_organization(&self) -> bool {
        self.attributes.organization.is_some()
    }
}
