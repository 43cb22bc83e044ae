//! What a browser loads: no build step, nothing from elsewhere.

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
        content: include_str!("page.html"),
    },
    Asset {
        path: "/page.css",
        content_type: "text/css; charset=utf-8",
        content: include_str!("page.css"),
    },
    Asset {
        path: "/page.svg",
        content_type: "image/svg+xml",
        content: include_str!("page.svg"),
    },
    Asset {
        path: "/page.js",
        content_type: JAVASCRIPT,
        content: include_str!("page.js"),
    },
    Asset {
        path: "/feed.js",
        content_type: JAVASCRIPT,
        content: include_str!("feed.js"),
    },
    Asset {
        path: "/list.js",
        content_type: JAVASCRIPT,
        content: include_str!("list.js"),
    },
    Asset {
        path: "/sections.js",
        content_type: JAVASCRIPT,
        content: include_str!("sections.js"),
    },
];

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

impl Asset {
    pub(super) fn at(path: &str) -> Option<Self> {
        ASSETS.into_iter().find(|asset| asset.path == path)
    }
}
