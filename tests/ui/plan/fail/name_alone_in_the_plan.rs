use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
struct NewsletterOpened {
    #[lunogram(external_id)]
    id: String,
    issue: u32,
}

fn main() {}
