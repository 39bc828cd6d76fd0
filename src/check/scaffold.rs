//! The examples of the rules are parts of a plan; a small plan completes them.

/// A plan with two nodes, Calico and MetalLB, in which no rule finds anything.
const BASE: &str = r#"schema = 1
name = "example"

[lan]
cidr = "192.168.1.0/24"
gateway = "192.168.1.1"

[hosts]
node-1 = { ip = "192.168.1.11" }
node-2 = { ip = "192.168.1.12" }
node-3 = { ip = "192.168.1.13" }

[clusters.main]
distribution = "k3s"
version = "v1.33.1+k3s1"
servers = ["node-1"]
agents = ["node-2"]
pods = "10.42.0.0/16"
services = "10.43.0.0/16"

[clusters.main.calico]
version = "v3.30.7"

[clusters.main.metallb]
version = "v0.15.3"

[pools.lan]
cluster = "main"
addresses = ["192.168.1.200-192.168.1.250"]
"#;

/// The line of an example behind which its `plan.lock` stands.
const LOCK: &str = "# plan.lock";

/// How a line begins behind which a template of the plan stands; its path follows.
const TEMPLATE: &str = "# templates/";

/// How a line begins behind which a template of the runbook stands; its path follows.
const RUNBOOK: &str = "# runbook/";

/// The whole plan of an example: a table that the example has replaces the table of the same header, root keys come
/// first, and an example that says `schema` itself is whole already.
pub fn scaffold(example: &str) -> String {
    let example = parts(example).0;
    let (root, tables) = split_root(example);
    if root.lines().any(|line| key(line) == Some("schema")) {
        return example.to_owned();
    }
    let headers: Vec<&str> = tables.lines().filter_map(header).collect();
    let keys: Vec<&str> = root.lines().filter_map(key).collect();
    let mut plan = root.to_owned();
    let mut left_out = false;
    for line in BASE.lines() {
        left_out = match header(line) {
            Some(header) => headers.contains(&header),
            None => left_out,
        };
        if !left_out && !key(line).is_some_and(|key| keys.contains(&key)) {
            plan.push_str(line);
            plan.push('\n');
        }
    }
    plan + "\n" + tables
}

/// The `plan.lock` of an example that has one.
pub fn scaffold_lock(example: &str) -> Option<&str> {
    parts(example).1.into_iter().find(|(marker, _)| *marker == LOCK).map(|(_, text)| text)
}

/// The templates of an example: path below the folder of templates, and text.
pub fn scaffold_templates(example: &str) -> Vec<(&str, &str)> {
    let parts = parts(example).1.into_iter();
    parts.filter_map(|(marker, text)| Some((marker.strip_prefix(TEMPLATE)?, text))).collect()
}

/// The templates of the runbook of an example: path below their folder, and text.
pub fn scaffold_runbook(example: &str) -> Vec<(&str, &str)> {
    let parts = parts(example).1.into_iter();
    parts.filter_map(|(marker, text)| Some((marker.strip_prefix(RUNBOOK)?, text))).collect()
}

/// The part of the plan, and the other files of an example, each behind its marker.
fn parts(example: &str) -> (&str, Vec<(&str, &str)>) {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in example.split_inclusive('\n') {
        let marker = line.trim_end();
        if marker == LOCK || marker.starts_with(TEMPLATE) || marker.starts_with(RUNBOOK) {
            starts.push((at, at + line.len(), marker));
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).map(|(start, ..)| *start).chain([example.len()]);
    let files = starts.iter().zip(ends).map(|((_, text, marker), end)| (*marker, &example[*text..end]));
    (&example[..starts.first().map_or(example.len(), |(start, ..)| *start)], files.collect())
}

/// What stands before the first table, and the rest.
fn split_root(example: &str) -> (&str, &str) {
    let mut at = 0;
    for line in example.split_inclusive('\n') {
        if line.starts_with('[') {
            break;
        }
        at += line.len();
    }
    example.split_at(at)
}

/// `[lan]` of the line `[lan]   # the wire`.
fn header(line: &str) -> Option<&str> {
    let line = line.split('#').next().unwrap_or_default().trim_end();
    (line.starts_with('[') && line.ends_with(']')).then_some(line)
}

/// The key of a root line such as `name = "example"`; an indented line belongs to the value above it.
fn key(line: &str) -> Option<&str> {
    let (key, _) = line.split_once('=')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let key = key.trim_end();
    (!key.is_empty() && key.chars().all(plain)).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_the_example_replaces_the_table_of_the_same_header() {
        let plan = scaffold("domain = \"test\"\n\n[lan]  # dual stack\ncidr = \"10.0.0.0/24\"\n");
        assert!(plan.starts_with("domain = \"test\"\n\nschema = 1\n"));
        assert!(
            !plan.contains("192.168.1.1\"\n")
                && plan.contains("[hosts]")
                && plan.ends_with("10.0.0.0/24\"\n")
        );
        assert!(scaffold("name = \"mine\"\n").matches("name = ").count() == 1);
    }

    #[test]
    fn a_whole_plan_is_left_alone() {
        assert_eq!(scaffold("schema = 1\nname = \"a\"\n"), "schema = 1\nname = \"a\"\n");
    }

    #[test]
    fn a_lock_stands_behind_its_marker() {
        assert_eq!(scaffold_lock("# plan.lock\nversion = 1\n"), Some("version = 1\n"));
        assert_eq!(scaffold_templates("# templates/a/b.j2\nx\n# plan.lock\n"), [("a/b.j2", "x\n")]);
        assert!(!scaffold("# plan.lock\nversion = 1\n").contains("version = 1"));
    }
}
