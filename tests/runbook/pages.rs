//! The pages have what a person does, in the order that keeps the data.

use super::stage::Stage;
use plan::source::Source;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn the_old_writer_starts_again_only_after_the_new_one_has_stopped() {
    let stage = Stage::new("tests/plans/handover");
    let page = fs::read_to_string(stage.path("03-catalogue/README.md")).expect("a page");
    let stop = page.find("sh runbook/03-catalogue/stop.sh").expect("the new one stops");
    let start = page.find("sh runbook/03-catalogue/undo-quay.sh").expect("the old one starts");
    assert!(stop < start, "{page}");
    // Flux brings `catalogue` as soon as it runs, so that is when the old one stops.
    let index = fs::read_to_string(stage.path("README.md")).expect("a page");
    assert!(index.contains("Somebody who copies `mongo`, `mysql` into `$RUN_DIR/backup/NAME`"), "{index}");
    assert!(!index.contains("do not wait for each other"), "{index}");
    assert!(index.contains("| `catalogue` | the start (`build`) | +6h (`catalogue`) | 6h |"), "{index}");
    assert!(index.contains("| `orders` | +3h (`orders`) | +5h (`orders`) | 2h |"), "{index}");
}

/// `do` is done as it is written, whichever cluster a word is about, and data comes back once its pods are there.
#[test]
fn work_on_two_clusters_keeps_its_order() {
    let stage = Stage::new("tests/runbook/annex");
    let page = fs::read_to_string(stage.path("04-shop/README.md")).expect("a page");
    let steps = ["do-old.sh", "do.sh", "do-old-2.sh", "resume kustomization", "restore.sh", "check.sh"];
    let places = steps.map(|step| page.find(step).unwrap_or_else(|| panic!("no {step}:\n{page}")));
    assert!(places.is_sorted(), "{page}");
    // Flux is that of the cluster, whatever the shell was told before.
    for line in page.lines().filter(|line| line.contains(" suspend kustomization ")) {
        assert!(line.contains("`KUBECONFIG=~/new.yaml flux "), "{line}");
    }
    let text = |file: &str| fs::read_to_string(stage.path(file)).expect("a script");
    assert!(text("04-shop/do-old.sh").contains("run 'drain:shop' part_1\nfinish"));
    assert!(text("04-shop/do.sh").contains("run 'restore:pg' part_1\nfinish"));
    assert!(text("04-shop/do-old-2.sh").contains("run 'drain:crm' part_1\nfinish"));
    assert!(text("04-shop/restore.sh").contains("run 'restore:shop' part_1\nfinish"));
}

#[test]
fn data_that_no_backup_has_and_nothing_moves_is_said() {
    let stage = Stage::new("tests/runbook/annex");
    let page = |file: &str| fs::read_to_string(stage.path(file)).expect("a page");
    assert!(page("README.md").contains("such as `build` and `save`, may run at the same time"));
    assert!(page("02-save/README.md").contains("`shop` is used while the copy is made and afterwards"));
    assert!(page("03-web/README.md").contains("**`wiki` keeps data, and nothing in the plan brings it here"));
    assert!(!page("04-shop/README.md").contains("nothing in the plan brings it here"));
    let back = page("05-names/README.md");
    assert!(back.contains("What was written to `wiki`, `shop` in the new cluster stays there"), "{back}");
    // What was stopped before has no writer.
    let stage = Stage::new("tests/plans/runbook");
    let page = fs::read_to_string(stage.path("01-save/README.md")).expect("a page");
    assert!(page.contains("`minio` is used while the copy is made") && !page.contains("`mlflow` is used"));
}

#[test]
fn what_nobody_keeps_has_its_commands_in_its_stage() {
    let plan = "[services.web]\nnamespace = \"web\"\nselector = { app = \"web\" }\nports = { http = \"80\" }\n\
                [[stages]]\nname = \"base\"\napply = [\"bootstrap.calico\", \"metallb\"]\ncheck = [\"pool-synced\"]\n\
                [[stages]]\nname = \"apps\"\napply = [\"web\"]\ncheck = [\"http-health\"]\n";
    let inputs = plan::Inputs::new(Source::new("migration.toml", plan::check::scaffold(plan)));
    let output = plan::compile(&inputs).output.expect("a tree");
    let page = |wanted: &str| {
        let (_, bytes) = output.tree.iter().find(|(path, _)| path.as_str() == wanted).expect(wanted);
        String::from_utf8(bytes.to_vec()).expect("UTF-8")
    };
    let base = page("runbook/01-base/README.md");
    // The namespaces that no stage names, the controller before its objects, and none of a later stage.
    let commands =
        ["-k clusters/main/00-namespaces", "helm upgrade --install metallb", "-k clusters/main/20-metallb"];
    let places =
        commands.map(|command| base.find(command).unwrap_or_else(|| panic!("no {command}:\n{base}")));
    assert!(places.is_sorted() && !base.contains("40-apps"), "{base}");
    assert!(
        page("runbook/02-apps/README.md").contains("kubectl apply --server-side -k clusters/main/40-apps")
    );
    let index = page("runbook/README.md");
    assert!(
        index.contains("the plan does not say how long they take") && index.contains("`helm`"),
        "{index}"
    );
    // An address without a name needs no help to be found.
    let check = page("runbook/02-apps/check.sh");
    assert!(check.contains("answers http://192.168.1.200/\n"), "{check}");
}

/// A stage without `on` works on every cluster, each with its own network and one controller for all.
#[test]
fn a_stage_may_be_about_every_cluster() {
    let plan = "[clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\ncni = \"flannel\"\n\
                pods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n\
                [gitops]\ntool = \"argocd\"\nrepo = \"https://git.example.com/p.git\"\npath = \"out/example\"\n\
                [[stages]]\nname = \"base\"\napply = [\"bootstrap.calico\", \"metallb\", \"policies\"]\ncheck = [\"gitops-synced\"]\n";
    let inputs = plan::Inputs::new(Source::new("migration.toml", plan::check::scaffold(plan)));
    let compilation = plan::compile(&inputs);
    let Some(output) = compilation.output else { panic!("{:#?}", compilation.diagnostics) };
    let page = |wanted: &str| {
        let (_, bytes) = output.tree.iter().find(|(path, _)| path.as_str() == wanted).expect(wanted);
        String::from_utf8(bytes.to_vec()).expect("UTF-8")
    };
    let base = page("runbook/01-base/README.md");
    assert!(base.contains("sh bootstrap/main/bootstrap.sh") && !base.contains("bootstrap/second"), "{base}");
    assert!(base.contains("-f gitops/root.yaml"), "{base}");
    assert!(base.contains("export KUBECONFIG=~/argo-cd.yaml"), "{base}");
    assert!(page("runbook/README.md").contains("`~/argo-cd.yaml`"));
    let script = page("runbook/01-base/check-second.sh");
    assert!(script.contains("KUBECONFIG=${ARGO_CD:-${HOME:-.}/argo-cd.yaml}"), "{script}");
}

/// Flux runs in each cluster, so each has its own commands.
#[test]
fn every_cluster_of_flux_is_asked_for_its_own() {
    let plan = "[clusters.second]\ndistribution = \"k3s\"\nversion = \"v1.33.1+k3s1\"\nservers = [\"node-3\"]\n\
                pods = \"10.52.0.0/16\"\nservices = \"10.53.0.0/16\"\n[clusters.second.calico]\nversion = \"v3.30.7\"\n\
                [services.web]\nnamespace = \"web\"\ncluster = [\"main\", \"second\"]\nselector = { app = \"web\" }\n\
                ports = { http = \"80\" }\nclients = []\n\
                [gitops]\ntool = \"flux\"\nrepo = \"https://git.example.com/p.git\"\npath = \"out/example\"\n\
                [[stages]]\nname = \"base\"\napply = [\"bootstrap.calico\", \"metallb\"]\ncheck = [\"nodes-ready\"]\n\
                [[stages]]\nname = \"apps\"\nhold = \"manual\"\napply = [\"web\"]\ncheck = [\"pods-ready\"]\n";
    let inputs = plan::Inputs::new(Source::new("migration.toml", plan::check::scaffold(plan)));
    let compilation = plan::compile(&inputs);
    let Some(output) = compilation.output else { panic!("{:#?}", compilation.diagnostics) };
    let path = "runbook/02-apps/README.md";
    let (_, bytes) = output.tree.iter().find(|(file, _)| file.as_str() == path).expect("a page");
    let page = String::from_utf8(bytes.to_vec()).expect("UTF-8");
    for name in ["main", "second"] {
        let commands = format!(
            "export KUBECONFIG=~/{name}.yaml\nflux -n flux-system resume kustomization {name}-stage-apps\n```"
        );
        assert!(page.contains(&commands), "{page}");
    }
}

#[test]
fn a_timeline_is_shown_in_every_format() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let show = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plan"));
        let output =
            command.args(["show", "timeline"]).args(arguments).current_dir(root).output().expect("a run");
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"), output.stderr)
    };
    let (status, table, _) = show(&["tests/plans/runbook"]);
    assert_eq!(status, Some(0));
    assert!(table.contains("critical path: save -> rebuild -> data -> apps -> cutover, 13h"), "{table}");
    let rebuild = table.lines().find(|line| line.starts_with("rebuild")).expect("a line");
    assert!(rebuild.contains("Sat 2026-07-04 22:00  Sun 2026-07-05 04:00"), "{rebuild}");
    let (_, mermaid, _) = show(&["--format", "mermaid", "tests/plans/runbook"]);
    assert!(
        mermaid.starts_with("gantt\n") && mermaid.contains("rebuild :crit, s3, 2026-07-04 22:00, 360m\n"),
        "{mermaid}"
    );
    let (_, svg, _) = show(&["--format", "svg", "tests/plans/runbook"]);
    assert_eq!(svg.matches("<rect class=\"stage").count(), 6, "{svg}");
    assert_eq!(svg.matches("<rect class=\"slack").count(), 2, "{svg}");
    let (_, json, _) = show(&["--format", "json", "tests/plans/runbook"]);
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["length"], 13 * 3600);
    assert_eq!(json["stages"][1]["slack"], 5400);
    let (status, _, error) = show(&["tests/plans/minimal"]);
    assert_eq!(status, Some(2));
    assert!(String::from_utf8_lossy(&error).contains("has no stages"));
}
