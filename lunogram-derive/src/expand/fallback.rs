//! Impls that are generated next to reported errors, so that one mistake does not cause a list of
//! "trait not implemented" errors.

use crate::attr::Derive;
use crate::model::Model;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

pub(crate) fn impls(model: &Model<'_>) -> TokenStream {
    let runtime = &model.runtime;
    let subject = super::subject(model);
    let encode = quote!(fn encode(&self, _: &mut #runtime::Writer<'_>) {});
    match model.derive {
        Derive::Event => {
            let event = imp(
                model,
                "LunogramEvent",
                &quote! {
                    type Subject = #runtime::#subject;
                    const NAMES: #runtime::Names = &[];
                    fn event_name(&self) -> #runtime::Name { "" }
                    #encode
                },
            );
            // Both, so that no use of the event is a further error.
            let addressed = imp(model, "Addressed", &TokenStream::new());
            let unaddressed = imp(model, "Unaddressed", &TokenStream::new());
            quote!(#event #addressed #unaddressed)
        }
        Derive::UserTraits | Derive::OrganizationTraits => imp(
            model,
            "Traits",
            &quote!(type Subject = #runtime::#subject; #encode),
        ),
        Derive::Schedule => imp(
            model,
            "Schedule",
            &quote! {
                type Subject = #runtime::#subject;
                const NAME: #runtime::Name = "";
                #encode
            },
        ),
    }
}

/// An impl with the bounds that the type declares: nothing is written, so no field needs more.
fn imp(model: &Model<'_>, trait_name: &str, items: &TokenStream) -> TokenStream {
    let declared = model.generics.where_clause.to_token_stream();
    let target = (model.ident, model.generics);
    super::imp(&model.runtime, trait_name, target, &declared, items)
}
