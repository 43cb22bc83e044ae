//! Received events as values of the application's types.

use crate::encode::origins;
use crate::testing::store::{EventTarget, ReceivedEvent};
use lunogram_core::LunogramEvent;
use serde::Deserialize;
use serde::de::value::{MapDeserializer, StrDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, VariantAccess, Visitor,
};
use serde_json::{Error, Value};
use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

/// An event of type `E` that the server received. It dereferences to [`ReceivedEvent`], and
/// [`value`](Self::value) gives the event back as `E` if `E` can be deserialised.
///
/// ```
/// use lunogram::testing::Server;
/// use lunogram::{LunogramEvent, UpsertUserRequest};
/// use serde::Deserialize;
///
/// #[derive(Debug, PartialEq, Deserialize, LunogramEvent)]
/// struct PurchaseCompleted {
///     #[lunogram(external_id)]
///     user_id: u64,
///     #[lunogram(string)]
///     order_number: u64,
///     coupon: Option<String>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let server = Server::start()?;
/// let client = server.client();
/// client.upsert_user(&UpsertUserRequest::new(123)).await?;
/// let order_number = 9_007_199_254_740_993;
/// let purchase = PurchaseCompleted { user_id: 123, order_number, coupon: None };
/// client.send(&purchase).await?;
///
/// let received = server.events::<PurchaseCompleted>();
/// assert_eq!(received[0].data["order_number"], "9007199254740993");
/// assert_eq!(received[0].value()?, purchase);
/// # Ok(())
/// # }
/// ```
pub struct Received<E: ?Sized> {
    event: ReceivedEvent,
    of: PhantomData<fn() -> Box<E>>,
}

impl<E: LunogramEvent + ?Sized> Received<E> {
    pub(in crate::testing) fn new(event: ReceivedEvent) -> Self {
        Self {
            event,
            of: PhantomData,
        }
    }

    /// Deserialises the event: identifiers go back into their fields, and numbers that were sent as
    /// strings become numbers.
    ///
    /// ```
    /// use lunogram::LunogramEvent;
    /// use serde::Deserialize;
    ///
    /// #[derive(Debug, PartialEq, Deserialize, LunogramEvent)]
    /// struct SignedUp {
    ///     #[lunogram(external_id)]
    ///     user: String,
    ///     plan: Option<String>,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let server = lunogram::testing::Server::start()?;
    /// # let client = server.client();
    /// # client.upsert_user(&lunogram::UpsertUserRequest::new("user_123")).await?;
    /// client.send(&SignedUp { user: "user_123".to_owned(), plan: None }).await?;
    /// let received = server.events::<SignedUp>();
    /// assert_eq!(received[0].value()?, SignedUp { user: "user_123".to_owned(), plan: None });
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// When the event is not a valid `E`, for example because a field that is not an `Option` was
    /// not sent. An enum is read in serde's default representation, not with `tag` or `untagged`.
    pub fn value<'a>(&'a self) -> Result<E, Error>
    where
        E: Deserialize<'a>,
    {
        let variant = E::NAMES.iter().position(|name| *name == self.event.name);
        let variant = variant.unwrap_or_default();
        E::deserialize(Sent {
            event: &self.event,
            variant,
            keys: E::KEYS.get(variant).copied().unwrap_or_default(),
        })
    }
}

impl<E: ?Sized> Deref for Received<E> {
    type Target = ReceivedEvent;

    fn deref(&self) -> &ReceivedEvent {
        &self.event
    }
}

impl<E: ?Sized> Clone for Received<E> {
    fn clone(&self) -> Self {
        Self {
            event: self.event.clone(),
            of: PhantomData,
        }
    }
}

impl<E: ?Sized> fmt::Debug for Received<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.event.fmt(f)
    }
}

/// An event as the input of a derived `Deserialize`.
#[derive(Clone, Copy)]
struct Sent<'de> {
    event: &'de ReceivedEvent,
    /// The index of its name among the names of its type.
    variant: usize,
    keys: &'static str,
}

impl<'de> Sent<'de> {
    fn fields(self) -> impl Iterator<Item = (&'de str, Wire<'de>)> {
        let identifiers = match &self.event.target {
            EventTarget::Identifiers(identifiers) => identifiers.as_slice(),
            EventTarget::Match(_) => &[],
        };
        let identified = origins(self.keys).filter_map(|(field, origin)| {
            let source = origin.strip_prefix('@')?;
            let of_source = identifiers.iter().find(|id| id.source == source)?;
            Some((field, Wire::Text(&of_source.external_id)))
        });
        let properties = self.event.data.iter().map(move |(key, value)| {
            let renamed =
                origins(self.keys).find(|(_, origin)| origin.strip_prefix('=') == Some(key));
            let field = renamed.map_or(key.as_str(), |(field, _)| field);
            (field, Wire::of(value))
        });
        identified.chain(properties)
    }
}

impl<'de> Deserializer<'de> for Sent<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(MapDeserializer::new(self.fields()))
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let name = variants.get(self.variant).copied().unwrap_or_default();
        visitor.visit_enum(Variant { name, sent: self })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

struct Variant<'de> {
    name: &'static str,
    sent: Sent<'de>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = Sent<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Sent<'de>), Error> {
        let name: StrDeserializer<'_, Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.sent))
    }
}

impl<'de> VariantAccess<'de> for Sent<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_any(visitor)
    }
}

/// The value of a field. A string is parsed if the field is a number, because identifiers and
/// `#[lunogram(string)]` fields are sent as strings.
#[derive(Clone, Copy)]
enum Wire<'de> {
    Text(&'de str),
    Json(&'de Value),
}

impl<'de> Wire<'de> {
    fn of(value: &'de Value) -> Self {
        match value {
            Value::String(text) => Self::Text(text),
            value => Self::Json(value),
        }
    }
}

impl<'de> IntoDeserializer<'de, Error> for Wire<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

macro_rules! numbers {
    ($($method:ident: $type:ty => $visit:ident,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self {
                Self::Text(text) => match text.parse::<$type>() {
                    Ok(number) => visitor.$visit(number),
                    Err(_) => visitor.visit_borrowed_str(text),
                },
                Self::Json(value) => value.$method(visitor),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Wire<'de> {
    type Error = Error;

    numbers! {
        deserialize_i8: i8 => visit_i8,
        deserialize_i16: i16 => visit_i16,
        deserialize_i32: i32 => visit_i32,
        deserialize_i64: i64 => visit_i64,
        deserialize_i128: i128 => visit_i128,
        deserialize_u8: u8 => visit_u8,
        deserialize_u16: u16 => visit_u16,
        deserialize_u32: u32 => visit_u32,
        deserialize_u64: u64 => visit_u64,
        deserialize_u128: u128 => visit_u128,
        deserialize_f32: f32 => visit_f32,
        deserialize_f64: f64 => visit_f64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => visitor.visit_borrowed_str(text),
            Self::Json(value) => value.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Self::Json(Value::Null) => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Self::Text(text) => visitor.visit_enum(StrDeserializer::<Error>::new(text)),
            Self::Json(value) => value.deserialize_enum(name, variants, visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        bool char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
