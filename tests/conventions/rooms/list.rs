//! The rooms as ARCHITECTURE.md lists them: under `## Rooms` a `### ` heading for each folder, with
//! its path in backticks, then a list with a line for each room, bottom first: "- `name`: text".

/// A folder whose modules have an order.
pub(super) struct Folder {
    pub(super) path: String,
    pub(super) rooms: Vec<String>,
}

/// # Errors
/// When the section, or the rooms of a folder, are missing.
pub(super) fn read(text: &str) -> Result<Vec<Folder>, String> {
    let mut folders: Vec<Folder> = Vec::new();
    let section = text
        .lines()
        .skip_while(|line| line.trim_end() != "## Rooms")
        .skip(1)
        .take_while(|line| !line.starts_with("## "));
    for line in section {
        if line.starts_with("### ") {
            let path = quoted(line).ok_or_else(|| format!("`{line}` names no folder"))?;
            folders.push(Folder {
                path: path.trim_end_matches('/').to_owned(),
                rooms: Vec::new(),
            });
        } else if let (Some(item), Some(folder)) = (line.strip_prefix("- `"), folders.last_mut()) {
            let name = item.split('`').next().unwrap_or(item);
            folder.rooms.push(name.to_owned());
        }
    }
    match folders.iter().find(|folder| folder.rooms.is_empty()) {
        Some(empty) => Err(format!("no rooms are listed for `{}`", empty.path)),
        None if folders.is_empty() => Err("no folder under `## Rooms`".to_owned()),
        None => Ok(folders),
    }
}

/// The first text in backticks.
fn quoted(line: &str) -> Option<&str> {
    line.split('`').nth(1)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn the_list_is_read_up_to_the_next_section() {
        let text = "# A\n- `no`\n## Rooms\nText.\n\n### The crate, `a/src`\n\n- `b`: of `x`\n  more\n\
                    - `c`: d\n### `a/src/c/`\n- `e`\n## Next\n### `f`\n- `g`\n";
        let folders = read(text).unwrap();
        let folders: Vec<_> = folders.iter().map(|f| (&*f.path, &*f.rooms)).collect();
        let names = |names: &[&str]| -> Vec<_> { names.iter().map(|&n| n.to_owned()).collect() };
        assert_eq!(
            folders,
            [
                ("a/src", &*names(&["b", "c"])),
                ("a/src/c", &*names(&["e"]))
            ]
        );
    }

    #[test]
    fn a_list_that_is_not_there_is_an_error() {
        assert!(read("# A\n").is_err());
        assert!(read("## Rooms\n### `a`\n").is_err());
        assert!(read("## Rooms\n### a\n- `b`: c\n").is_err());
    }
}
