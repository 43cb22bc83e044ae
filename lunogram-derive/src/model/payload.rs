//! One payload: the fields of a struct or of a variant, each with its meaning.

use super::{Derive, Model};
use crate::attr::{self, Place, RoleKind, SerdeContainer, SerdeField};
use crate::case::Case;
use crate::errors::Errors;
use lunogram_rules::{name, source, suggest};
use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, DeriveInput, ExprPath, Fields, Type, Variant};

/// What one value of the type sends.
pub(crate) struct Payload<'a> {
    /// The struct or the variant.
    pub(crate) ident: &'a Ident,
    /// The attributes of the struct or the variant, as they stand there.
    pub(crate) attrs: &'a [Attribute],
    /// What is said of the variant, if it is one.
    pub(crate) attributes: Option<attr::Variant>,
    pub(crate) name: Name,
    pub(crate) fields: Vec<Field<'a>>,
}

/// The name of an event or a schedule, and the token that says it.
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Span,
    pub(crate) raw: bool,
    /// Whether an attribute tried to say it, and failed.
    pub(crate) botched: bool,
}

/// A field with what becomes of it.
pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    /// What serde's derives call it; nothing where they leave it out or flatten it.
    pub(crate) serde_key: Option<String>,
    pub(crate) attrs: &'a [Attribute],
    pub(crate) attributes: attr::Field,
    pub(crate) meaning: Meaning,
}

pub(crate) enum Meaning {
    Skipped,
    /// It has a place of its own in the payload.
    Role(RoleKind),
    Property(Property),
}

/// A field that is sent in `data`.
pub(crate) struct Property {
    pub(crate) key: Key,
    pub(crate) form: Form,
    /// Whether `None` is sent as `null`; otherwise it is left out.
    pub(crate) null: bool,
    /// The function that tells of a value whether to leave it out.
    pub(crate) unless: Option<ExprPath>,
}

/// What a property is called, and the token that says it.
pub(crate) struct Key {
    pub(crate) text: String,
    pub(crate) span: Span,
}

pub(crate) enum Form {
    Plain,
    String,
    Flatten,
    /// By a function of the application's.
    With(TokenStream),
}

impl<'a> Payload<'a> {
    pub(super) fn of_struct(
        model: &Model<'_>,
        input: &'a DeriveInput,
        fields: &'a Fields,
        errors: &Errors,
    ) -> Self {
        let said = &model.attributes.common;
        let spelling = Spelling {
            ours: case(said.rename_all.as_ref(), errors),
            serdes: SerdeContainer::read(&input.attrs).rename_all,
        };
        let mut payload = Self::new(&input.ident, said, fields, spelling, model.derive, errors);
        payload.attrs = &input.attrs;
        payload
    }

    /// `whole` is what the enum says of the fields of all variants.
    pub(super) fn of_variant(variant: &'a Variant, whole: Spelling, errors: &Errors) -> Self {
        let said = attr::Variant::read(&variant.attrs, Place::Variant, errors);
        let own = Spelling {
            ours: case(said.rename_all.as_ref(), errors),
            serdes: SerdeContainer::read(&variant.attrs).rename_all,
        };
        let fields = &variant.fields;
        let mut payload = Self::new(
            &variant.ident,
            &said,
            fields,
            own.or(whole),
            Derive::Event,
            errors,
        );
        payload.attrs = &variant.attrs;
        payload.attributes = Some(said);
        payload
    }

    fn new(
        ident: &'a Ident,
        said: &attr::Variant,
        fields: &'a Fields,
        spelling: Spelling,
        derive: Derive,
        errors: &Errors,
    ) -> Self {
        let named = match fields {
            Fields::Named(fields) => Some(fields.named.iter()),
            _ => None,
        };
        let fields = named
            .into_iter()
            .flatten()
            .filter_map(|field| {
                let ident = field.ident.as_ref()?;
                let attributes = attr::Field::read(&field.attrs, Place::Field(derive), errors);
                let serde = SerdeField::read(&field.attrs);
                let serde_key = spelling.serde_key(ident, &serde);
                let meaning = meaning(ident, &attributes, serde, spelling, errors);
                Some(Field {
                    ident,
                    ty: &field.ty,
                    serde_key,
                    attrs: &field.attrs,
                    attributes,
                    meaning,
                })
            })
            .collect();
        Self {
            ident,
            attrs: &[],
            attributes: None,
            name: Name::new(ident, said, errors),
            fields,
        }
    }

    /// The fields with a place of their own, in the order of the fields.
    pub(crate) fn roles(&self) -> impl Iterator<Item = (&Field<'a>, RoleKind)> {
        self.fields.iter().filter_map(|field| match field.meaning {
            Meaning::Role(kind) => Some((field, kind)),
            _ => None,
        })
    }

    /// The field with this place of its own.
    pub(crate) fn role(&self, wanted: RoleKind) -> Option<&Field<'a>> {
        self.roles()
            .find(|(_, kind)| *kind == wanted)
            .map(|(field, _)| field)
    }

    /// The identifiers.
    pub(crate) fn identifiers(&self) -> impl Iterator<Item = &Field<'a>> {
        self.roles()
            .filter(|(_, kind)| *kind == RoleKind::ExternalId)
            .map(|(field, _)| field)
    }

    /// Whether it says whom it is about.
    pub(crate) fn is_addressed(&self) -> bool {
        self.identifiers().next().is_some()
    }

    /// The fields that are sent in `data`, in their order.
    pub(crate) fn properties(&self) -> impl Iterator<Item = (&Field<'a>, &Property)> {
        self.fields.iter().filter_map(|field| match &field.meaning {
            Meaning::Property(property) => Some((field, property)),
            _ => None,
        })
    }

    /// The names of the properties, without those that flattened values bring.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&Field<'a>, &Key)> {
        self.properties()
            .filter(|(_, property)| !matches!(property.form, Form::Flatten))
            .map(|(field, property)| (field, &property.key))
    }
}

impl Field<'_> {
    /// The source of an identifier.
    pub(crate) fn source(&self) -> String {
        let given = self.attributes.source.as_ref();
        given.map_or_else(|| source::DEFAULT.to_owned(), |given| given.value.value())
    }
}

impl Name {
    fn new(ident: &Ident, said: &attr::Variant, errors: &Errors) -> Self {
        let given = said.name.as_ref().map(|given| (given, false));
        match given.or(said.raw_name.as_ref().map(|given| (given, true))) {
            Some((given, raw)) => Self {
                text: given.value.value(),
                span: given.value.span(),
                raw,
                botched: false,
            },
            None => Self {
                text: name::snake_case(&ident.unraw().to_string()),
                span: ident.span(),
                raw: false,
                botched: errors.presumes("name") || errors.presumes("raw_name"),
            },
        }
    }
}

/// How fields are spelt on the wire unless they say it themselves.
#[derive(Clone, Copy)]
pub(super) struct Spelling {
    ours: Option<Case>,
    serdes: Option<Case>,
}

impl Spelling {
    /// What an enum says of the fields of its variants. Serde's `rename_all` there is about the variants themselves,
    /// whose names here come from our attributes alone.
    pub(super) fn of_enum(model: &Model<'_>, input: &DeriveInput, errors: &Errors) -> Self {
        Self {
            ours: case(model.attributes.common.rename_all.as_ref(), errors),
            serdes: SerdeContainer::read(&input.attrs).rename_all_fields,
        }
    }

    /// What is said nearer to the field counts.
    fn or(self, whole: Self) -> Self {
        match (self.ours, self.serdes) {
            (None, None) => whole,
            _ => Self {
                ours: self.ours,
                serdes: self.serdes.or(whole.serdes),
            },
        }
    }

    fn serde_key(self, ident: &Ident, serde: &SerdeField) -> Option<String> {
        if serde.skip || serde.flatten {
            return None;
        }
        Some(match &serde.rename {
            Some(rename) => rename.value(),
            None => spell(ident, self.serdes),
        })
    }
}

fn spell(ident: &Ident, case: Option<Case>) -> String {
    let name = ident.unraw().to_string();
    match case {
        Some(case) => case.apply(&name),
        None => name,
    }
}

/// Our attributes first, then serde's.
fn meaning(
    ident: &Ident,
    said: &attr::Field,
    serde: SerdeField,
    spelling: Spelling,
    errors: &Errors,
) -> Meaning {
    if let Some(role) = &said.role {
        return Meaning::Role(role.kind);
    }
    let sent = said.rename.is_some()
        || said.flatten.is_some()
        || said.string.is_some()
        || said.null.is_some();
    if said.skip.is_some() || (serde.skip && !sent) {
        return Meaning::Skipped;
    }
    let as_property = said.rename.is_some() || said.string.is_some() || said.null.is_some();
    let form = if said.flatten.is_some() {
        Form::Flatten
    } else if serde.flatten && !as_property {
        if let Some(function) = &serde.with {
            errors.at(
                function.span(),
                "a function that writes a flattened field is not supported; flatten a type that serializes so by itself",
            );
        }
        Form::Flatten
    } else if said.string.is_some() {
        Form::String
    } else if let Some(function) = serde.with {
        Form::With(function)
    } else {
        Form::Plain
    };
    let rename = said.rename.as_ref().map(|given| &given.value);
    let key = match rename.or(serde.rename.as_ref()) {
        Some(rename) => Key {
            text: rename.value(),
            span: rename.span(),
        },
        None => Key {
            text: spell(ident, spelling.ours.or(spelling.serdes)),
            span: ident.span(),
        },
    };
    let null = said.null.is_some();
    Meaning::Property(Property {
        key,
        form,
        null,
        unless: serde.skip_if.filter(|_| !null),
    })
}

/// The case that a `rename_all` of ours asks for.
fn case(rename_all: Option<&attr::Given<syn::LitStr>>, errors: &Errors) -> Option<Case> {
    let given = rename_all?;
    let name = given.value.value();
    let case = Case::from_name(&name);
    if case.is_none() {
        let names = crate::case::CASES.map(|(name, _)| name);
        let advice = match suggest::nearest(&name, names) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("write one of `{}`", names.join("`, `")),
        };
        errors.at(
            given.value.span(),
            format!("unknown case `{name}`; {advice}"),
        );
    }
    case
}
