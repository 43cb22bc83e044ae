//! The macro that defines the types of this module.

/// Defines a type for text that follows `$rule`.
macro_rules! text {
    ($(#[$documentation:meta])* $name:ident, $rule:path) => {
        $(#[$documentation])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text, unchanged.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = lunogram_rules::Violation;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                $rule(&text)?;
                Ok(Self(text))
            }
        }

        impl TryFrom<&str> for $name {
            type Error = lunogram_rules::Violation;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                $rule(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl std::str::FromStr for $name {
            type Err = lunogram_rules::Violation;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::try_from(text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl From<&$name> for String {
            fn from(value: &$name) -> Self {
                value.0.clone()
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::try_from(text).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Conversions of names to the `Cow` that requests store: a name known at compile time stays
/// borrowed.
macro_rules! name {
    ($($type:ty),+) => {$(
        impl From<$type> for std::borrow::Cow<'static, str> {
            fn from(name: $type) -> Self {
                Self::Owned(name.into())
            }
        }

        impl From<&$type> for std::borrow::Cow<'static, str> {
            fn from(name: &$type) -> Self {
                Self::Owned(name.into())
            }
        }
    )+};
}

pub(super) use {name, text};
