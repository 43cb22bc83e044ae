//! What git has of a file.

use super::error::PlanError;
use std::path::Path;
use std::process::Command;

/// The text of a file at a revision.
pub(super) fn show(file: &Path, revision: &str) -> Result<String, PlanError> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
        return Err(PlanError::environment("the tracking plan has no folder"));
    };
    // A revision that starts with `-` would be an option.
    let object = format!("{revision}:./{}", name.display());
    let output = Command::new("git")
        .args(["show", "--end-of-options"])
        .arg(object)
        .current_dir(folder)
        .output()
        .map_err(|error| PlanError::environment(format!("git cannot be run: {error}")))?;
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(PlanError::environment(format!(
            "git has no tracking plan at `{revision}`: {}",
            why.trim()
        )));
    }
    String::from_utf8(output.stdout).map_err(|_| {
        PlanError::environment(format!(
            "the tracking plan at `{revision}` is no UTF-8 text"
        ))
    })
}
