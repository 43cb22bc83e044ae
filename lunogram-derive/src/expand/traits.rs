//! `UserTraits` and `OrganizationTraits`.

use super::keys::keys;
use super::script::{Fields, Script, key};
use super::{encode, imp, properties};
use crate::attr::{RoleKind, Text};
use crate::model::{Derive, Model, Payload};
use lunogram_rules::json::quoted;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

pub(super) fn impls(model: &Model<'_>) -> TokenStream {
    let runtime = &model.runtime;
    let keys = model.payloads().iter().map(keys);
    let body = model.payloads().iter().map(|traits| calls(model, traits));
    let encode = encode(model, quote!(#(#body)*));
    imp(
        model,
        model.derive.name(),
        &quote!(const KEYS: #runtime::Names = &[#(#keys),*]; #encode),
    )
}

fn calls(model: &Model<'_>, traits: &Payload<'_>) -> TokenStream {
    let mut script = Script::new(model, Fields::Own);
    script.identifiers(traits);
    if model.derive == Derive::OrganizationTraits {
        column(&mut script, model, traits, RoleKind::Name, &None);
    } else {
        let said = &model.attributes;
        column(&mut script, model, traits, RoleKind::Email, &None);
        column(&mut script, model, traits, RoleKind::Phone, &None);
        column(
            &mut script,
            model,
            traits,
            RoleKind::Timezone,
            &said.timezone,
        );
        column(&mut script, model, traits, RoleKind::Locale, &said.locale);
    }
    if traits.properties().next().is_some() {
        script.literal(",\"data\":{");
        properties::properties(&mut script, traits, None);
        script.literal("}");
    }
    script.literal("}");
    script.finish()
}

/// One of the columns that the server keeps beside the data: `fixed` for all, or a field's, or none.
fn column(
    script: &mut Script,
    model: &Model<'_>,
    traits: &Payload<'_>,
    kind: RoleKind,
    fixed: &Text,
) {
    let key = key(kind.word());
    if let Some(given) = fixed {
        script.literal(&key);
        script.literal(&quoted(&given.value.value()));
    }
    let Some(field) = traits.role(kind) else {
        return;
    };
    let runtime = &model.runtime;
    let value = script.peeled(field);
    let rule = Ident::new(kind.word(), Span::call_site());
    let given = field.attributes.role.as_ref();
    let default = given.and_then(|given| given.default.as_ref());
    let call = default.map_or_else(
        || script.method(field, "text", &key, quote!(#(#value)*, #runtime::#rule)),
        |default| {
            let default = format!("{key}{}", quoted(&default.value()));
            let more = quote!(#(#value)*, #runtime::#rule, #default);
            script.method(field, "text_or", &key, more)
        },
    );
    script.call(call);
}
