//! A payload: the fields of a struct or variant and their meanings.

use super::WellKnownType;
use super::form::Form;
use super::rename::RenameRules;
use super::types::is_double_option;
use crate::attr::{
    self, Derive, Placement, RoleKind, SerdeContainer, SerdeField, SerdeItem, Spanned,
};
use crate::errors::Errors;
use lunogram_rules::{name, source};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::ext::IdentExt as _;
use syn::{Attribute, DataStruct, DeriveInput, ExprPath, Fields, LitStr, Type, Variant};

/// The payload that a value of the type sends.
pub(crate) struct Payload<'a> {
    /// The name of the struct or variant.
    pub(crate) ident: &'a Ident,
    /// The attributes of the struct or variant in the source.
    pub(crate) attrs: &'a [Attribute],
    /// The parsed attributes of a variant. `None` for a struct.
    pub(crate) attributes: Option<attr::Variant>,
    pub(crate) name: Name,
    /// The name that an attribute of serde's sets for the struct or variant.
    pub(crate) serde_name: Option<SerdeName>,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A name that an attribute of serde's sets.
pub(crate) struct SerdeName {
    pub(crate) text: String,
    /// The argument that sets the name.
    pub(crate) arg: Ident,
}

/// The name of an event or schedule.
pub(crate) struct Name {
    pub(crate) text: String,
    /// The token that sets the name.
    pub(crate) span: Span,
    pub(crate) raw: bool,
    /// Whether no attribute of ours sets the name.
    pub(crate) is_default: bool,
    /// Whether the attribute that sets the name is invalid, so that `text` is a substitute.
    pub(crate) invalid: bool,
}

/// A field and the value sent for it.
pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    /// The name of the field in serde's derives. `None` if they skip or flatten it.
    pub(crate) serde_key: Option<String>,
    pub(crate) attrs: &'a [Attribute],
    pub(crate) attributes: attr::Field,
    /// The arguments of serde's that decide how the value is written, and whether it is.
    pub(crate) serde_writing: Vec<Ident>,
    pub(crate) meaning: Meaning,
}

pub(crate) enum Meaning {
    Skipped,
    /// Sent outside `data`.
    Role(RoleKind),
    Property(Property),
}

/// A field that is sent in `data`.
pub(crate) struct Property {
    pub(crate) key: Key,
    pub(crate) form: Form,
    /// Whether `None` is sent as `null`. Otherwise it is left out.
    pub(crate) null: bool,
    /// Whether `Some(None)` is a value, so that a function of the application may write `null`.
    pub(crate) is_double_option: bool,
    /// The function that decides whether to leave a value out.
    pub(crate) skip_if: Option<TokenStream>,
}

/// The name of a property.
pub(crate) struct Key {
    pub(crate) text: String,
    /// The token that sets the name.
    pub(crate) span: Span,
}

impl<'a> Payload<'a> {
    pub(super) fn of_struct(
        derive: Derive,
        attributes: &attr::Variant,
        serde: &SerdeContainer,
        (input, data): (&'a DeriveInput, &'a DataStruct),
        errors: &Errors,
    ) -> Self {
        let rules = RenameRules::of_fields(attributes, serde, errors);
        let (ident, fields) = (&input.ident, &data.fields);
        let mut payload = Self::new(ident, attributes, fields, rules, derive, errors);
        payload.attrs = &input.attrs;
        payload.serde_name = serde.rename.as_ref().map(SerdeName::renamed);
        payload
    }

    /// `container` are the rules that the enum sets for the fields of all variants, and
    /// `serde_container` are its attributes of serde's.
    pub(super) fn of_variant(
        variant: &'a Variant,
        container: RenameRules,
        serde_container: &SerdeContainer,
        errors: &Errors,
    ) -> Self {
        let derive = Derive::Event;
        let attributes = attr::Variant::read(&variant.attrs, Placement::Variant, errors);
        let serde = SerdeContainer::read(&variant.attrs, SerdeItem::Variant, Some(derive), errors);
        let rules = RenameRules::of_fields(&attributes, &serde, errors).or(container);
        let (ident, fields) = (&variant.ident, &variant.fields);
        let mut payload = Self::new(ident, &attributes, fields, rules, derive, errors);
        payload.attrs = &variant.attrs;
        payload.attributes = Some(attributes);
        payload.serde_name = match (&serde.rename, &serde_container.rename_all) {
            (Some(rename), _) => Some(SerdeName::renamed(rename)),
            (None, Some(all)) => Some(SerdeName {
                text: all.value.apply_to_variant(&ident.unraw().to_string()),
                arg: all.name.clone(),
            }),
            (None, None) => None,
        };
        payload
    }

    fn new(
        ident: &'a Ident,
        attributes: &attr::Variant,
        fields: &'a Fields,
        rules: RenameRules,
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
                let attributes = attr::Field::read(&field.attrs, Placement::Field(derive), errors);
                let serde = SerdeField::read(&field.attrs, Some(derive), errors);
                let serde_key = rules.serde_name(ident, &serde);
                let serde_writing = serde_writing(&serde);
                let meaning = meaning((ident, &field.ty), &attributes, serde, rules);
                Some(Field {
                    ident,
                    ty: &field.ty,
                    serde_key,
                    attrs: &field.attrs,
                    attributes,
                    serde_writing,
                    meaning,
                })
            })
            .collect();
        Self {
            ident,
            attrs: &[],
            attributes: None,
            name: Name::new(ident, attributes, errors),
            serde_name: None,
            fields,
        }
    }

    /// Writes by their `Serialize` the properties whose form no attribute sets.
    pub(super) fn write_as_serde(&mut self) {
        for field in &mut self.fields {
            if let Meaning::Property(property) = &mut field.meaning
                && matches!(property.form, Form::Plain)
            {
                property.form = Form::Serde;
            }
        }
    }

    /// The fields with a role, in the order of the fields.
    pub(crate) fn roles(&self) -> impl Iterator<Item = (&Field<'a>, RoleKind)> {
        self.fields.iter().filter_map(|field| match field.meaning {
            Meaning::Role(kind) => Some((field, kind)),
            _ => None,
        })
    }

    /// The first field with this role.
    pub(crate) fn role(&self, wanted: RoleKind) -> Option<&Field<'a>> {
        self.roles()
            .find(|(_, kind)| *kind == wanted)
            .map(|(field, _)| field)
    }

    /// The identifiers of the subject.
    pub(crate) fn identifiers(&self) -> impl Iterator<Item = &Field<'a>> {
        self.roles()
            .filter(|(_, kind)| *kind == RoleKind::ExternalId)
            .map(|(field, _)| field)
    }

    /// Whether it identifies its subject.
    pub(crate) fn is_addressed(&self) -> bool {
        self.identifiers().next().is_some()
    }

    /// The fields that are sent in `data`, in the order of the fields.
    pub(crate) fn properties(&self) -> impl Iterator<Item = (&Field<'a>, &Property)> {
        self.fields.iter().filter_map(|field| match &field.meaning {
            Meaning::Property(property) => Some((field, property)),
            _ => None,
        })
    }

    /// The names of the properties, without those of flattened values.
    pub(crate) fn keys(&self) -> impl Iterator<Item = (&Field<'a>, &Key)> {
        self.properties()
            .filter(|(_, property)| !matches!(property.form, Form::Flatten(_)))
            .map(|(field, property)| (field, &property.key))
    }
}

impl Field<'_> {
    /// The source of an identifier.
    pub(crate) fn source(&self) -> String {
        let arg = self.attributes.source.as_ref();
        arg.map_or_else(|| source::DEFAULT.to_owned(), |arg| arg.value.value())
    }
}

impl Property {
    /// The well-known type of the field, if the property is written as a plain value of this type.
    pub(crate) fn well_known_type(&self, field: &Field<'_>) -> Option<WellKnownType> {
        let is_plain = matches!(self.form, Form::Plain | Form::Serde) && !self.null;
        is_plain.then(|| WellKnownType::of(field.ty)).flatten()
    }
}

impl SerdeName {
    fn renamed(arg: &Spanned<LitStr>) -> Self {
        Self {
            text: arg.value.value(),
            arg: arg.name.clone(),
        }
    }
}

impl Name {
    fn new(ident: &Ident, attributes: &attr::Variant, errors: &Errors) -> Self {
        let name = attributes.name.as_ref().map(|arg| (arg, false));
        match name.or(attributes.raw_name.as_ref().map(|arg| (arg, true))) {
            Some((arg, raw)) => Self {
                text: arg.value.value(),
                span: arg.value.span(),
                raw,
                is_default: false,
                invalid: false,
            },
            None => Self {
                text: name::snake_case(&ident.unraw().to_string()),
                span: ident.span(),
                raw: false,
                is_default: true,
                invalid: errors.presumes("name") || errors.presumes("raw_name"),
            },
        }
    }
}

/// The arguments that have no effect on a field with a role, except for those that agree with ours:
/// an `Option` is left out anyway.
fn serde_writing(serde: &SerdeField) -> Vec<Ident> {
    let skip_if = serde.skip_if.as_ref();
    let skip_if = skip_if.filter(|arg| !is_none(&arg.value));
    let with = serde.with.as_ref().map(|arg| arg.name.clone());
    let skip_if = skip_if.map(|arg| arg.name.clone());
    with.into_iter().chain(skip_if).collect()
}

/// Whether this is the path of `Option::is_none`, as far as its last name shows.
fn is_none(function: &ExprPath) -> bool {
    let last = function.path.segments.last();
    last.is_some_and(|last| last.ident == "is_none")
}

/// The meaning of a field. Our attributes take precedence over serde's.
fn meaning(
    (ident, ty): (&Ident, &Type),
    attributes: &attr::Field,
    serde: SerdeField,
    rules: RenameRules,
) -> Meaning {
    if let Some(role) = &attributes.role {
        return Meaning::Role(role.kind);
    }
    let form = attributes.form.as_ref().map(|form| form.kind);
    let is_single_property =
        attributes.rename.is_some() || form.is_some() || attributes.null.is_some();
    let is_sent = is_single_property || attributes.flatten.is_some();
    if attributes.skip.is_some() || (serde.skip && !is_sent) {
        return Meaning::Skipped;
    }
    let with = serde.with.map(|arg| arg.value);
    let is_flattened = attributes.flatten.is_some() || (serde.flatten && !is_single_property);
    let form = if is_flattened {
        Form::Flatten(with)
    } else {
        Form::new(form, with)
    };
    let rename = attributes.rename.as_ref().map(|arg| &arg.value);
    let key = match rename.or(serde.rename.as_ref()) {
        Some(rename) => Key {
            text: rename.value(),
            span: rename.span(),
        },
        None => Key {
            text: rules.property_name(ident),
            span: ident.span(),
        },
    };
    let null = attributes.null.is_some();
    let is_double_option = is_double_option(ty);
    // For one `Option`, `null` and `Option::is_none` contradict each other.
    let skip_if = serde
        .skip_if
        .map(|arg| arg.value)
        .filter(|function| !null || is_double_option || !is_none(function))
        .map(|function| function.to_token_stream());
    // A function cannot leave a value out, and writes `null` for both levels.
    let needs_skip = is_double_option && !null && matches!(form, Form::With(_));
    let skip_if = skip_if.or_else(|| needs_skip.then(|| quote!(::core::option::Option::is_none)));
    Meaning::Property(Property {
        key,
        form,
        null,
        is_double_option,
        skip_if,
    })
}
