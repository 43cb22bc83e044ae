use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
#[lunogram(name = "company.renamed")]
struct Renamed {
    #[lunogram(external_id)]
    id: String,
}

fn main() {}
