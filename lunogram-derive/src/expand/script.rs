//! The calls on the writer, with the literals between them joined.

use crate::model::{Field, Model, Payload};
use crate::{attr::RoleKind, generics};
use lunogram_rules::json::quoted;
use lunogram_rules::source;
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
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

/// Tokens in the making. They are kept as trees until all are there: each stream that is put into another one is a call to
/// the compiler, and there would be several for each field of each type.
pub(super) type Trees = Vec<TokenTree>;

/// The body of an `encode`.
pub(super) struct Script {
    writer: Ident,
    fields: Fields,
    /// Whether a plan counts on types being what they are called.
    pub(super) counted_on: bool,
    calls: Trees,
    literal: String,
    /// Whether the next literal closes the identifiers.
    identifiers: bool,
}

impl Script {
    pub(super) fn new(model: &Model<'_>, fields: Fields) -> Self {
        Self {
            writer: writer(),
            fields,
            counted_on: model.counted_on,
            calls: Trees::new(),
            literal: String::new(),
            identifiers: false,
        }
    }

    /// Writes JSON that is known now.
    pub(super) fn literal(&mut self, json: &str) {
        self.literal.push_str(json);
    }

    /// Does what only a value can tell.
    pub(super) fn call(&mut self, call: impl IntoIterator<Item = TokenTree>) {
        self.flush();
        self.calls.extend(call);
    }

    fn flush(&mut self) {
        if self.literal.is_empty() && !self.identifiers {
            return;
        }
        let mut literal = std::mem::take(&mut self.literal);
        let method = if std::mem::take(&mut self.identifiers) {
            // Of the last identifier and of their list.
            literal.insert_str(0, "}]");
            "end_identifiers"
        } else {
            "literal"
        };
        let literal = Literal::string(&literal);
        let call = self.invoke(method, Span::call_site(), vec![literal.into()]);
        self.calls.extend(call);
    }

    /// `{"identifier":[…]`
    pub(super) fn identifiers(&mut self, payload: &Payload<'_>) {
        // The literal in front of them goes with the first.
        let mut before = "{\"identifier\":[";
        let mut method = "first_identifier";
        for field in payload.identifiers() {
            let source = field.source();
            let source = if source == source::DEFAULT {
                String::new()
            } else {
                format!("\"source\":{},", quoted(&source))
            };
            let open = format!("{before}{{{source}\"external_id\":");
            let value = self.peeled(field);
            self.call(self.method(field, method, &open, value));
            before = "";
            method = "identifier";
        }
        self.identifiers = true;
    }

    /// A field with a place of its own, if there is one, by a method of the writer.
    pub(super) fn role(&mut self, payload: &Payload<'_>, role: RoleKind, method: &str) {
        if let Some(field) = payload.role(role) {
            let value = self.peeled(field);
            self.call(self.method(field, method, &key(role.word()), value));
        }
    }

    /// A call on the writer with a literal and more, at the place of the field's type: that is what to change when it
    /// cannot be written.
    pub(super) fn method(
        &self,
        field: &Field<'_>,
        name: &str,
        literal: &str,
        more: impl IntoIterator<Item = TokenTree>,
    ) -> Trees {
        let mut arguments: Trees = vec![Literal::string(literal).into(), punct(',')];
        arguments.extend(more);
        self.invoke(name, ends(field.ty).0, arguments)
    }

    /// A property that says what time it is.
    pub(super) fn moment(&mut self, name: &str) {
        let key = Literal::string(&key(name));
        let call = self.invoke("occurred_at", Span::call_site(), vec![key.into()]);
        self.call(call);
    }

    fn invoke(&self, name: &str, at: Span, arguments: Trees) -> Trees {
        let arguments = Group::new(Delimiter::Parenthesis, arguments.into_iter().collect());
        vec![
            self.writer.clone().into(),
            punct('.'),
            Ident::new(name, at).into(),
            arguments.into(),
            punct(';'),
        ]
    }

    /// A reference to what a field holds, behind references of its own.
    pub(super) fn peeled(&self, field: &Field<'_>) -> Trees {
        let (references, _) = generics::peeled(field.ty);
        let (first, last) = ends(field.ty);
        let place = self.place(field.ident, last);
        let at = |sign| {
            let mut sign = Punct::new(sign, Spacing::Alone);
            sign.set_span(first);
            TokenTree::from(sign)
        };
        let stars = std::iter::repeat_n('*', references).map(at);
        match self.fields {
            Fields::Own => std::iter::once(at('&'))
                .chain(stars)
                .chain([Ident::new("self", first).into(), at('.'), place.into()])
                .collect(),
            Fields::Bound if references == 0 => vec![place.into()],
            Fields::Bound => [at('&'), at('*')]
                .into_iter()
                .chain(stars)
                .chain([place.into()])
                .collect(),
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
        self.calls.into_iter().collect()
    }
}

fn punct(sign: char) -> TokenTree {
    Punct::new(sign, Spacing::Alone).into()
}

/// What a field of a variant is bound to.
pub(super) fn binding(field: &Ident, span: Span) -> Ident {
    let name = field.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    Ident::new(&format!("__{name}"), Span::mixed_site().located_at(span))
}

/// A key with the comma in front that the writer drops where it is the first.
pub(super) fn key(name: &str) -> String {
    format!(",{}:", quoted(name))
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
