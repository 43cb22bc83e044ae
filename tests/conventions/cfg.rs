//! The `#[cfg(…)]` of an item in rustdoc's JSON, which has it in the compiler's `Debug` notation.

/// The conditions of a `#[cfg(…)]` attribute, in order; empty for any other attribute. A feature is
/// represented by its name.
///
/// # Errors
/// The attribute, if it is a `#[cfg(…)]` in an unknown notation.
pub(crate) fn conditions(attribute: &str) -> Result<Vec<String>, String> {
    let Some(list) = attribute.strip_prefix("#[attr = CfgTrace([") else {
        return Ok(Vec::new());
    };
    let mut rest = list;
    let conditions = sequence(&mut rest).filter(|_| rest == ")]");
    conditions.ok_or_else(|| format!("cannot parse the condition of an item: {attribute}"))
}

/// Reads conditions up to and including the closing bracket.
fn sequence(rest: &mut &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    while !skip(rest, "]") {
        found.push(condition(rest)?);
        skip(rest, ",");
        *rest = rest.trim_start();
    }
    Some(found)
}

fn condition(rest: &mut &str) -> Option<String> {
    if skip(rest, "NameValue { name: \"") {
        let name = until(rest, "\"")?;
        let value = skip(rest, ", value: Some(\"")
            .then(|| until(rest, "\""))
            .flatten();
        until(rest, " }")?;
        return Some(match value {
            Some(feature) if name == "feature" => feature.to_owned(),
            Some(value) => format!("{name} = \"{value}\""),
            None => name.to_owned(),
        });
    }
    for (start, word) in [("Any([", "any"), ("All([", "all")] {
        if skip(rest, start) {
            let of = sequence(rest)?.join(", ");
            until(rest, "))")?;
            return Some(format!("{word}({of})"));
        }
    }
    if skip(rest, "Not(") {
        let of = condition(rest)?;
        until(rest, "))")?;
        return Some(format!("not({of})"));
    }
    None
}

fn skip(rest: &mut &str, start: &str) -> bool {
    let after = rest.strip_prefix(start);
    *rest = after.unwrap_or(rest);
    after.is_some()
}

fn until<'a>(rest: &mut &'a str, end: &str) -> Option<&'a str> {
    let (found, after) = rest.split_once(end)?;
    *rest = after;
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::conditions;

    #[test]
    fn conditions_are_shortened() {
        let attribute = r#"#[attr = CfgTrace([Any([NameValue { name: "feature", value: Some("spool"), span: c.rs:3:11: 3:28 (#0) }, NameValue { name: "unix", value: None, span: c.rs:3:30: 3:47 (#0) }], c.rs:3:10: 3:48 (#0)),
Not(NameValue { name: "feature", value: Some("x"), span: c.rs:4:11: 4:24 (#0) }, c.rs:4:10: 4:25 (#0))])]"#;
        assert_eq!(
            conditions(attribute).unwrap(),
            ["any(spool, unix)", "not(x)"]
        );
    }

    #[test]
    fn other_attributes_have_no_condition() {
        assert!(conditions("#[attr = Inline(Hint)]").unwrap().is_empty());
    }

    #[test]
    fn an_unknown_notation_is_an_error() {
        let error = conditions("#[attr = CfgTrace([Version(1, 95)])]").unwrap_err();
        assert!(error.contains("Version(1, 95)"), "{error}");
    }
}
