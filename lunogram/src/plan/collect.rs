//! Collects the types of a workspace from its compiler.
//!
//! Only the compiler can resolve the name of a type, so it reports the types while it compiles
//! them: in a collecting build the derives expand to constants that panic, with the type's
//! description as the message, and the messages are parsed here. No code of the application runs,
//! and its types need not be public. Each target is compiled separately by `cargo rustc`, whose
//! extra arguments keep these builds apart from all others.

use super::collected::Collected;
use super::error::{PlanError, PlanErrorKind};
use super::workspace::{Unit, UnitKind, Workspace, cargo};
use lunogram_rules::plan::COLLECT;
use serde::Deserialize;
use std::process::Stdio;

/// One line of `cargo --message-format json`.
#[derive(Deserialize)]
struct Line {
    message: Option<Message>,
}

#[derive(Deserialize)]
struct Message {
    level: String,
    #[serde(rename = "message")]
    text: String,
    rendered: Option<String>,
    #[serde(default)]
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
}

impl Workspace {
    /// Collects the types of one target.
    ///
    /// # Errors
    /// [`Code`](PlanErrorKind::Code) if the target does not compile.
    pub(super) fn collect(
        &self,
        unit: &Unit<'_>,
        options: &[String],
    ) -> Result<Vec<Collected>, PlanError> {
        let mut wanted = unit.folder.display().to_string();
        let target_folder = self.target_folder.join("lunogram-plan");
        // Cargo renames a new target folder into its place. While it does so, another cargo that
        // works in an empty folder of that name can fail.
        std::fs::create_dir_all(&target_folder).map_err(|error| {
            let folder = target_folder.display();
            PlanError::environment(format!("cannot create the folder {folder}: {error}"))
        })?;
        let mut command = cargo();
        command.args([
            "rustc",
            "--quiet",
            "--profile",
            "check",
            "--message-format",
            "json",
            "--package",
            &unit.package.id,
        ]);
        match unit.kind {
            UnitKind::Library => {
                command.arg("--lib");
            }
            UnitKind::Binary(name) => {
                command.args(["--bin", name]);
                wanted = format!("{wanted}\n{name}");
            }
        }
        let output = command
            .args(options)
            .arg("--target-dir")
            .arg(&target_folder)
            // A lint that the application denies would stop the build before the types are
            // reported.
            .args(["--", "--cfg", "lunogram_plan", "--cap-lints", "warn"])
            .current_dir(unit.folder)
            .env(COLLECT, wanted)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| PlanError::environment(format!("cannot run cargo: {error}")))?;
        let (mut collected, mut errors) = (Vec::new(), Vec::new());
        for line in output.stdout.split(|byte| *byte == b'\n') {
            let Ok(Line {
                message: Some(message),
            }) = serde_json::from_slice(line)
            else {
                continue;
            };
            let span = message.spans.iter().find(|span| span.is_primary);
            let position = span.map_or_else(String::new, |span| self.position(unit, span));
            match Collected::from_message(&message.text, &position) {
                Some(one) => collected.push(one),
                None if message.level == "error" && span.is_some() => {
                    errors.push(message.rendered.unwrap_or(message.text));
                }
                None => {}
            }
        }
        if !errors.is_empty() {
            let message = format!(
                "the plan cannot be collected, because the code does not compile:\n{}",
                errors.join("\n")
            );
            return Err(PlanError::new(PlanErrorKind::Code, message));
        }
        if collected.is_empty() && !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            let message = format!(
                "cargo cannot build `{}`: {}",
                unit.package.name,
                reason.trim()
            );
            return Err(PlanError::new(PlanErrorKind::Code, message));
        }
        Ok(collected)
    }

    /// Paths in compiler messages are relative to the root of the workspace.
    fn position(&self, unit: &Unit<'_>, span: &Span) -> String {
        let file = self.root.join(&span.file_name);
        let file = file.strip_prefix(&self.root).unwrap_or(&file);
        format!(
            "{}:{} (package `{}`)",
            file.display(),
            span.line_start,
            unit.package.name
        )
    }
}
