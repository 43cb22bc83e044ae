use lunogram::ExternalId;

#[derive(ExternalId)]
union UserId {
    number: u64,
}

fn main() {}
