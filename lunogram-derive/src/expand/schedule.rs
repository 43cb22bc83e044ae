//! `Schedule`.

use super::keys::keys;
use super::script::{Fields, Script};
use super::{encode, imp, properties, subject};
use crate::attr::RoleKind;
use crate::model::{Model, Payload};
use lunogram_rules::json::quoted;
use proc_macro2::TokenStream;
use quote::quote;

pub(super) fn impls(model: &Model<'_>) -> TokenStream {
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
        .map(|schedule| calls(model, schedule));
    let encode = encode(model, quote!(#(#body)*));
    imp(
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

fn calls(model: &Model<'_>, schedule: &Payload<'_>) -> TokenStream {
    let mut script = Script::new(model, Fields::Own);
    script.identifiers(schedule);
    script.literal(",\"name\":");
    script.literal(&quoted(&schedule.name.text));
    script.role(schedule, RoleKind::ScheduledAt, "scheduled_at");
    script.role(schedule, RoleKind::StartAt, "moment");
    if let Some(given) = &model.attributes.interval {
        script.literal(",\"interval\":");
        script.literal(&quoted(&given.value.value()));
    }
    script.role(schedule, RoleKind::Interval, "interval");
    script.role(schedule, RoleKind::Id, "schedule_id");
    if schedule.properties().next().is_some() {
        script.literal(",\"data\":{");
        properties::properties(&mut script, schedule, None);
        script.literal("}");
    }
    script.literal("}");
    script.finish()
}
