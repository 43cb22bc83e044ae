use lunogram::push::{Device, WebPush};

fn device() -> Device {
    let push = WebPush {
        endpoint: "https://push.example/send/4f7a".to_owned(),
        expiration_time: None,
    };
    Device::web("b3f1c2", push)
}

fn main() {}
