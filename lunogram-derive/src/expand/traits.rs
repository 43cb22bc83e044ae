//! `UserTraits` and `OrganizationTraits`.

use super::body::{BodyBuilder, Fields, key};
use super::keys::keys;
use super::{Context, encode, imp_of_model, properties, subject};
use crate::attr::{Container, Derive, RoleKind, StrArg};
use crate::model::{Model, Payload};
use lunogram_rules::json::quoted;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

pub(super) fn impls(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let runtime = &model.runtime;
    let keys = model.payloads().iter().map(keys);
    let body = model
        .payloads()
        .iter()
        .map(|traits| self::body(context, traits));
    let encode = encode(model, quote!(#(#body)*));
    let subject = subject(model);
    imp_of_model(
        model,
        "Traits",
        &quote! {
            type Subject = #runtime::#subject;
            const KEYS: #runtime::Names = &[#(#keys),*];
            #encode
        },
    )
}

fn body(context: &Context<'_>, traits: &Payload<'_>) -> TokenStream {
    let model = context.model;
    let mut body = BodyBuilder::new(context, Fields::of_struct(model));
    body.identifiers(traits);
    let Container {
        timezone, locale, ..
    } = &model.attributes;
    let columns: &[(RoleKind, &StrArg)] = match model.derive {
        Derive::OrganizationTraits => &[(RoleKind::Name, &None)],
        _ => &[
            (RoleKind::Email, &None),
            (RoleKind::Phone, &None),
            (RoleKind::Timezone, timezone),
            (RoleKind::Locale, locale),
        ],
    };
    for (kind, constant) in columns {
        column(&mut body, model, traits, *kind, constant);
    }
    if traits.properties().next().is_some() {
        body.literal(",\"data\":{");
        properties::properties(&mut body, traits, &[]);
        body.literal("}");
    }
    body.literal("}");
    body.finish()
}

/// Writes a column, which the server stores outside `data`: the `constant` of the type, or the
/// value of the field with this role, or nothing.
fn column(
    body: &mut BodyBuilder,
    model: &Model<'_>,
    traits: &Payload<'_>,
    kind: RoleKind,
    constant: &StrArg,
) {
    let key = key(kind.name());
    if let Some(arg) = constant {
        body.literal(&key);
        body.literal(&quoted(&arg.value.value()));
    }
    let Some(field) = traits.role(kind) else {
        return;
    };
    body.fits(field, "text");
    let runtime = &model.runtime;
    let value = body.peeled(field);
    let rule = Ident::new(kind.name(), Span::call_site());
    let attribute = field.attributes.role.as_ref();
    let default = attribute.and_then(|role| role.default.as_ref());
    let call = default.map_or_else(
        || body.method(field, "text", &key, quote!(#(#value)*, #runtime::#rule)),
        |default| {
            let default = format!("{key}{}", quoted(&default.value()));
            let further = quote!(#(#value)*, #runtime::#rule, #default);
            body.method(field, "text_or", &key, further)
        },
    );
    body.call(call);
}
