//! The calls on the writer, with the literals between them joined.

use super::json;
use crate::model::{Field, Payload};
use crate::{attr::RoleKind, generics};
use lunogram_rules::source;
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

/// The name of the writer in generated code, which no name of the application's can meet.
pub(super) fn writer() -> Ident {
    Ident::new("w", Span::mixed_site())
}

/// Where the fields are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fields {
    /// In `self`.
    Own,
    /// In bindings of a `match`.
    Bound,
}

/// The body of an `encode`.
pub(super) struct Script {
    pub(super) writer: Ident,
    fields: Fields,
    calls: TokenStream,
    literal: String,
    /// Whether the next literal closes the identifiers.
    identifiers: bool,
}

impl Script {
    pub(super) fn new(fields: Fields) -> Self {
        Self {
            writer: writer(),
            fields,
            calls: TokenStream::new(),
            literal: String::new(),
            identifiers: false,
        }
    }

    /// Writes JSON that is known now.
    pub(super) fn literal(&mut self, json: &str) {
        self.literal.push_str(json);
    }

    /// Does what only a value can tell.
    pub(super) fn call(&mut self, call: impl ToTokens) {
        self.flush();
        call.to_tokens(&mut self.calls);
    }

    fn flush(&mut self) {
        if self.literal.is_empty() && !self.identifiers {
            return;
        }
        let literal = Literal::string(&std::mem::take(&mut self.literal));
        let writer = &self.writer;
        self.calls.extend(if std::mem::take(&mut self.identifiers) {
            quote!(#writer.end_identifiers(#literal);)
        } else {
            quote!(#writer.literal(#literal);)
        });
    }

    /// `{"identifier":[…]`
    pub(super) fn identifiers(&mut self, payload: &Payload<'_>) {
        self.literal("{\"identifier\":[");
        for field in payload.identifiers() {
            let source = field.source();
            let open = if source == source::DEFAULT {
                "{\"external_id\":".to_owned()
            } else {
                format!("{{\"source\":{},\"external_id\":", json(&source))
            };
            let value = self.peeled(field);
            self.call(self.method(field, "identifier", &quote!(#open, #value)));
        }
        self.identifiers = true;
    }

    /// A field with a place of its own, if there is one, by a method of the writer.
    pub(super) fn role(&mut self, payload: &Payload<'_>, role: RoleKind, method: &str) {
        if let Some(field) = payload.role(role) {
            let key = key(role.word());
            let value = self.peeled(field);
            self.call(self.method(field, method, &quote!(#key, #value)));
        }
    }

    /// A call on the writer, at the place of the field's type: that is what to change when it cannot be written.
    pub(super) fn method(
        &self,
        field: &Field<'_>,
        name: &str,
        arguments: &TokenStream,
    ) -> TokenStream {
        let (first, _) = ends(field.ty);
        let (writer, method) = (&self.writer, Ident::new(name, first));
        quote!(#writer.#method(#arguments);)
    }

    /// A reference to what a field holds, behind references of its own.
    pub(super) fn peeled(&self, field: &Field<'_>) -> TokenStream {
        let (references, _) = generics::peeled(field.ty);
        let (first, last) = ends(field.ty);
        let stars = (0..references).map(|_| quote_spanned!(first=> *));
        let place = self.place(field.ident, last);
        match self.fields {
            Fields::Own => quote_spanned!(first=> &#(#stars)* self.#place),
            Fields::Bound if references == 0 => place.into_token_stream(),
            Fields::Bound => quote_spanned!(first=> &*#(#stars)* #place),
        }
    }

    /// A reference to a field.
    pub(super) fn reference(&self, field: &Field<'_>) -> TokenStream {
        let (first, last) = ends(field.ty);
        let place = self.place(field.ident, last);
        match self.fields {
            Fields::Own => quote_spanned!(first=> &self.#place),
            Fields::Bound => place.into_token_stream(),
        }
    }

    fn place(&self, field: &Ident, span: Span) -> Ident {
        match self.fields {
            Fields::Own => {
                let mut field = field.clone();
                field.set_span(span);
                field
            }
            Fields::Bound => binding(field, span),
        }
    }

    pub(super) fn finish(mut self) -> TokenStream {
        self.flush();
        self.calls
    }
}

/// What a field of a variant is bound to.
pub(super) fn binding(field: &Ident, span: Span) -> Ident {
    let name = field.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    Ident::new(&format!("__{name}"), Span::mixed_site().located_at(span))
}

/// A key with the comma in front that the writer drops where it is the first.
pub(super) fn key(name: &str) -> String {
    format!(",{}:", json(name))
}

/// The first and the last token of a type, as places: what stands there is ours, and no lint of the application's
/// judges it.
fn ends(ty: &Type) -> (Span, Span) {
    let ours = |span| Span::call_site().located_at(span);
    if let Type::Path(path) = ty
        && let Some(segment) = path.path.segments.first()
        && path.path.segments.len() == 1
        && segment.arguments.is_none()
    {
        let span = ours(segment.ident.span());
        return (span, span);
    }
    let mut tokens = ty.to_token_stream().into_iter();
    let first = tokens
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    (ours(first), ours(last))
}
