use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
enum Companies {
    #[lunogram(name = "company.rename")]
    Renamed {
        #[lunogram(external_id)]
        id: String,
    },
}

fn main() {}
