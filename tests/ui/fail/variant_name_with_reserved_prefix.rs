use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
enum ListEvent {
    #[lunogram(name = "list.joined")]
    Joined { list: String },
    Left { list: String },
}

fn main() {}
