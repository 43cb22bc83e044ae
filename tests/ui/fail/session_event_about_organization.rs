use lunogram::LunogramEvent;
use lunogram::session::Session;

#[derive(LunogramEvent)]
#[lunogram(organization)]
struct ContractSigned {
    seats: u32,
}

fn signed(session: &Session) {
    drop(session.send(&ContractSigned { seats: 25 }));
}

fn main() {}
