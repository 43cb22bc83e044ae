//! Protects the page against DNS rebinding.
//!
//! The page needs no key. A foreign site can point its own host name at the loopback address and
//! read responses as its own, but the browser still sends that name in `Host`. So only loopback
//! names are accepted.

use http::header::HOST;
use http::request::Parts;
use http::uri::Authority;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Whether the request has exactly one `Host`, which is a loopback address or `localhost`, and a
/// URI that does not name another host.
pub(super) fn is_loopback(request: &Parts) -> bool {
    let mut hosts = request.headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let is_named = host
        .to_str()
        .ok()
        .and_then(|host| host.parse::<Authority>().ok())
        .is_some_and(|host| names_loopback(&host));
    is_named && request.uri.authority().is_none_or(names_loopback)
}

fn names_loopback(authority: &Authority) -> bool {
    if authority.as_str().contains('@') {
        return false;
    }
    let host = authority.host();
    if host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let v6 = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    match v6 {
        Some(host) => host.parse().is_ok_and(|host: Ipv6Addr| host.is_loopback()),
        None => host.parse().is_ok_and(|host: Ipv4Addr| host.is_loopback()),
    }
}

#[cfg(test)]
mod tests {
    use super::is_loopback;
    use http::Request;

    fn with_hosts(uri: &str, hosts: &[&str]) -> bool {
        let request = hosts
            .iter()
            .fold(Request::get(uri), |request, host| {
                request.header("host", *host)
            })
            .body(())
            .unwrap();
        is_loopback(&request.into_parts().0)
    }

    #[test]
    fn accepts_loopback_addresses_and_localhost() {
        for host in [
            "127.0.0.1",
            "127.0.0.1:4010",
            "127.1.2.3:80",
            "localhost",
            "LocalHost:4010",
            "[::1]",
            "[::1]:4010",
        ] {
            assert!(with_hosts("/", &[host]), "{host}");
        }
    }

    #[test]
    fn refuses_other_hosts() {
        for host in [
            "",
            "example.com",
            "example.com:4010",
            "localhost.example.com",
            "127.0.0.1.example.com",
            "127.0.0.1@example.com",
            "example.com@127.0.0.1",
            "0.0.0.0:4010",
            "192.168.0.1",
            "[::]",
            "[::ffff:192.168.0.1]",
            "::1",
            "2130706433",
            "127.0.0.1 example.com",
        ] {
            assert!(!with_hosts("/", &[host]), "{host}");
        }
    }

    #[test]
    fn requires_one_host_that_agrees_with_the_uri() {
        assert!(!with_hosts("/", &[]));
        assert!(!with_hosts("/", &["localhost", "example.com"]));
        assert!(!with_hosts("http://example.com/", &["localhost"]));
        assert!(with_hosts("http://127.0.0.1:4010/", &["localhost"]));
    }
}
