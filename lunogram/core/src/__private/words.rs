//! The words of `#[lunogram(…)]`. Generated code names them with the spans of the attributes, so
//! that an editor shows these texts, and finds these items, inside the attributes.

#![allow(
    non_upper_case_globals,
    reason = "the constants have the names of the words"
)]

/// On a struct, an enum or a variant.
pub mod on_type {
    /// `name = "…"`: the name of the event, schedule or nested type; by default the Rust name in
    /// `snake_case`.
    pub const name: () = ();

    /// `raw_name = "…"`: an existing name that is not lower `snake_case`, sent unchanged.
    pub const raw_name: () = ();

    /// `rename_all = "…"`: how field names become property names: one of serde's eight cases, such
    /// as `"camelCase"`.
    pub const rename_all: () = ();

    /// `description = "…"`: the description in the tracking plan; by default the first paragraph of
    /// the doc comment.
    pub const description: () = ();

    /// `organization`: the subject is an organization; without it, a user.
    pub const organization: () = ();

    /// `user`: the subject is a user, as it is without this word.
    pub const user: () = ();

    /// `occurred_at`: adds the time of `send` or `track` as the property `occurred_at`;
    /// `occurred_at = "…"` sets its name.
    pub const occurred_at: () = ();

    /// `event_id`: adds an id, a UUID of version 7, as the property `event_id`; `event_id = "…"`
    /// sets its name.
    pub const event_id: () = ();

    /// `interval = "…"`: how often the schedule fires: an interval of `PostgreSQL`, such as
    /// `"168h"` or `"1 month"`.
    pub const interval: () = ();

    /// `timezone = "…"`: the time zone of every user of this type, such as `"Europe/Amsterdam"`.
    pub const timezone: () = ();

    /// `locale = "…"`: the locale of every user of this type, such as `"nl-NL"`.
    pub const locale: () = ();

    /// `unplanned`: excludes the type from the tracking plan, for tests and experiments.
    pub const unplanned: () = ();

    /// `as_serde`: sends times, amounts and bytes in the forms that serde has for them.
    pub const as_serde: () = ();

    /// `crate = "…"`: the path of `lunogram` or `lunogram-core` if another crate re-exports it.
    pub const crate_: () = ();
}

/// On a field.
pub mod on_field {
    /// `external_id`: identifies the subject: a string, an integer, a `Uuid`, a type that
    /// implements `ToExternalId`, or an `Option` or reference of one.
    pub const external_id: () = ();

    /// `source = "…"`, with `external_id`: the system that issued the id; without it, `default`.
    pub const source: () = ();

    /// `rename = "…"`: the name of the property.
    pub const rename: () = ();

    /// `skip`: the field is never sent; in a type with `ExternalId`, it is not part of the id.
    pub const skip: () = ();

    /// `flatten`: the entries of a map or struct become properties; entries that are `None` are
    /// left out.
    pub const flatten: () = ();

    /// `string`: sends a number as a string, for integers beyond ±(2^53 − 1).
    pub const string: () = ();

    /// `millis`: sends a duration as a number of milliseconds; without it, of seconds.
    pub const millis: () = ();

    /// `iso8601`: sends a duration as text, such as `PT1H30M`; without it, as a number of seconds.
    pub const iso8601: () = ();

    /// `base64`: sends bytes as base64.
    pub const base64: () = ();

    /// `hex`: sends bytes as hexadecimal digits.
    pub const hex: () = ();

    /// `as_serde`: sends a time, an amount or bytes in the form that serde has for it.
    pub const as_serde: () = ();

    /// `null`: sends `None` as `null`; without it, `None` is left out.
    pub const null: () = ();

    /// `description = "…"`: the description of the property in the tracking plan; by default the
    /// first paragraph of the doc comment.
    pub const description: () = ();

    /// `email`: the e-mail address of the user, checked and sent outside `data`.
    pub const email: () = ();

    /// `phone`: the phone number of the user, checked and sent outside `data`.
    pub const phone: () = ();

    /// `timezone`: the time zone of the user, checked and sent outside `data`; `timezone = "…"`
    /// is the value for `None`.
    pub const timezone: () = ();

    /// `locale`: the locale of the user, checked and sent outside `data`; `locale = "…"` is the
    /// value for `None`.
    pub const locale: () = ();

    /// `name`: the name of the organization, sent outside `data`.
    pub const name: () = ();

    /// `scheduled_at`: when the schedule fires, once.
    pub const scheduled_at: () = ();

    /// `interval`: how often the schedule fires.
    pub const interval: () = ();

    /// `start_at`, with an interval: from when the schedule fires.
    pub const start_at: () = ();

    /// `id`: the schedule to update, on servers with project-scoped routes.
    pub const id: () = ();
}
