use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
enum CartEvent {}

fn main() {}
