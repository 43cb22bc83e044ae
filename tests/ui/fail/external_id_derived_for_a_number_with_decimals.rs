use lunogram::ExternalId;

#[derive(ExternalId)]
struct UserId(f64);

fn main() {}
