//! Futures that a public function makes can be spawned.

use crate::Findings;
use crate::snapshot::Line;
use crate::workspace::Workspace;
use std::error::Error;
use std::fs;

/// Where the compiler is asked about functions whose signature does not tell.
const ASKED: &str = "tests/spawned.rs";

pub(crate) fn check(workspace: &Workspace, lines: &[Line]) -> Result<Findings, Box<dyn Error>> {
    Ok(judge(
        lines,
        &fs::read_to_string(workspace.root().join(ASKED))?,
    ))
}

fn judge(lines: &[Line], asked: &str) -> Findings {
    let mut findings = Findings::new();
    for Line { item, .. } in lines {
        if let Some(signature) = item.strip_prefix("pub async fn ") {
            let path = signature.split(['(', '<']).next().unwrap_or(signature);
            let name = path.rsplit("::").next().unwrap_or(path);
            if !asked.contains(&format!(".{name}(")) {
                findings.push(format!("`{path}` is an async function that {ASKED} does not ask for `Send`; add it there"));
            }
        } else if let Some((_, future)) = item.split_once("-> impl core::future::future::Future")
            && !future.contains(" + core::marker::Send")
        {
            findings.push(format!(
                "`{item}` does not promise that its future is `Send`; write `+ Send`"
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::snapshot::Line;

    fn judged(item: &str, asked: &str) -> usize {
        judge(
            &[Line {
                needs: String::new(),
                item: item.to_owned(),
            }],
            asked,
        )
        .len()
    }

    #[test]
    fn a_future_promises_send_or_is_asked_for_it() {
        let future =
            "pub fn lunogram::A::f(&self) -> impl core::future::future::Future<Output = ()>";
        assert_eq!(judged(future, ""), 1);
        assert_eq!(judged(&format!("{future} + core::marker::Send"), ""), 0);
        assert_eq!(judged("pub async fn lunogram::A::f<T>(&self)", ""), 1);
        assert_eq!(
            judged("pub async fn lunogram::A::f<T>(&self)", "spawned(a.f(1));"),
            0
        );
        assert_eq!(judged("pub fn lunogram::A::f(&self)", ""), 0);
    }
}
