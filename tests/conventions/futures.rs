//! The futures of public functions are `Send`, so that they can be spawned.

use crate::Findings;
use crate::snapshot::Line;
use crate::workspace::Workspace;
use std::error::Error;
use std::fs;

/// The test that asks the compiler about async functions, whose signature does not show it.
const SPAWNED: &str = "tests/spawned.rs";

pub(crate) fn check(workspace: &Workspace, lines: &[Line]) -> Result<Findings, Box<dyn Error>> {
    Ok(judge(
        lines,
        &fs::read_to_string(workspace.root().join(SPAWNED))?,
    ))
}

fn judge(lines: &[Line], spawned: &str) -> Findings {
    let mut findings = Findings::new();
    for Line { item, .. } in lines {
        if let Some(signature) = item.strip_prefix("pub async fn ") {
            let path = signature.split(['(', '<']).next().unwrap_or(signature);
            let name = path.rsplit("::").next().unwrap_or(path);
            if !spawned.contains(&format!(".{name}(")) {
                findings.push(format!(
                    "`{path}` is an async function that {SPAWNED} does not spawn; add it there"
                ));
            }
        } else if let Some((_, future)) = item.split_once("-> impl core::future::future::Future")
            && !future.contains(" + core::marker::Send")
        {
            findings.push(format!(
                "`{item}` returns a future that is not declared `Send`; write `+ Send`"
            ));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::judge;
    use crate::snapshot::Line;

    fn judged(item: &str, spawned: &str) -> usize {
        judge(
            &[Line {
                needs: String::new(),
                item: item.to_owned(),
            }],
            spawned,
        )
        .len()
    }

    #[test]
    fn a_future_is_declared_send_or_spawned() {
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
