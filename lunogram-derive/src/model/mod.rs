//! The input in the terms of the derives: names, subject, roles and properties.

mod added;
mod form;
mod newtype;
mod payload;
mod rename;
mod types;
mod value;
mod well_known;

pub(crate) use added::{Added, AddedKind};
pub(crate) use form::Form;
pub(crate) use newtype::Newtype;
pub(crate) use payload::{Field, Key, Meaning, Payload, Property};
pub(crate) use types::{Presence, Typed, concrete, constant, is_option, mentions, peel_references};
pub(crate) use value::{ObjectField, Representation, Tagging, Value, ValueVariant};
pub(crate) use well_known::WellKnownType;

use crate::attr::{self, Container, Derive, Placement, SerdeContainer, SerdeField, SerdeItem};
use crate::errors::Errors;
use crate::krate;
use proc_macro2::{Ident, TokenStream};
use rename::RenameRules;
use syn::{Attribute, Data, DeriveInput, Fields, Generics};

/// An item with one of the derives of payloads.
pub(crate) struct Model<'a> {
    pub(crate) derive: Derive,
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    /// The path of the runtime's hidden module.
    pub(crate) runtime: TokenStream,
    pub(crate) attributes: Container,
    /// Whether the fields may be unaligned, so that no reference to one can be made.
    pub(crate) is_packed: bool,
    /// The properties that the client adds to an event, in the order in which they are written.
    pub(crate) added: Vec<Added>,
    pub(crate) shape: Shape<'a>,
}

/// The payloads of an item.
pub(crate) enum Shape<'a> {
    Struct(Box<Payload<'a>>),
    /// Events, one per variant.
    Enum(Vec<Payload<'a>>),
    /// The item has no usable payload, which has been reported.
    Invalid,
}

impl Shape<'_> {
    fn write_as_serde(&mut self) {
        match self {
            Self::Struct(payload) => payload.write_as_serde(),
            Self::Enum(payloads) => payloads.iter_mut().for_each(Payload::write_as_serde),
            Self::Invalid => {}
        }
    }
}

impl<'a> Model<'a> {
    pub(crate) fn new(derive: Derive, input: &'a DeriveInput, errors: &Errors) -> Self {
        let placement = match input.data {
            Data::Enum(_) if derive == Derive::Event => Placement::Enum,
            _ => Placement::Struct(derive),
        };
        let attributes = Container::read(&input.attrs, placement, errors);
        let item = match placement {
            Placement::Enum => SerdeItem::Enum,
            _ => SerdeItem::Struct,
        };
        let serde = SerdeContainer::read(&input.attrs, item, Some(derive), errors);
        let crate_path = attributes.krate.as_ref().map(|arg| &arg.value);
        let runtime = krate::runtime(crate_path, errors);
        let mut model = Model {
            derive,
            ident: &input.ident,
            generics: &input.generics,
            runtime,
            is_packed: is_packed(&input.attrs),
            added: added::added(&attributes),
            attributes,
            shape: Shape::Invalid,
        };
        model.shape = model.shape_of(input, &serde, errors);
        if model.attributes.as_serde.is_some() {
            model.shape.write_as_serde();
        }
        model
    }

    fn shape_of(
        &self,
        input: &'a DeriveInput,
        serde: &SerdeContainer,
        errors: &Errors,
    ) -> Shape<'a> {
        let derive = self.derive.name();
        match &input.data {
            Data::Struct(data)
                if self.has_named_fields("struct", self.ident, &data.fields, errors) =>
            {
                let attributes = &self.attributes.common;
                let payload =
                    Payload::of_struct(self.derive, attributes, serde, (input, data), errors);
                Shape::Struct(Box::new(payload))
            }
            Data::Enum(data) if self.derive == Derive::Event => {
                if data.variants.is_empty() {
                    errors.at(
                        self.ident.span(),
                        format!(
                            "`{}` has no variants and therefore no events; add at least one variant",
                            self.ident
                        ),
                    );
                }
                let rules = RenameRules::of_enum(&self.attributes.common, serde, errors);
                let usable = data.variants.iter().filter(|variant| {
                    self.has_named_fields("variant", &variant.ident, &variant.fields, errors)
                });
                Shape::Enum(
                    usable
                        .map(|variant| Payload::of_variant(variant, rules, serde, errors))
                        .collect(),
                )
            }
            Data::Enum(data) => {
                errors.at(
                    data.enum_token.span,
                    format!(
                        "`{derive}` can only be derived for a struct; split the enum into structs"
                    ),
                );
                Shape::Invalid
            }
            Data::Union(data) => {
                errors.at(
                    data.union_token.span,
                    format!(
                        "`{derive}` cannot read the fields of a union safely; derive it for a struct"
                    ),
                );
                Shape::Invalid
            }
            Data::Struct(_) => Shape::Invalid,
        }
    }

    /// Whether the fields have names, which are the names of the properties. Reports it if not.
    fn has_named_fields(
        &self,
        kind: &str,
        ident: &Ident,
        fields: &Fields,
        errors: &Errors,
    ) -> bool {
        let Fields::Unnamed(unnamed) = fields else {
            return true;
        };
        if unnamed.unnamed.is_empty() {
            return true;
        }
        errors.at(
            unnamed.paren_token.span.join(),
            format!("`{ident}` is a tuple {kind}; properties take their names from fields, so name them: `{ident} {{ name: Type }}`"),
        );
        for field in &unnamed.unnamed {
            attr::Field::read(&field.attrs, Placement::Field(self.derive), errors);
            SerdeField::read(&field.attrs, Some(self.derive), errors);
        }
        false
    }

    /// The payloads: one for a struct, one per variant for an enum.
    pub(crate) fn payloads(&self) -> &[Payload<'a>] {
        match &self.shape {
            Shape::Struct(payload) => std::slice::from_ref(payload),
            Shape::Enum(payloads) => payloads,
            Shape::Invalid => &[],
        }
    }

    /// Whether the subject is an organization. Otherwise it is a user.
    pub(crate) fn is_of_organization(&self) -> bool {
        self.derive == Derive::OrganizationTraits || self.attributes.organization.is_some()
    }
}

/// Whether the type is `#[repr(packed)]`, alone or beside other arguments.
fn is_packed(attributes: &[Attribute]) -> bool {
    let mut packed = false;
    let representations = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("repr"));
    for attribute in representations {
        // The compiler reports a `repr` that does not parse.
        let _ = attribute.parse_nested_meta(|meta| {
            packed |= meta.path.is_ident("packed");
            if meta.input.peek(syn::token::Paren) {
                meta.input.parse::<proc_macro2::Group>()?;
            }
            Ok(())
        });
    }
    packed
}
