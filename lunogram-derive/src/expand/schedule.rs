//! `Schedule`.

use super::body::{BodyBuilder, Fields};
use super::keys::keys;
use super::{Context, encode, imp_of_model, properties, subject};
use crate::attr::RoleKind;
use crate::model::Payload;
use lunogram_rules::json::quoted;
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn impls(context: &Context<'_>) -> TokenStream {
    let model = context.model;
    let runtime = &model.runtime;
    let name = model
        .payloads()
        .first()
        .map_or("", |schedule| &schedule.name.text);
    let subject = subject(model);
    let keys = model.payloads().iter().map(keys);
    let body = model
        .payloads()
        .iter()
        .map(|schedule| self::body(context, schedule));
    let encode = encode(model, quote!(#(#body)*));
    imp_of_model(
        model,
        "Schedule",
        &quote! {
            type Subject = #runtime::#subject;
            const NAME: #runtime::Name = #name;
            const KEYS: #runtime::Names = &[#(#keys),*];
            #encode
        },
    )
}

fn body(context: &Context<'_>, schedule: &Payload<'_>) -> TokenStream {
    let mut body = BodyBuilder::new(context, Fields::of_struct(context.model));
    body.identifiers(schedule);
    body.literal(",\"name\":");
    body.literal(&quoted(&schedule.name.text));
    body.role(schedule, RoleKind::ScheduledAt, "scheduled_at");
    body.role(schedule, RoleKind::StartAt, "moment");
    if let Some(arg) = &context.model.attributes.interval {
        body.literal(",\"interval\":");
        body.literal(&quoted(&arg.value.value()));
    }
    body.role(schedule, RoleKind::Interval, "interval");
    body.role(schedule, RoleKind::Id, "schedule_id");
    if schedule.properties().next().is_some() {
        body.literal(",\"data\":{");
        properties::properties(&mut body, schedule, &[]);
        body.literal("}");
    }
    body.literal("}");
    body.finish()
}
