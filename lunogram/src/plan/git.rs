//! Files as they are in git.

use super::error::PlanError;
use std::path::Path;
use std::process::Command;

/// The text of a file at a revision.
pub(super) fn show(file: &Path, revision: &str) -> Result<String, PlanError> {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
        return Err(PlanError::environment(
            "the path of the tracking plan has no folder",
        ));
    };
    let object = format!("{revision}:./{}", name.display());
    let output = Command::new("git")
        // Otherwise git would take a revision that starts with `-` for an option.
        .args(["show", "--end-of-options"])
        .arg(object)
        .current_dir(folder)
        .output()
        .map_err(|error| PlanError::environment(format!("cannot run git: {error}")))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        return Err(PlanError::environment(format!(
            "git has no tracking plan at `{revision}`: {}",
            reason.trim()
        )));
    }
    String::from_utf8(output.stdout).map_err(|error| {
        PlanError::environment(format!(
            "the tracking plan at `{revision}` is not UTF-8 (first invalid byte: {})",
            error.utf8_error().valid_up_to()
        ))
    })
}
