use lunogram::LunogramEvent;

#[derive(LunogramEvent)]
union Bits {
    integer: u32,
    float: f32,
}

fn main() {}
