use lunogram::ExternalId;
use std::marker::PhantomData;

#[derive(ExternalId)]
struct UserId<T>(PhantomData<T>);

fn main() {
    lunogram::Identifier::new(UserId::<u64>(PhantomData));
}
