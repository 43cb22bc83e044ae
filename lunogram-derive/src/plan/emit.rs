//! Emits a type for collection by `lunogram plan`: a constant that panics with one JSON object.
//!
//! The compiler has to write the object because only it knows the schemas of the fields' types.

use super::record::{Content, Description, Member, Record};
use super::schema;
use lunogram_rules::json::quoted;
use proc_macro2::TokenStream;
use quote::quote;
use std::fmt::Write as _;

/// The constant for a type.
pub(super) fn item(record: &Record<'_>, runtime: &TokenStream) -> TokenStream {
    let mut emitter = Emitter {
        runtime,
        parts: Vec::new(),
        text: String::new(),
    };
    emitter.record(record);
    emitter.flush();
    let parts = emitter.parts;
    // The evaluation for a large type takes longer than the compiler's lint allows.
    quote! {
        #[allow(long_running_const_eval)]
        const _: () = {
            use #runtime::AnySchema as _;
            #runtime::emit_description(&[#(#parts),*])
        };
    }
}

/// The constant for the name in an `event_name!`.
pub(super) fn event_name(name: &str, runtime: &TokenStream) -> TokenStream {
    let text = format!("{{\"section\":\"events\",\"name\":{}}}", quoted(name));
    quote!(const _: () = #runtime::emit_description(&[#runtime::Part::Text(#text)]);)
}

/// Builds the list of parts. Text is gathered until an expression follows.
struct Emitter<'r> {
    runtime: &'r TokenStream,
    parts: Vec<TokenStream>,
    text: String,
}

impl Emitter<'_> {
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        let runtime = self.runtime;
        self.parts.push(quote!(#runtime::Part::Text(#text)));
    }

    fn record(&mut self, record: &Record<'_>) {
        let (section, name) = (record.section.key(), quoted(&record.name));
        let ident = quoted(&record.ident.to_string());
        self.text = format!("{{\"section\":\"{section}\",\"name\":{name},\"type\":{ident}");
        if let Some(subject) = record.subject {
            let _ = write!(self.text, ",\"subject\":\"{subject}\"");
        }
        self.description(record.description);
        match &record.content {
            Content::Members(members) => {
                self.members("properties", members, false);
                self.members("flattened", members, true);
            }
            Content::Names(names) => {
                let names = names.iter().map(|(name, _)| quoted(name));
                let names = names.collect::<Vec<_>>().join(",");
                let _ = write!(
                    self.text,
                    ",\"schema\":{{\"type\":\"string\",\"enum\":[{names}]}}"
                );
            }
            Content::Choice(keyword, variants) => {
                let _ = write!(self.text, ",\"schema\":{{\"{keyword}\":[");
                for (at, (parts, _)) in variants.iter().enumerate() {
                    self.text.push_str(if at == 0 { "" } else { "," });
                    self.flush();
                    self.parts.extend(schema::parts(parts, self.runtime));
                }
                self.text.push_str("]}");
            }
        }
        self.text.push('}');
    }

    fn description(&mut self, description: Description<'_>) {
        if let Some(description) = description.text() {
            self.text.push_str(",\"description\":");
            self.text.push_str(&quoted(&description));
        }
    }

    fn members(&mut self, key: &str, members: &[Member<'_>], flattened: bool) {
        let _ = write!(self.text, ",\"{key}\":[");
        let mut first = true;
        for member in members
            .iter()
            .filter(|member| member.flattened == flattened)
        {
            self.text.push_str(if first { "{" } else { ",{" });
            first = false;
            if !flattened {
                let _ = write!(self.text, "\"key\":{},", quoted(&member.key));
            }
            self.flush();
            self.parts.push(self.property(member));
            self.description(member.description);
            self.text.push('}');
        }
        self.text.push(']');
    }

    fn property(&self, member: &Member<'_>) -> TokenStream {
        let runtime = self.runtime;
        let schema = schema::in_plan(&member.typed, runtime);
        let presence = schema::presence(member.presence, runtime);
        quote!(#runtime::Part::Property(#schema, #presence))
    }
}
