//! `ToExternalId` for a newtype.

use super::body::writer;
use super::bounds;
use crate::model::Newtype;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// The impl, which calls the one of the only field. After a mistake there is no such field, and the
/// impl only prevents further errors in code that uses the type.
pub(crate) fn imp(newtype: &Newtype<'_>) -> TokenStream {
    let runtime = &newtype.runtime;
    let writer = writer();
    let around = Ident::new("around", Span::mixed_site());
    let (text, write) = match newtype.id() {
        Some(id) => {
            let (member, ty) = (&id.member, id.ty);
            if newtype.is_packed {
                // A copy of the field, because it may be unaligned.
                (
                    quote!(#runtime::Cow::Owned(
                        <#ty as #runtime::ToExternalId>::to_external_id(&{ self.#member })
                            .into_owned()
                    )),
                    quote!(<#ty as #runtime::ToExternalId>::write_external_id(
                        &{ self.#member },
                        #around,
                        #writer
                    )),
                )
            } else {
                (
                    quote!(<#ty as #runtime::ToExternalId>::to_external_id(&self.#member)),
                    quote!(<#ty as #runtime::ToExternalId>::write_external_id(&self.#member, #around, #writer)),
                )
            }
        }
        None => (
            quote!(#runtime::Cow::Borrowed("")),
            quote!({
                let _ = (#around, #writer);
            }),
        ),
    };
    let items = quote! {
        fn to_external_id(&self) -> #runtime::Cow<'_, ::core::primitive::str> { #text }
        #[inline]
        fn write_external_id(
            &self,
            #around: #runtime::Around,
            #writer: &mut #runtime::Writer<'_>,
        ) {
            #write
        }
    };
    let bounds = bounds::of_newtype(newtype);
    let target = (newtype.ident, newtype.generics);
    super::imp(runtime, "ToExternalId", target, &bounds, &items)
}
