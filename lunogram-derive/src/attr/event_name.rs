//! The argument of `event_name!`.

use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, LitStr, Token};

const EXPECTED: &str = "expected an event name; write `event_name!(\"purchase_completed\")`, or `event_name!(raw_name = \"Product Purchased\")` for an existing name in another spelling";

/// `"name"` or `raw_name = "Name"`.
pub(crate) struct EventName {
    pub(crate) literal: LitStr,
    pub(crate) raw: bool,
}

impl Parse for EventName {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let expected = |error: Error| Error::new(error.span(), EXPECTED);
        let raw = input.peek(Ident);
        if raw {
            let name: Ident = input.parse()?;
            if name != "raw_name" {
                return Err(Error::new(name.span(), EXPECTED));
            }
            input.parse::<Token![=]>().map_err(expected)?;
        }
        let literal = input.parse().map_err(expected)?;
        if !input.is_empty() {
            return Err(Error::new(input.span(), EXPECTED));
        }
        Ok(Self { literal, raw })
    }
}
