//! The files of the page, embedded in the binary. They need no build step and load nothing from
//! other hosts.

/// A file of the page.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asset {
    path: &'static str,
    pub(super) content_type: &'static str,
    pub(super) content: &'static str,
}

const ASSETS: [Asset; 7] = [
    Asset {
        path: "/",
        content_type: "text/html; charset=utf-8",
        content: include_str!("assets/page.html"),
    },
    Asset {
        path: "/page.css",
        content_type: "text/css; charset=utf-8",
        content: include_str!("assets/page.css"),
    },
    Asset {
        path: "/page.svg",
        content_type: "image/svg+xml",
        content: include_str!("assets/page.svg"),
    },
    Asset {
        path: "/page.js",
        content_type: JAVASCRIPT,
        content: include_str!("assets/page.js"),
    },
    Asset {
        path: "/feed.js",
        content_type: JAVASCRIPT,
        content: include_str!("assets/feed.js"),
    },
    Asset {
        path: "/list.js",
        content_type: JAVASCRIPT,
        content: include_str!("assets/list.js"),
    },
    Asset {
        path: "/sections.js",
        content_type: JAVASCRIPT,
        content: include_str!("assets/sections.js"),
    },
];

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

impl Asset {
    pub(super) fn at(path: &str) -> Option<Self> {
        ASSETS.into_iter().find(|asset| asset.path == path)
    }
}
