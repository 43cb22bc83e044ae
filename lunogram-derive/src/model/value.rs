//! A type that derives `LunogramProperty`: the JSON that serde's derive writes for it.

use super::types::{Presence, Typed};
use crate::attr::{
    self, Container, Placement, SerdeContainer, SerdeField, SerdeItem, Spanned, StrArg,
};
use crate::case::Case;
use crate::errors::Errors;
use crate::krate;
use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DeriveInput, Fields, GenericParam, Generics, LitStr, Type};

/// A type that derives `LunogramProperty`.
pub(crate) struct Value<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    /// The path of the runtime's hidden module.
    pub(crate) runtime: TokenStream,
    pub(crate) attributes: Container,
    /// The attributes of the type in the source.
    pub(crate) attrs: &'a [Attribute],
    pub(crate) representation: Representation<'a>,
}

/// The JSON of a value.
pub(crate) enum Representation<'a> {
    /// Not known from the attributes.
    Unknown,
    Object(Vec<ObjectField<'a>>),
    /// A list of values; `null` for an empty one.
    Tuple(Vec<Typed<'a>>),
    /// The JSON of the only field.
    Newtype(Typed<'a>),
    Enum(Tagging, Vec<ValueVariant<'a>>),
}

/// A field of an object.
pub(crate) struct ObjectField<'a> {
    pub(crate) key: String,
    /// The token that sets the key.
    pub(crate) span: Span,
    pub(crate) typed: Typed<'a>,
    pub(crate) presence: Presence,
    pub(crate) flattened: bool,
    pub(crate) description: StrArg,
    /// The attributes of the field in the source.
    pub(crate) attrs: &'a [Attribute],
}

/// Serde's representation of an enum.
pub(crate) enum Tagging {
    External,
    /// With the key of the tag.
    Internal(String),
    /// With the keys of the tag and of the content.
    Adjacent(String, String),
    Untagged,
}

/// A variant of an enum.
pub(crate) struct ValueVariant<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) name: String,
    pub(crate) representation: Representation<'a>,
}

impl<'a> Value<'a> {
    pub(crate) fn new(input: &'a DeriveInput, errors: &Errors) -> Self {
        let attributes = Container::read(&input.attrs, Placement::Property, errors);
        let crate_path = attributes.krate.as_ref().map(|arg| &arg.value);
        let runtime = krate::runtime(crate_path, errors);
        let item = match input.data {
            Data::Enum(_) => SerdeItem::Enum,
            _ => SerdeItem::Struct,
        };
        let serde = SerdeContainer::read(&input.attrs, item, None, errors);
        let generics = &input.generics;
        let representation = match &input.data {
            _ if serde.opaque => Representation::Unknown,
            Data::Struct(data) => {
                let mut representation = of_fields(&data.fields, serde.case(), generics, errors);
                if serde.transparent {
                    representation = transparent(representation);
                }
                if let (Some(tag), Representation::Object(fields)) =
                    (&serde.tag, &mut representation)
                {
                    let name = wire_name(&input.ident, serde.rename.as_ref(), None);
                    fields.insert(0, ObjectField::tag(tag, &name));
                }
                representation
            }
            Data::Enum(data) => of_enum(data, serde, generics, errors),
            Data::Union(data) => {
                errors.at(
                    data.union_token.span,
                    "`LunogramProperty` cannot read the fields of a union safely; derive it for a struct or an enum",
                );
                Representation::Unknown
            }
        };
        Self {
            ident: &input.ident,
            generics,
            runtime,
            attributes,
            attrs: &input.attrs,
            representation,
        }
    }

    /// The name of the type in the plan, and the token that sets it.
    pub(crate) fn name(&self) -> (String, Span) {
        match &self.attributes.common.name {
            Some(arg) => (arg.value.value(), arg.value.span()),
            None => (self.ident.unraw().to_string(), self.ident.span()),
        }
    }

    /// Whether its schema can depend on generic parameters.
    pub(crate) fn is_generic(&self) -> bool {
        let mut parameters = self.generics.params.iter();
        parameters.any(|parameter| !matches!(parameter, GenericParam::Lifetime(_)))
    }

    /// The types of fields that depend on generic parameters. The impl requires a schema for each.
    pub(crate) fn generic_types(&self) -> Vec<&'a Type> {
        let mut generic = Vec::new();
        let mut note = |typed: &Typed<'a>| {
            if let Typed::Generic(ty) = typed {
                generic.push(*ty);
            }
        };
        if self.generics.type_params().next().is_none() {
            return generic;
        }
        match &self.representation {
            Representation::Newtype(typed) => note(typed),
            Representation::Tuple(values) => values.iter().for_each(note),
            Representation::Object(fields) => fields.iter().for_each(|field| note(&field.typed)),
            Representation::Unknown | Representation::Enum(..) => {}
        }
        generic
    }
}

impl Representation<'_> {
    /// Whether this represents a unit struct or unit variant.
    pub(crate) fn is_unit(&self) -> bool {
        matches!(self, Self::Tuple(values) if values.is_empty())
    }
}

impl ObjectField<'_> {
    /// The tag that serde adds to a struct with `tag = "…"`.
    fn tag(tag: &LitStr, name: &str) -> Self {
        Self {
            key: tag.value(),
            span: tag.span(),
            typed: Typed::constant(name),
            presence: Presence::Always,
            flattened: false,
            description: None,
            attrs: &[],
        }
    }
}

fn of_enum<'a>(
    data: &'a syn::DataEnum,
    serde: SerdeContainer,
    generics: &Generics,
    errors: &Errors,
) -> Representation<'a> {
    let variants = data.variants.iter().filter_map(|variant| {
        attr::Variant::read(&variant.attrs, Placement::InProperty, errors);
        let attributes = SerdeContainer::read(&variant.attrs, SerdeItem::Variant, None, errors);
        if attributes.skip {
            return None;
        }
        let case = attributes.case().or(serde.rename_all_fields);
        let representation = if attributes.opaque || attributes.untagged {
            Representation::Unknown
        } else {
            of_fields(&variant.fields, case, generics, errors)
        };
        Some(ValueVariant {
            ident: &variant.ident,
            name: wire_name(&variant.ident, attributes.rename.as_ref(), serde.case()),
            representation,
        })
    });
    let variants = variants.collect();
    let tagging = match (serde.tag, serde.content) {
        _ if serde.untagged => Tagging::Untagged,
        (Some(tag), Some(content)) => Tagging::Adjacent(tag.value(), content.value()),
        (Some(tag), None) => Tagging::Internal(tag.value()),
        (None, _) => Tagging::External,
    };
    Representation::Enum(tagging, variants)
}

fn of_fields<'a>(
    fields: &'a Fields,
    case: Option<Case>,
    generics: &Generics,
    errors: &Errors,
) -> Representation<'a> {
    let read = |attrs: &[Attribute]| {
        let attributes = attr::Variant::read(attrs, Placement::InProperty, errors);
        (
            attributes.description,
            SerdeField::read(attrs, None, errors),
        )
    };
    match fields {
        Fields::Named(fields) => {
            let fields = fields.named.iter().filter_map(|field| {
                let ident = field.ident.as_ref()?;
                let (description, serde) = read(&field.attrs);
                if serde.skip {
                    return None;
                }
                let typed = match &serde.with {
                    Some(_) => Typed::Any,
                    None => Typed::of(&field.ty, generics),
                };
                let key = serde.rename.as_ref().map_or_else(
                    || {
                        let name = ident.unraw().to_string();
                        case.map_or(name.clone(), |case| case.apply(&name))
                    },
                    LitStr::value,
                );
                Some(ObjectField {
                    key,
                    span: serde.rename.as_ref().map_or(ident.span(), LitStr::span),
                    typed,
                    presence: presence(&serde),
                    flattened: serde.flatten,
                    description,
                    attrs: &field.attrs,
                })
            });
            Representation::Object(fields.collect())
        }
        Fields::Unnamed(fields) => {
            let values = fields.unnamed.iter().filter_map(|field| {
                let (_, serde) = read(&field.attrs);
                match serde.with {
                    _ if serde.skip => None,
                    Some(_) => Some(Typed::Any),
                    None => Some(Typed::of(&field.ty, generics)),
                }
            });
            let mut values: Vec<Typed<'a>> = values.collect();
            if fields.unnamed.len() == 1 && values.len() == 1 {
                return values
                    .pop()
                    .map_or(Representation::Unknown, Representation::Newtype);
            }
            Representation::Tuple(values)
        }
        Fields::Unit => Representation::Tuple(Vec::new()),
    }
}

fn presence(serde: &SerdeField) -> Presence {
    match &serde.skip_if {
        Some(function) => {
            let last = function.value.path.segments.last();
            if last.is_some_and(|last| last.ident == "is_none") {
                Presence::Sometimes
            } else {
                Presence::SometimesNull
            }
        }
        None => Presence::Always,
    }
}

/// The JSON of a struct with serde's attribute `transparent`.
fn transparent(representation: Representation<'_>) -> Representation<'_> {
    match representation {
        Representation::Object(mut fields) if fields.len() == 1 => {
            fields.pop().map_or(Representation::Unknown, |field| {
                Representation::Newtype(field.typed)
            })
        }
        Representation::Tuple(mut values) if values.len() == 1 => values
            .pop()
            .map_or(Representation::Unknown, Representation::Newtype),
        Representation::Newtype(typed) => Representation::Newtype(typed),
        _ => Representation::Unknown,
    }
}

fn wire_name(ident: &Ident, rename: Option<&Spanned<LitStr>>, case: Option<Case>) -> String {
    let name = || ident.unraw().to_string();
    match (rename, case) {
        (Some(rename), _) => rename.value.value(),
        (None, Some(case)) => case.apply_to_variant(&name()),
        (None, None) => name(),
    }
}
