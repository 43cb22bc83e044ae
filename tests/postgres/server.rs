//! A `PostgreSQL` server in a temporary folder, with a Unix socket and without a port.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// How to get a server. The tests are opt-in, so they do not skip themselves.
const INSTALL: &str = "these tests need a real server: install Debian's package postgresql";

/// A running server, stopped on drop.
#[derive(Debug)]
pub(crate) struct Postgres {
    process: Child,
    programs: PathBuf,
    folder: TempDir,
}

impl Postgres {
    /// Creates a database cluster and starts its server.
    ///
    /// # Panics
    /// When no server is installed, or it does not start.
    pub(crate) fn start() -> Self {
        let programs = programs();
        let folder = tempfile::tempdir().expect("a folder");
        let owner = unprivileged_user();
        if let Some((user, group)) = owner {
            chown(folder.path(), Some(user), Some(group)).expect("a folder of the user postgres");
        }
        let data = folder.path().join("data");
        let mut create = as_owner(&programs.join("initdb"), owner);
        create
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8"])
            .args(["--locale=C", "--no-sync", "--pgdata"])
            .arg(&data);
        succeeded(create.output().expect(INSTALL));
        let mut process = as_owner(&programs.join("postgres"), owner)
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(folder.path())
            .args(["-c", "listen_addresses=", "-c", "fsync=off"])
            .stderr(Stdio::piped())
            .spawn()
            .expect(INSTALL);
        let mut log = BufReader::new(process.stderr.take().expect("stderr is piped")).lines();
        let started = log
            .by_ref()
            .map_while(Result::ok)
            .inspect(|line| eprintln!("{line}"))
            .any(|line| line.ends_with("database system is ready to accept connections"));
        // Keeps reading, because a full pipe would block the server.
        std::thread::spawn(move || log.for_each(drop));
        let server = Self {
            process,
            programs,
            folder,
        };
        assert!(started, "the server ended before it was ready");
        server
    }

    /// Runs a script in its own session and returns the lines that it prints.
    ///
    /// # Panics
    /// When a statement fails.
    pub(crate) fn run(&self, script: &str) -> Vec<String> {
        let mut psql = Command::new(self.programs.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only"])
            .args(["--set=ON_ERROR_STOP=1", "--username=postgres", "--host"])
            .arg(self.folder.path())
            .env("PGCLIENTENCODING", "UTF8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect(INSTALL);
        let mut input = psql.stdin.take().expect("stdin is piped");
        let script = script.to_owned();
        let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
        let output = psql.wait_with_output().expect("psql ends");
        let lines = succeeded(output).lines().map(ToOwned::to_owned).collect();
        writer.join().expect("no panic").expect("psql reads all");
        lines
    }

    /// The verdict on each row: the result of `function`, which `setup` creates and which takes the
    /// columns. A column is given by its name and type.
    pub(crate) fn verdicts<const COLUMNS: usize>(
        &self,
        setup: &str,
        function: &str,
        columns: [&str; COLUMNS],
        rows: impl ExactSizeIterator<Item = [String; COLUMNS]>,
    ) -> Vec<bool> {
        let count = rows.len();
        let types = columns.join(", ");
        let names = columns.map(|column| column.split(' ').next().unwrap_or_default());
        let names = names.join(", ");
        let script = [
            setup.to_owned(),
            format!(
                "CREATE TEMP TABLE sent (number integer GENERATED ALWAYS AS IDENTITY, {types});\n"
            ),
            copy(&format!("sent({names})"), rows),
            format!("SELECT pg_temp.{function}({names}) FROM sent ORDER BY number;"),
        ];
        let lines = self.run(&script.concat());
        assert_eq!(lines.len(), count);
        lines.iter().map(|line| line == "t").collect()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // The server ends its own processes only if it is asked to stop.
        let mut stop = Command::new("kill");
        let stopped = stop
            .args(["-QUIT", &self.process.id().to_string()])
            .status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// A statement for [`Postgres::run`] that fills a table with rows of texts.
pub(crate) fn copy<const COLUMNS: usize>(
    table: &str,
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut statement = format!("COPY {table} FROM STDIN;\n");
    for row in rows {
        for (index, text) in row.iter().enumerate() {
            if index > 0 {
                statement.push('\t');
            }
            for character in text.chars() {
                match character {
                    '\\' => statement.push_str("\\\\"),
                    '\u{8}'..='\r' => {
                        let escaped = write!(statement, "\\x{:02x}", u32::from(character));
                        escaped.expect("a string takes all");
                    }
                    other => statement.push(other),
                }
            }
        }
        statement.push('\n');
    }
    statement.push_str("\\.\n");
    statement
}

/// The folder with the server's programs, which Debian keeps out of the `PATH`: that of the newest
/// version. Without such a folder, the `PATH` is searched.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let newest = versions.flatten().filter_map(|version| {
        let number = version.file_name().to_str()?.parse::<u32>().ok()?;
        let programs = version.path().join("bin");
        programs
            .join("initdb")
            .exists()
            .then_some((number, programs))
    });
    newest
        .max()
        .map(|(_, programs)| programs)
        .unwrap_or_default()
}

/// The user and group that the server runs as, if these are not the current ones: it refuses root.
fn unprivileged_user() -> Option<(u32, u32)> {
    if id(&["-u"]) != 0 {
        return None;
    }
    Some((id(&["-u", "postgres"]), id(&["-g", "postgres"])))
}

fn id(arguments: &[&str]) -> u32 {
    let output = Command::new("id").args(arguments).output();
    let output = output.expect("`id` is part of every system");
    assert!(output.status.success(), "no user postgres; {INSTALL}");
    let text = succeeded(output);
    text.trim().parse().expect("`id` prints a number")
}

fn as_owner(program: &Path, owner: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    if let Some((user, group)) = owner {
        // The folder of the test may not be readable for this user.
        command.uid(user).gid(group).current_dir("/");
    }
    command
}

#[track_caller]
fn succeeded(output: Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {error}", output.status);
    String::from_utf8(output.stdout).expect("UTF-8")
}
