//! The JSON schemas of properties, for the tracking plan.

mod foreign;
mod impls;
mod planned;
mod sink;
mod text;
mod well_known;

pub use planned::{
    planned_always, planned_parts, planned_schema, planned_sometimes, planned_sometimes_null,
    planned_unless,
};
pub use text::{Part, emit_description};
pub use well_known::{Is, kind};

use std::marker::PhantomData;

/// A type whose values have a schema in the tracking plan.
///
/// It is implemented for standard types, for those of `chrono`, `uuid` and `serde_json`, and for
/// containers of such types. For an application's own structs and enums there is
/// `#[derive(LunogramProperty)]`. Types without it can be sent, too: the plan then allows any
/// value.
///
/// Implement it by hand for types that implement `Serialize` by hand. The schema has to agree with
/// that implementation:
///
/// ```
/// use lunogram::{LunogramProperty, Schema};
/// use serde::{Serialize, Serializer};
///
/// struct Amount {
///     cents: i64,
/// }
///
/// impl Serialize for Amount {
///     fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
///         serializer.collect_str(&format_args!("{}.{:02}", self.cents / 100, self.cents % 100))
///     }
/// }
///
/// impl LunogramProperty for Amount {
///     const SCHEMA: Schema = Schema::STRING;
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no schema for the tracking plan",
    label = "a type without a schema",
    note = "derive `LunogramProperty` for it, or run `lunogram plan write` to allow any value in the plan"
)]
pub trait LunogramProperty {
    /// The schema of what the type's `Serialize` writes.
    const SCHEMA: Schema;

    /// The schema of a field of this type in a derived type. It differs if the type has a form as a
    /// property which is not serde's.
    #[doc(hidden)]
    const PROPERTY: Schema = Self::SCHEMA;
}

/// A JSON Schema (2020-12), limited to what Rust types need.
///
/// ```
/// use lunogram::{LunogramProperty, Schema};
///
/// /// Written as a day, such as `2026-11-30`.
/// struct Day(String);
///
/// impl LunogramProperty for Day {
///     const SCHEMA: Schema = Schema::format("date");
/// }
///
/// /// Written as an array of an amount and a currency, or as `null`.
/// struct Price(Option<(f64, String)>);
///
/// impl LunogramProperty for Price {
///     const SCHEMA: Schema = Schema::nullable(&Schema::tuple(&[Schema::NUMBER, Schema::STRING]));
/// }
///
/// /// Written as an object of lists.
/// struct Index(std::collections::BTreeMap<String, Vec<u32>>);
///
/// impl LunogramProperty for Index {
///     const SCHEMA: Schema = Schema::map(&Schema::list(&Schema::INTEGER));
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Schema(Shape);

#[derive(Clone, Copy, Debug)]
enum Shape {
    Any,
    /// A schema as JSON text.
    Fixed(&'static str),
    /// A JSON type, with an optional format.
    Plain(&'static str, Option<&'static str>),
    List(&'static Schema),
    Tuple(&'static [Schema]),
    Map(&'static Schema),
    Nullable(&'static Schema),
    /// A definition of the plan, by its name.
    Named(&'static str),
    Object(&'static [Property]),
}

impl Schema {
    /// Any value.
    pub const ANY: Self = Self(Shape::Any);
    /// A string.
    pub const STRING: Self = Self(Shape::Plain("string", None));
    /// A number without a fraction.
    pub const INTEGER: Self = Self(Shape::Plain("integer", None));
    /// A number.
    pub const NUMBER: Self = Self(Shape::Plain("number", None));
    /// `true` or `false`.
    pub const BOOLEAN: Self = Self(Shape::Plain("boolean", None));
    /// `null` only.
    pub const NULL: Self = Self(Shape::Plain("null", None));

    /// A string of one of JSON Schema's formats, such as `date-time`, `uuid` or `uri`.
    #[must_use]
    pub const fn format(name: &'static str) -> Self {
        Self(Shape::Plain("string", Some(name)))
    }

    /// An array of any length.
    #[must_use]
    pub const fn list(items: &'static Self) -> Self {
        Self(Shape::List(items))
    }

    /// An array with one item for each of these schemas, in this order.
    #[must_use]
    pub const fn tuple(items: &'static [Self]) -> Self {
        Self(Shape::Tuple(items))
    }

    /// An object with any keys, whose values all have one schema.
    #[must_use]
    pub const fn map(values: &'static Self) -> Self {
        Self(Shape::Map(values))
    }

    /// `null`, or a value of the other schema.
    #[must_use]
    pub const fn nullable(value: &'static Self) -> Self {
        Self(Shape::Nullable(value))
    }

    /// The definition of the plan with this name.
    #[doc(hidden)]
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self(Shape::Named(name))
    }

    /// A schema as it is written in the plan.
    #[doc(hidden)]
    #[must_use]
    pub const fn fixed(text: &'static str) -> Self {
        Self(Shape::Fixed(text))
    }

    /// The schema of the same value written as a string.
    #[doc(hidden)]
    #[must_use]
    pub const fn as_string(&self) -> Self {
        const NULLABLE: Schema = Schema::nullable(&Schema::STRING);
        match &self.0 {
            Shape::Nullable(inner) if inner.is_nullable() => Self::nullable(&NULLABLE),
            _ if self.is_nullable() => NULLABLE,
            _ => Self::STRING,
        }
    }

    /// An object with exactly these properties.
    #[doc(hidden)]
    #[must_use]
    pub const fn object(properties: &'static [Property]) -> Self {
        Self(Shape::Object(properties))
    }

    /// The schema of the values other than `null`.
    const fn present(&self) -> &Self {
        let mut schema = self;
        while let Shape::Nullable(inner) = &schema.0 {
            schema = inner;
        }
        schema
    }

    /// Whether the value may be `null`. For a type without a schema, it may.
    const fn is_nullable(&self) -> bool {
        matches!(self.0, Shape::Nullable(_) | Shape::Any)
    }
}

/// A property of an object.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// Its name as a JSON string.
    pub key: &'static str,
    /// The schema of its values.
    pub schema: Schema,
    /// When it is present.
    pub presence: Presence,
}

/// When a property is present, and whether it may be `null`.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum Presence {
    /// Present unless the value is `None`.
    Unless,
    /// Always present; `None` is `null`.
    Always,
    /// Not always present, and never `null`.
    Sometimes,
    /// Not always present; `None` is `null`.
    SometimesNull,
}

impl Presence {
    const fn is_required(self, schema: &Schema) -> bool {
        match self {
            Self::Always => true,
            Self::Unless => !schema.is_nullable(),
            Self::Sometimes | Self::SometimesNull => false,
        }
    }

    /// The schema of the values when the property is present.
    const fn written(self, schema: &Schema) -> &Schema {
        match self {
            Self::Always | Self::SometimesNull => schema,
            // `Some(None)` is `null`, so only the outer `Option` has no value that is written.
            Self::Unless | Self::Sometimes => match &schema.0 {
                Shape::Nullable(inner) => inner,
                _ => schema,
            },
        }
    }
}

/// Finds the schema of a type. For a type without one, the constant of the same name in
/// [`AnySchema`] is found, because inherent constants take precedence.
#[doc(hidden)]
pub struct SchemaOf<T: ?Sized>(PhantomData<T>);

#[doc(hidden)]
impl<T: LunogramProperty + ?Sized> SchemaOf<T> {
    pub const SCHEMA: Schema = T::SCHEMA;
}

/// The fallback of [`SchemaOf`] for types without a schema.
#[doc(hidden)]
pub trait AnySchema {
    const SCHEMA: Schema = Schema::ANY;
}

impl<T: ?Sized> AnySchema for SchemaOf<T> {}
