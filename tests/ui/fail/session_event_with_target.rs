use lunogram::LunogramEvent;
use lunogram::session::Session;

#[derive(LunogramEvent)]
struct LevelFinished {
    level: u32,
}

fn finished(session: &Session) {
    drop(session.track(&LevelFinished { level: 3 }.to("user_456")));
}

fn main() {}
