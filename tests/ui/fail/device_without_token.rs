use lunogram::push::Device;

fn device() -> Device {
    Device::ios("6D92078A-8246-4BA4").model("iPhone16,1")
}

fn main() {}
