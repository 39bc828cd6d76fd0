//! Every word of `check` and `do`, with the template that makes a script of it. A new one is a file and a line here.

/// A word, and what it does.
#[derive(Debug)]
pub struct Word {
    /// As it is written, without what stands behind the colon.
    pub name: &'static str,
    /// What stands behind the colon, in capitals; nothing for a word that has none.
    pub argument: Option<&'static str>,
    /// What it asks, in one phrase for the page of the stage.
    pub asks: &'static str,
    /// What the answer shall be.
    pub expects: &'static str,
    pub template: &'static str,
}

/// A template of something that is done, and what shows that it was.
#[derive(Debug)]
pub struct Action {
    pub name: &'static str,
    /// What it does, in one phrase for the page of the stage.
    pub does: &'static str,
    /// What shows that it was done.
    pub shows: &'static str,
    pub template: &'static str,
}

macro_rules! checks {
    ($($name:literal $(: $argument:literal)?, $asks:literal, $expects:literal;)*) => {
        &[$(Word {
            name: $name,
            argument: checks!(@argument $($argument)?),
            asks: $asks,
            expects: $expects,
            template: include_str!(concat!("../../templates/checks/", $name, ".sh.j2")),
        }),*]
    };
    (@argument) => { None };
    (@argument $argument:literal) => { Some($argument) };
}

macro_rules! actions {
    ($($name:literal, $does:literal, $shows:literal;)*) => {
        &[$(Action {
            name: $name,
            does: $does,
            shows: $shows,
            template: include_str!(concat!("../../templates/actions/", $name, ".sh.j2")),
        }),*]
    };
}

/// The words of `check`, by name.
pub const CHECKS: &[Word] = checks! {
    "api-from-pod", "can a pod reach the API server, by address and by name", "both answer";
    "artifact-roundtrip", "does an artifact of MLflow come back as it was written", "the same bytes; it is deleted again";
    "backups-readable", "can every backup so far be read by the program that restores it", "every sum is right and every file lists what it holds";
    "buckets-present", "are the buckets of the plan on the volumes", "each is there";
    "calico-available", "is Calico available, in the planned release", "`Available=True`, not `Degraded`, for each TigeraStatus";
    "cluster-dns", "does the cluster's DNS have its address, and does it resolve from a pod", "every name, over UDP and TCP";
    "cross-node-pod", "do 100,000 bytes pass from a pod on each node to one on the next", "all of them, which shows routes, firewall and MTU";
    "gitops-synced", "is everything that the GitOps controller knows of synced and healthy", "each is";
    "host-clean", "is anything of the old network plugin left on the machines", "no interface, no file, no chain";
    "http-health", "does every HTTP address answer from here", "any status below 500";
    "infer": "NAME", "does every model answer through its inference endpoint", "HTTP 200";
    "ips-match", "has every Service the address of the plan", "the same addresses, no other";
    "models-ready", "is every model ready, and is every model of the old cluster there", "`Ready`; the list of the old cluster is kept";
    "names-resolve", "do the names lead to the addresses of the plan, from here", "these addresses and no other";
    "no-nodeport-left", "has any Service still a node port", "none but those that the plan keeps";
    "no-running-workflows", "does any workflow run", "none";
    "nodes-ready", "is every machine of the plan a node, ready, with its address and release", "each is, and there is no other node";
    "pods-ready", "are the pods behind the Services there and ready", "at least one each, and all of them ready";
    "policy-probes", "do connections pass that the plan allows, and are the others held back", "allowed ones answer, denied ones stay silent";
    "pool-synced", "has MetalLB the pools and announcements of the plan, and do its pods run", "the same addresses; every pod ready";
    "reachable": "NAME", "do the pods that need it reach it", "every port answers";
    "sealed-secrets-decrypt", "does every SealedSecret open", "`Synced`";
    "secrets-present", "is every Secret there that the plan names", "each is";
    "servers-ready", "are the runtimes and inference servers of Seldon ready", "`Ready`";
};

/// What `do` and the ways back are made of, by name.
pub const ACTIONS: &[Action] = actions! {
    "backup-by-hand", "asks a person for a copy of what `plan` cannot copy", "the copy is there and every file of it holds something";
    "backup-database", "dumps its databases", "`pg_restore --list` finds tables in each dump";
    "backup-etcd", "copies the state of the cluster from its first server", "`tar` lists the copy";
    "backup-manifests", "saves every object of every kind, Secrets and custom resources too", "`kubectl` reads every file back";
    "backup-namespace", "saves every object of its namespaces", "`kubectl` reads every file back";
    "backup-path", "copies its files", "`tar` lists the copy";
    "backup-sealed-secrets-key", "saves every key of the sealed-secrets controller", "`kubectl` reads every key back";
    "backup-volumes", "copies every volume of its pods", "`tar` lists each copy, not shorter than the volume, with the buckets of the plan";
    "drain", "suspends what starts by itself, waits for what runs, and takes its pods away", "no pod is left; the numbers before are kept for the way back";
    "restore-by-hand", "asks a person to put back what `plan` cannot", "the person says so with a file";
    "restore-database", "puts its databases back as they were saved", "`pg_restore` ends without an error";
    "restore-objects", "shows that the saved objects can be read", "`kubectl` reads every file; what is missing is applied by hand";
    "restore-path", "puts its files back", "`tar` ends without an error";
    "restore-sealed-secrets-key", "puts the saved keys into the cluster and restarts the controller", "`kubectl` takes every key";
    "restore-volumes", "stops its pods, puts the files back and starts them again", "as many entries as in the copy";
    "undrain", "starts what was drained again", "the numbers of before";
};

/// The check of that name.
pub fn check(name: &str) -> Option<&'static Word> {
    CHECKS.iter().find(|word| word.name == name)
}

/// The action of that name. Only names of the list are asked for.
pub fn action(name: &str) -> &'static Action {
    let action = ACTIONS.iter().find(|action| action.name == name);
    action.expect("broken promise: every meaning of a word is an action of the list")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn the_lists_have_every_template_in_order() {
        let files = |folder: &str| {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates").join(folder);
            let names = root.read_dir().expect("a folder").map(|entry| entry.expect("an entry").file_name());
            let mut names: Vec<String> = names
                .filter_map(|name| name.to_string_lossy().strip_suffix(".sh.j2").map(str::to_owned))
                .collect();
            names.sort();
            names
        };
        let checks: Vec<&str> = CHECKS.iter().map(|word| word.name).collect();
        let actions: Vec<&str> = ACTIONS.iter().map(|action| action.name).collect();
        assert_eq!(checks, files("checks"));
        assert_eq!(actions, files("actions"));
    }
}
