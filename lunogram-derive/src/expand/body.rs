//! The body of a generated `encode`: calls on the writer, with adjacent JSON literals joined.

use super::Context;
use crate::attr::RoleKind;
use crate::keywords::LATER;
use crate::model::{Added, Field, Model, Payload, WellKnownType, peel_references};
use lunogram_rules::json::quoted;
use lunogram_rules::source;
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

/// The name of the writer in generated code. Its hygiene keeps it apart from the application's
/// names.
pub(super) fn writer() -> Ident {
    Ident::new("w", Span::mixed_site())
}

/// How the fields are accessed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fields {
    /// As fields of `self`.
    Own,
    /// As copies of fields of `self`, which may be unaligned.
    Copied,
    /// By bindings of a `match`.
    Bound,
}

/// Tokens of unfinished code. Appending one `TokenStream` to another is a call to the compiler, so
/// tokens are gathered as trees and converted once.
pub(super) type Trees = Vec<TokenTree>;

/// A list of identifiers that the next literal closes.
enum OpenIdentifiers {
    /// The call for the only identifier is written together with that literal.
    Only {
        span: Span,
        open: String,
        value: Trees,
    },
    Several,
}

/// Builds the body of an `encode`.
pub(super) struct BodyBuilder {
    writer: Ident,
    /// The path of the runtime's hidden module.
    runtime: TokenStream,
    fields: Fields,
    /// Whether types recognized by name have to be the standard types of these names.
    pub(super) plan_is_checked: bool,
    calls: Trees,
    /// JSON that follows the calls and is not yet part of one.
    literal: String,
    /// How the next literal has to close the list of identifiers, if it is open.
    identifiers: Option<OpenIdentifiers>,
}

impl BodyBuilder {
    pub(super) fn new(context: &Context<'_>, fields: Fields) -> Self {
        Self {
            writer: writer(),
            runtime: context.model.runtime.clone(),
            fields,
            plan_is_checked: context.plan_is_checked,
            calls: Trees::new(),
            literal: String::new(),
            identifiers: None,
        }
    }

    /// Appends constant JSON.
    pub(super) fn literal(&mut self, json: &str) {
        self.literal.push_str(json);
    }

    /// Appends code that writes a value.
    pub(super) fn call(&mut self, call: impl IntoIterator<Item = TokenTree>) {
        self.flush();
        self.calls.extend(call);
    }

    fn flush(&mut self) {
        let literal = std::mem::take(&mut self.literal);
        // The text after the last external id closes its object and the list.
        let after_identifiers = || format!("}}]{literal}");
        let call = match self.identifiers.take() {
            Some(OpenIdentifiers::Only { span, open, value }) => {
                let arguments = around(&open, &after_identifiers(), value);
                self.invoke("only_identifier", span, arguments)
            }
            Some(OpenIdentifiers::Several) => {
                let rest = Literal::string(&after_identifiers());
                self.invoke("end_identifiers", Span::call_site(), vec![rest.into()])
            }
            None if literal.is_empty() => return,
            None => {
                let literal = Literal::string(&literal);
                self.invoke("literal", Span::call_site(), vec![literal.into()])
            }
        };
        self.calls.extend(call);
    }

    /// Appends `{"identifier":[…]`.
    pub(super) fn identifiers(&mut self, payload: &Payload<'_>) {
        // The opening is part of the literal of the first identifier.
        let mut opening = "{\"identifier\":[";
        let mut method = "first_identifier";
        let is_only = payload.identifiers().nth(1).is_none();
        for field in payload.identifiers() {
            let source = field.source();
            let source = if source == source::DEFAULT {
                String::new()
            } else {
                format!("\"source\":{},", quoted(&source))
            };
            let open = format!("{opening}{{{source}\"external_id\":");
            let value = self.peeled(field);
            let span = ends(field.ty).0;
            if is_only {
                self.flush();
                self.identifiers = Some(OpenIdentifiers::Only { span, open, value });
                return;
            }
            self.call(self.invoke(method, span, around(&open, "", value)));
            opening = "";
            method = "identifier";
        }
        self.identifiers = Some(OpenIdentifiers::Several);
    }

    /// Appends the field with this role, if there is one, by a method of the writer.
    pub(super) fn role(&mut self, payload: &Payload<'_>, role: RoleKind, method: &str) {
        if let Some(field) = payload.role(role) {
            let value = self.peeled(field);
            self.call(self.method(field, method, &key(role.name()), value));
        }
    }

    /// A call on the writer with a literal and further arguments. Its span is the field's type, so
    /// the compiler points there if the type cannot be written.
    pub(super) fn method(
        &self,
        field: &Field<'_>,
        name: &str,
        literal: &str,
        further: impl IntoIterator<Item = TokenTree>,
    ) -> Trees {
        let mut arguments: Trees = vec![Literal::string(literal).into(), punct(',')];
        arguments.extend(further);
        self.invoke(name, ends(field.ty).0, arguments)
    }

    /// Appends a check of the field's type: a standard type that never serializes as wanted, as
    /// `text`, as a `scalar` or as `entries`, does not compile. Right types that are known by name
    /// need no check.
    pub(super) fn fits(&mut self, field: &Field<'_>, wanted: &str) {
        let known = WellKnownType::of(field.ty);
        let known = match known {
            Some(WellKnownType::Maybe(content)) => Some(*content),
            other => other,
        };
        if matches!(
            (wanted, known),
            ("text", Some(WellKnownType::Text))
                | (
                    "scalar",
                    Some(WellKnownType::Integer | WellKnownType::Number)
                )
        ) {
            return;
        }
        let (runtime, ty) = (&self.runtime, field.ty);
        let method = Ident::new(wanted, Span::call_site().located_at(ends(ty).0));
        self.calls.extend(quote!({
            #[allow(unused_imports)]
            use #runtime::MayFit as _;
            #runtime::Fits::<#ty>::NEW.#method();
        }));
    }

    /// A call that writes a property whose form the compiler finds by its type.
    pub(super) fn asked(&self, field: &Field<'_>, or_null: bool, key: &str) -> Trees {
        let (first, last) = ends(field.ty);
        let name = |name: &str| TokenTree::from(Ident::new(name, first));
        let in_parentheses = |arguments: Trees| {
            let arguments = arguments.into_iter().collect();
            TokenTree::from(Group::new(Delimiter::Parenthesis, arguments))
        };
        // Not the name of a method that a trait of the application has for every type.
        let method = if or_null {
            "__property_or_null"
        } else {
            "__property"
        };
        let key = Literal::string(key).into();
        let arguments = vec![self.writer.clone().into(), punct(','), key];
        let mut call: Trees = self.runtime.clone().into_iter().collect();
        call.extend([
            joint_colon(),
            punct(':'),
            name("own"),
            in_parentheses(self.peeled(field)),
            punct('.'),
            name(method),
            in_parentheses(arguments),
        ]);
        // The compiler reports a type that cannot be sent from the first to the last token.
        let end = call.len() - 1;
        for (at, token) in call.iter_mut().enumerate() {
            token.set_span(if at == end { last } else { first });
        }
        call.push(punct(';'));
        call
    }

    /// Appends a property that the client adds.
    pub(super) fn added(&mut self, added: &Added) {
        let key = Literal::string(&key(&added.key.text));
        let call = self.invoke(added.kind.name(), Span::call_site(), vec![key.into()]);
        self.call(call);
    }

    fn invoke(&self, name: &str, span: Span, arguments: Trees) -> Trees {
        let arguments = Group::new(Delimiter::Parenthesis, arguments.into_iter().collect());
        vec![
            self.writer.clone().into(),
            punct('.'),
            Ident::new(name, span).into(),
            arguments.into(),
            punct(';'),
        ]
    }

    /// A reference to the value of a field, with the references in the field's type removed.
    pub(super) fn peeled(&self, field: &Field<'_>) -> Trees {
        let (references, _) = peel_references(field.ty);
        let (first, last) = ends(field.ty);
        let access = self.access(field.ident, last);
        let at = |character| {
            let mut punct = Punct::new(character, Spacing::Alone);
            punct.set_span(first);
            TokenTree::from(punct)
        };
        let stars = std::iter::repeat_n('*', references).map(at);
        match self.fields {
            Fields::Own => std::iter::once(at('&'))
                .chain(stars)
                .chain([Ident::new("self", first).into(), at('.'), access.into()])
                .collect(),
            Fields::Copied => {
                let copy = [Ident::new("self", first).into(), at('.'), access.into()];
                let copy = Group::new(Delimiter::Brace, copy.into_iter().collect());
                std::iter::once(at('&'))
                    .chain(stars)
                    .chain([copy.into()])
                    .collect()
            }
            Fields::Bound if references == 0 => vec![access.into()],
            Fields::Bound => [at('&'), at('*')]
                .into_iter()
                .chain(stars)
                .chain([access.into()])
                .collect(),
        }
    }

    /// A reference to a field.
    pub(super) fn reference(&self, field: &Field<'_>) -> TokenStream {
        let (first, last) = ends(field.ty);
        let access = self.access(field.ident, last);
        match self.fields {
            Fields::Own => quote_spanned!(first=> &self.#access),
            Fields::Copied => quote_spanned!(first=> &{ self.#access }),
            Fields::Bound => access.into_token_stream(),
        }
    }

    /// The name of the field in `self`, or of its binding.
    fn access(&self, field: &Ident, span: Span) -> Ident {
        match self.fields {
            Fields::Own | Fields::Copied => relocated(field, span),
            Fields::Bound => binding(field, span),
        }
    }

    pub(super) fn finish(mut self) -> TokenStream {
        self.flush();
        self.calls.into_iter().collect()
    }
}

/// The arguments of a call that writes an external id: the JSON around it, and the value.
fn around(open: &str, rest: &str, value: Trees) -> Trees {
    let parts: [TokenTree; 3] = [
        Literal::string(open).into(),
        punct(','),
        Literal::string(rest).into(),
    ];
    let parts = Group::new(Delimiter::Bracket, parts.into_iter().collect());
    let mut arguments: Trees = vec![punct('&'), parts.into(), punct(',')];
    arguments.extend(value);
    arguments
}

fn joint_colon() -> TokenTree {
    Punct::new(':', Spacing::Joint).into()
}

fn punct(character: char) -> TokenTree {
    Punct::new(character, Spacing::Alone).into()
}

impl Fields {
    /// How the fields of a struct are accessed.
    pub(super) fn of_struct(model: &Model<'_>) -> Self {
        if model.is_packed {
            Self::Copied
        } else {
            Self::Own
        }
    }
}

/// The name of a field or variant at another place.
pub(super) fn relocated(name: &Ident, span: Span) -> Ident {
    if LATER.iter().any(|keyword| name == keyword) {
        return Ident::new_raw(&name.to_string(), span);
    }
    let mut name = name.clone();
    name.set_span(span);
    name
}

/// The binding of a variant's field.
pub(super) fn binding(field: &Ident, span: Span) -> Ident {
    let name = field.to_string();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    Ident::new(&format!("__{name}"), Span::mixed_site().located_at(span))
}

/// A key after a comma, which the writer omits before the first key.
pub(super) fn key(name: &str) -> String {
    format!(",{}:", quoted(name))
}

/// The locations of the first and the last token of a type, resolved at the call site: the
/// application's lints do not apply to tokens with these spans.
fn ends(ty: &Type) -> (Span, Span) {
    let located = |span| Span::call_site().located_at(span);
    if let Type::Path(path) = ty
        && let Some(segment) = path.path.segments.first()
        && path.path.segments.len() == 1
        && segment.arguments.is_none()
    {
        let span = located(segment.ident.span());
        return (span, span);
    }
    let mut tokens = ty.to_token_stream().into_iter();
    let first = tokens
        .next()
        .map_or_else(Span::call_site, |token| token.span());
    let last = tokens.last().map_or(first, |token| token.span());
    (located(first), located(last))
}
