//! A profile is a folder of templates for the roles that somebody has.

/// The templates of one folder of `templates/ansible`.
#[derive(Debug)]
pub struct Profile {
    pub name: &'static str,
    /// The file that each template makes, and its text.
    pub templates: &'static [(&'static str, &'static str)],
    /// The variables that the roles read, where somebody has counted them.
    pub variables: Option<&'static str>,
    /// The tags that the roles' tasks carry, where somebody has counted them.
    pub tags: Option<&'static str>,
}

/// What a variable of a profile does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// A role reads it, or an old playbook's role does.
    Live,
    /// The role's own `vars/` win over the inventory.
    Fixed,
    /// Nothing reads it.
    Dead,
}

macro_rules! profile {
    ($name:literal, [$($file:literal),* $(,)?], $variables:expr, $tags:expr) => {
        Profile {
            name: $name,
            templates: &[$((
                $file,
                include_str!(concat!("../../../templates/ansible/", $name, "/", $file, ".j2")),
            )),*],
            variables: $variables,
            tags: $tags,
        }
    };
}

/// Every profile, by name.
pub const PROFILES: &[Profile] = &[
    profile!(
        "default",
        ["inventory.yaml", "group_vars/all/plan.yaml", "group_vars/all/network.yaml", "kubeadm.yaml"],
        None,
        None
    ),
    profile!(
        "ml-platform",
        ["inventory.yaml", "group_vars/all/plan.yaml", "network.yaml", "kubeadm.yaml"],
        Some(include_str!("../../../templates/ansible/ml-platform/variables.txt")),
        Some(include_str!("../../../templates/ansible/ml-platform/tags.txt"))
    ),
];

/// The profile of that name.
pub fn profile(name: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|profile| profile.name == name)
}

impl Profile {
    /// Whether it is for roles that are known, which make namespaces and Services themselves from its variables.
    pub fn has_roles(&self) -> bool {
        self.variables.is_some()
    }

    /// The counted tags, by name; nothing when nobody has counted.
    pub fn tag_names(&self) -> Option<impl Iterator<Item = &'static str> + Clone> {
        self.tags.map(|tags| tags.lines().filter(|line| !line.starts_with('#')))
    }

    /// The counted variables with what each does, by name; none when nobody has counted.
    pub fn statuses(&self) -> impl Iterator<Item = (&'static str, Status)> {
        let lines = self.variables.unwrap_or_default().lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| line.split_once(' ')).map(|(name, status)| {
            let status = match status {
                "live" | "legacy" => Status::Live,
                "fixed" => Status::Fixed,
                _ => Status::Dead,
            };
            (name, status)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::PROFILES;
    use std::path::Path;

    #[test]
    fn the_table_lists_every_template_of_every_folder() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/ansible");
        let mut found: Vec<String> = walkdir::WalkDir::new(&root)
            .into_iter()
            .map(|entry| entry.expect("a readable folder"))
            .filter(|entry| entry.path().extension().is_some_and(|ending| ending == "j2"))
            .map(|entry| entry.path().strip_prefix(&root).expect("below the root").display().to_string())
            .collect();
        found.sort();
        let mut listed: Vec<String> = PROFILES
            .iter()
            .flat_map(|profile| {
                profile.templates.iter().map(|(file, _)| format!("{}/{file}.j2", profile.name))
            })
            .collect();
        listed.sort();
        assert_eq!(found, listed);
    }

    #[test]
    fn variables_and_tags_are_sorted_and_each_status_is_known() {
        for profile in PROFILES {
            let lines = profile.variables.unwrap_or_default().lines().filter(|line| !line.starts_with('#'));
            let rows: Vec<(&str, &str)> =
                lines.map(|line| line.split_once(' ').expect("name and status")).collect();
            assert!(rows.windows(2).all(|rows| rows[0].0 < rows[1].0));
            let tags: Vec<&str> = profile.tag_names().into_iter().flatten().collect();
            assert!(tags.windows(2).all(|tags| tags[0] < tags[1]));
            assert!(rows.iter().all(|(_, status)| ["live", "legacy", "fixed", "dead"].contains(status)));
        }
    }
}
