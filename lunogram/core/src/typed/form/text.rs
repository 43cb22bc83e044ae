//! Values that are sent as a text, whatever serde's form of them is.

/// Implements the form of a type that is sent as its `Display` output.
macro_rules! text {
    ($type:ty, $schema:expr) => {
        impl OwnForm for $type {
            type Form = forms::Text;
        }

        impl InForm<forms::Text> for $type {
            const SCHEMA: Schema = $schema;

            fn write(&self, to: ValueSerializer<'_, '_>) -> Done {
                serde::Serializer::collect_str(to, self)
            }
        }
    };
}

pub(super) use text;
