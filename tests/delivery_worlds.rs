//! Delivery to a server with the limits of a deployed one: clients that share a key, on a clock
//! that is advanced, so that minutes take seconds.

#[path = "delivery_worlds/outage.rs"]
mod outage;
#[path = "delivery_worlds/overload.rs"]
mod overload;
#[path = "delivery_worlds/poison.rs"]
mod poison;
#[path = "delivery_worlds/report.rs"]
mod report;
#[path = "delivery_worlds/sockets.rs"]
mod sockets;
#[path = "delivery_worlds/world.rs"]
mod world;
