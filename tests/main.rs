//! The integration tests, in one binary, so that the library and its dependencies are linked once.
//! A module runs alone with `cargo test -p lunogram-tests --test main delivery::`.
//!
//! Tests that need their own process have their own binary; `Cargo.toml` gives the reason for each.

mod answers;
mod before_send;
mod client_failures;
mod client_settings;
mod contract;
mod deadlines;
mod deletions;
mod delivery;
mod delivery_evidence;
mod delivery_flush;
mod delivery_model;
mod delivery_outage;
mod delivery_overflow;
mod delivery_worlds;
mod derive_event;
mod derive_external_id;
mod derive_schedule;
mod derive_traits;
mod devices;
mod disabled;
mod encode;
mod end_reports;
mod event_deadline;
mod event_ids;
mod exhausted;
mod extremes;
mod feedback;
mod hooks;
mod inbox;
mod nesting;
mod problem_kinds;
mod program_end;
mod projects;
mod public_api;
mod readme;
mod receipts;
mod runtimes;
mod semantics;
mod serde_form;
mod server_limits;
mod sessions;
mod setters;
mod spawned;
mod spool;
mod spool_folder;
mod spool_full;
mod spool_order;
mod spool_trouble;
mod spool_volumes;
mod stored_texts;
mod tracing;
mod values;
mod without_runtime;
