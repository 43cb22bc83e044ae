//! Impls beside reported mistakes, so that one mistake does not become twenty "trait not implemented".

use crate::model::{Derive, Model};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

pub(super) fn impls(model: &Model<'_>) -> TokenStream {
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
            // Both: whatever is done with the event is not the mistake.
            let addressed = imp(model, "Addressed", &TokenStream::new());
            let unaddressed = imp(model, "Unaddressed", &TokenStream::new());
            quote!(#event #addressed #unaddressed)
        }
        Derive::UserTraits | Derive::OrganizationTraits => imp(model, model.derive.name(), &encode),
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

fn imp(model: &Model<'_>, name: &str, items: &TokenStream) -> TokenStream {
    let Model {
        runtime,
        ident,
        generics,
        ..
    } = model;
    let name = Ident::new(name, Span::call_site());
    let (parameters, arguments, bounds) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #parameters #runtime::#name for #ident #arguments #bounds { #items }
    }
}
