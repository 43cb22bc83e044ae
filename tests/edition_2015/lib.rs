//! The derives in a crate of the first edition, whose names are keywords in later ones.

extern crate lunogram;

use lunogram::{LunogramEvent, LunogramProperty, OrganizationTraits, Schedule, UserTraits};

/// An event.
#[derive(LunogramEvent)]
pub struct SignedUp {
    /// The subject.
    #[lunogram(external_id)]
    pub gen: u64,
    /// A property.
    pub async: bool,
    /// A property.
    pub await: Option<Box<u8>>,
    /// A property.
    pub dyn: u8,
    /// A property.
    #[lunogram(string)]
    pub try: u64,
}

/// Events.
#[allow(non_camel_case_types)]
#[derive(LunogramEvent)]
pub enum Cart {
    /// An event.
    try {
        /// The subject.
        #[lunogram(external_id)]
        async: u64,
        /// A property.
        gen: u8,
    },
    /// An event.
    gen {
        /// The subject.
        #[lunogram(external_id)]
        dyn: u64,
    },
}

/// A user.
#[derive(UserTraits)]
pub struct Customer {
    /// The user's id.
    #[lunogram(external_id)]
    pub try: u64,
    /// The user's email address.
    #[lunogram(email)]
    pub async: Option<String>,
}

/// An organization.
#[derive(OrganizationTraits)]
pub struct Company {
    /// The organization's id.
    #[lunogram(external_id)]
    pub dyn: u64,
    /// Its name.
    #[lunogram(name)]
    pub gen: String,
}

/// A schedule.
#[derive(Schedule)]
#[lunogram(interval = "168h")]
pub struct WeeklyDigest {
    /// The subject.
    #[lunogram(external_id)]
    pub await: u64,
}

/// A nested value.
#[derive(LunogramProperty)]
pub struct Address {
    /// A property.
    pub async: String,
}

#[cfg(test)]
mod tests {
    use super::{Cart, Company, Customer, SignedUp, WeeklyDigest};
    use lunogram::{AnyEvent, AnySchedule, AnyTraits, Invalid, LunogramEvent};

    #[test]
    fn names_that_later_editions_reserve_are_sent() -> Result<(), Invalid> {
        let event = SignedUp {
            gen: 1,
            async: true,
            await: None,
            dyn: 2,
            try: 3,
        };
        assert_eq!(
            event.to_json()?,
            r#"{"identifier":[{"external_id":"1"}],"name":"signed_up","data":{"async":true,"dyn":2,"try":"3"}}"#
        );
        assert_eq!(Cart::NAMES, ["try", "gen"]);
        assert_eq!(
            Cart::try { async: 1, gen: 2 }.to_json()?,
            r#"{"identifier":[{"external_id":"1"}],"name":"try","data":{"gen":2}}"#
        );
        assert_eq!(
            Cart::gen { dyn: 1 }.to_json()?,
            r#"{"identifier":[{"external_id":"1"}],"name":"gen","data":{}}"#
        );
        Customer {
            try: 1,
            async: None,
        }
        .check()?;
        Company {
            dyn: 1,
            gen: "Acme".to_owned(),
        }
        .check()?;
        WeeklyDigest { await: 1 }.check()
    }
}
