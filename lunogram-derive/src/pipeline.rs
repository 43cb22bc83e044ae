//! The steps of every macro: parse the tokens, collect the attributes into a model, check it,
//! compare it with the tracking plan, and expand it, or fall back to empty impls after errors.

use crate::attr::{Derive, EventName};
use crate::check;
use crate::errors::{self, Errors};
use crate::expand::{self, Context};
use crate::keywords;
use crate::model::{Model, Newtype, Value};
use crate::plan::{self, Record};
use proc_macro2::TokenStream;
use quote::quote;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use syn::DeriveInput;

/// A derive macro.
#[derive(Clone, Copy)]
pub(crate) enum Macro {
    /// A derive of a type that is sent.
    Payload(Derive),
    /// `LunogramProperty`.
    Property,
    /// `ExternalId`.
    ExternalId,
}

/// Expands a derive macro.
pub(crate) fn derive(derive: Macro, input: TokenStream) -> TokenStream {
    let name = match derive {
        Macro::Payload(derive) => derive.name(),
        Macro::Property => "LunogramProperty",
        Macro::ExternalId => "ExternalId",
    };
    let expanded = catch(&format!("derive({name})"), || match item(input) {
        Ok(input) => match derive {
            Macro::Payload(derive) => expand(&input, |errors| {
                Item::Payload(Model::new(derive, &input, errors))
            }),
            Macro::Property => expand(&input, |errors| Item::Property(Value::new(&input, errors))),
            Macro::ExternalId => external_id(&input),
        },
        Err(error) => error.to_compile_error(),
    });
    expanded.unwrap_or_else(|error| error)
}

/// Parses an item, also one whose fields have names that a later edition reserves.
fn item(tokens: TokenStream) -> syn::Result<DeriveInput> {
    syn::parse2(tokens.clone()).or_else(|error| {
        let with_raw_names = keywords::with_raw_names(tokens);
        syn::parse2(with_raw_names).map_err(|_| error)
    })
}

/// Expands `event_name!`, which has no item to fall back to.
pub(crate) fn event_name(input: TokenStream) -> TokenStream {
    let expanded = catch("event_name!", || {
        let name: EventName = match syn::parse2(input) {
            Ok(name) => name,
            Err(error) => return without_name(&error.to_compile_error()),
        };
        let literal = &name.literal;
        let (plan_items, mistakes) = errors::collecting(|errors| {
            if check::event_name(&name, errors) {
                plan::event_name(literal, errors)
            } else {
                plan::once_per_crate()
            }
        });
        quote!({ #plan_items #mistakes #literal })
    });
    expanded.unwrap_or_else(|error| without_name(&error))
}

/// An expression of the type of a name, with an error in it.
fn without_name(error: &TokenStream) -> TokenStream {
    quote!({ #error "" })
}

/// Expands `ExternalId`, which the tracking plan does not know.
fn external_id(input: &DeriveInput) -> TokenStream {
    let (newtype, mistakes) = errors::collecting(|errors| {
        let newtype = Newtype::new(input, errors);
        check::external_id(&newtype, errors);
        newtype
    });
    let imp = expand::external_id(&newtype);
    let words = match &mistakes {
        None => expand::words(input, &newtype.runtime),
        Some(_) => TokenStream::new(),
    };
    quote!(#mistakes #imp #words)
}

fn expand<'a>(input: &DeriveInput, collect: impl FnOnce(&Errors) -> Item<'a>) -> TokenStream {
    let (item, mistakes) = errors::collecting(|errors| {
        let item = collect(errors);
        item.check(errors);
        item
    });
    let records = item.records();
    if let Some(mistakes) = mistakes {
        let impls = item.fall_back(&records);
        let once = plan::once_per_crate();
        return quote!(#mistakes #impls #once);
    }
    let (plan_items, plan_is_checked) = if item.is_unplanned() {
        (plan::once_per_crate(), false)
    } else {
        plan::items(&records, item.runtime())
    };
    let impls = item.expand(&records, plan_is_checked);
    let words = expand::words(input, item.runtime());
    quote!(#impls #words #plan_items)
}

/// The input of a derive macro after its attributes have been collected.
enum Item<'a> {
    Payload(Model<'a>),
    Property(Value<'a>),
}

impl Item<'_> {
    fn check(&self, errors: &Errors) {
        match self {
            Self::Payload(model) => check::payloads(model, errors),
            Self::Property(value) => check::property(value, errors),
        }
    }

    /// The entries of the item in the tracking plan.
    fn records(&self) -> Vec<Record<'_>> {
        match self {
            Self::Payload(model) => Record::of_model(model),
            Self::Property(value) => Record::of_value(value).into_iter().collect(),
        }
    }

    fn is_unplanned(&self) -> bool {
        match self {
            Self::Payload(model) => model.attributes.unplanned.is_some(),
            Self::Property(_) => false,
        }
    }

    fn runtime(&self) -> &TokenStream {
        match self {
            Self::Payload(model) => &model.runtime,
            Self::Property(value) => &value.runtime,
        }
    }

    fn expand(&self, records: &[Record<'_>], plan_is_checked: bool) -> TokenStream {
        match self {
            Self::Payload(model) => expand::impls(&Context {
                model,
                plan_is_checked,
            }),
            Self::Property(value) => expand::property(value, records.first()),
        }
    }

    fn fall_back(&self, records: &[Record<'_>]) -> TokenStream {
        match self {
            Self::Payload(model) => expand::fall_back(model),
            Self::Property(value) => expand::property(value, records.first()),
        }
    }
}

/// Runs a macro. If it panics, returns a compile error with the panic's message.
fn catch(
    macro_name: &str,
    expand: impl FnOnce() -> TokenStream,
) -> Result<TokenStream, TokenStream> {
    catch_unwind(AssertUnwindSafe(expand)).map_err(|payload| {
        let message = format!(
            "internal error in `{macro_name}`: {}; please report it at {}",
            panic_message(payload.as_ref()),
            env!("CARGO_PKG_REPOSITORY"),
        );
        quote!(::core::compile_error!(#message);)
    })
}

/// The message of a panic: `panic!` has a `&str` or `String` as its payload.
fn panic_message(payload: &(dyn Any + Send)) -> &str {
    let literal = payload.downcast_ref::<&str>().copied();
    let formatted = || payload.downcast_ref::<String>().map(String::as_str);
    literal
        .or_else(formatted)
        .unwrap_or("panic without a message")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::panic_any;

    fn error_of(expand: impl FnOnce() -> TokenStream) -> String {
        let error = catch("derive(Schedule)", expand).expect_err("a panic");
        error.to_string()
    }

    #[test]
    fn a_panic_becomes_a_compile_error_with_its_message() {
        let literal = error_of(|| panic!("no field"));
        let formatted = error_of(|| panic!("no field {}", 7));
        let other = error_of(|| panic_any(7));
        for (error, message) in [
            (literal, "no field;"),
            (formatted, "no field 7;"),
            (other, "panic without a message;"),
        ] {
            let expected = format!(
                "\"internal error in `derive(Schedule)`: {message} please report it at https://"
            );
            assert!(error.starts_with(":: core :: compile_error !"), "{error}");
            assert!(error.contains(&expected), "{error}");
        }
    }

    #[test]
    fn a_macro_that_does_not_panic_is_unchanged() {
        let expanded = catch("event_name!", || quote!(fine)).expect("no panic");
        assert_eq!(expanded.to_string(), "fine");
    }

    #[test]
    fn an_error_in_event_name_leaves_a_string_expression() {
        let panic = catch("event_name!", || panic!("no name")).expect_err("a panic");
        let inputs = ["", "5", "\"user.upgraded\"", "raw = \"x\""];
        let expanded = inputs.map(|input| event_name(input.parse().expect("tokens")));
        for tokens in expanded.into_iter().chain([without_name(&panic)]) {
            let code = tokens.to_string();
            let block: proc_macro2::Group = syn::parse2(tokens).expect(&code);
            let value = block.stream().into_iter().last().expect(&code);
            let value: syn::LitStr = syn::parse2(value.into()).expect(&code);
            assert!(
                ["", "user.upgraded"].contains(&value.value().as_str()),
                "{code}"
            );
            assert!(code.contains("compile_error"), "{code}");
        }
    }
}
