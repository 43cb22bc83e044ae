//! A type that derives `ExternalId`: one field, which is the id.

use crate::attr::{self, Container, Placement};
use crate::errors::Errors;
use crate::krate;
use proc_macro2::{Ident, Span, TokenStream};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Generics, Member, Type};

/// A type that derives `ExternalId`.
pub(crate) struct Newtype<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    /// Whether no reference to a field can be made.
    pub(crate) is_packed: bool,
    /// The path of the runtime's hidden module.
    pub(crate) runtime: TokenStream,
    /// The fields that are sent: one, in a valid type. `None` if the type is no struct, which has
    /// been reported.
    pub(crate) sent: Option<Vec<SentField<'a>>>,
}

/// A field that is neither skipped nor a `PhantomData`.
pub(crate) struct SentField<'a> {
    pub(crate) member: Member,
    pub(crate) ty: &'a Type,
    /// The name of the field, or its type if it has no name.
    pub(crate) span: Span,
}

impl<'a> Newtype<'a> {
    pub(crate) fn new(input: &'a DeriveInput, errors: &Errors) -> Self {
        let attributes = Container::read(&input.attrs, Placement::ExternalId, errors);
        let crate_path = attributes.krate.as_ref().map(|arg| &arg.value);
        let refused = match &input.data {
            Data::Struct(_) => None,
            Data::Enum(data) => Some((data.enum_token.span, "enum")),
            Data::Union(data) => Some((data.union_token.span, "union")),
        };
        if let Some((span, kind)) = refused {
            errors.at(
                span,
                format!("`ExternalId` can only be derived for a struct with one field; implement `lunogram::ToExternalId` for the {kind}"),
            );
        }
        let sent = match &input.data {
            Data::Struct(data) => Some(sent(&data.fields, errors)),
            Data::Enum(_) | Data::Union(_) => None,
        };
        Self {
            ident: &input.ident,
            generics: &input.generics,
            is_packed: super::is_packed(&input.attrs),
            runtime: krate::runtime(crate_path, errors),
            sent,
        }
    }

    /// The field that is the id, if the type is valid.
    pub(crate) fn id(&self) -> Option<&SentField<'a>> {
        match self.sent.as_deref() {
            Some([id]) => Some(id),
            _ => None,
        }
    }
}

fn sent<'a>(fields: &'a syn::Fields, errors: &Errors) -> Vec<SentField<'a>> {
    let fields = fields.iter().zip(fields.members());
    fields
        .filter_map(|(field, member)| {
            let attributes = attr::Field::read(&field.attrs, Placement::InExternalId, errors);
            if attributes.skip.is_some() || is_phantom(&field.ty) {
                return None;
            }
            let name = field.ident.as_ref().map(Ident::span);
            Some(SentField {
                member,
                ty: &field.ty,
                span: name.unwrap_or_else(|| field.ty.span()),
            })
        })
        .collect()
}

/// Whether the type is a `PhantomData`, which distinguishes the types of ids and holds no value.
fn is_phantom(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "PhantomData"),
        Type::Group(group) => is_phantom(&group.elem),
        Type::Paren(paren) => is_phantom(&paren.elem),
        _ => false,
    }
}
