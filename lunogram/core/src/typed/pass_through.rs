//! Pointers to trait objects, as implementors of the object's own trait.

/// Implements an object-safe trait for references, boxes and reference-counted pointers to its
/// trait objects, and the seal of the trait if it has one. A blanket implementation for every
/// pointer would overlap with the one for derived types.
macro_rules! pass_through {
    ($trait:ident $(: $seal:path)? { $($getters:tt)* }) => {
        pass_through!(@each $trait [$($seal)?] { $($getters)* }
            [&(dyn $trait + '_)]
            [&(dyn $trait + Send + '_)]
            [&(dyn $trait + Sync + '_)]
            [&(dyn $trait + Send + Sync + '_)]
            [Box<dyn $trait + '_>]
            [Box<dyn $trait + Send + '_>]
            [Box<dyn $trait + Send + Sync + '_>]
            [std::rc::Rc<dyn $trait + '_>]
            [std::sync::Arc<dyn $trait + '_>]
            [std::sync::Arc<dyn $trait + Send + Sync + '_>]
        );
    };
    ($trait:ident $(: $seal:path)? { $($getters:tt)* } for $([$pointer:ty])+) => {
        pass_through!(@each $trait [$($seal)?] { $($getters)* } $([$pointer])+);
    };
    (@each $trait:ident $seal:tt $getters:tt $([$pointer:ty])+) => {
        $(pass_through!(@one $trait $seal $getters $pointer);)+
    };
    (@one $trait:ident [$($seal:path)?] { $($getter:ident: $output:ty),* } $pointer:ty) => {
        $(impl $seal for $pointer {})?

        #[diagnostic::do_not_recommend]
        impl $trait for $pointer {
            $(
                fn $getter(&self) -> $output {
                    <_ as $trait>::$getter(&**self)
                }
            )*

            fn write(&self, writer: &mut $crate::encode::Writer<'_>) {
                <_ as $trait>::write(&**self, writer);
            }
        }
    };
}

pub(crate) use pass_through;
