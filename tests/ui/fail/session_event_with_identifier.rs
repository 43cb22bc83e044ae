use lunogram::LunogramEvent;
use lunogram::session::Session;

#[derive(LunogramEvent)]
struct LevelFinished<'a> {
    #[lunogram(external_id)]
    user: &'a str,
    level: u32,
}

fn finished(session: &Session) {
    drop(session.send(&LevelFinished { user: "user_456", level: 3 }));
}

fn main() {}
