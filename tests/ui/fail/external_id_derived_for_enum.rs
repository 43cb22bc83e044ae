use lunogram::ExternalId;

#[derive(ExternalId)]
enum UserId {
    Number(u64),
    Name(String),
}

fn main() {
    lunogram::Identifier::new(UserId::Number(1));
}
