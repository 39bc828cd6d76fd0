//! What is saved can be read back, and comes back once, to where it was.

use super::stage::Stage;
use std::collections::BTreeSet;
use std::fs;

#[test]
fn a_backup_is_never_written_over_and_a_changed_one_is_found() {
    let stage = Stage::new("plans/ml-platform");
    let (save, cluster) = stage.script("01-freeze/do.sh");
    assert_eq!(stage.run(&save, &cluster, "good").status, Some(0));
    let again = stage.run(&save, &cluster, "good");
    assert_eq!(again.status, Some(1));
    assert!(again.stdout.contains("holds a backup already"), "{}", again.stdout);
    let kept = stage.run_in(&["sh"], &[("KEEP", "yes")], &save, &cluster, "good");
    assert_eq!(kept.status, Some(0), "{}", kept.stdout);
    let (check, cluster) = stage.script("01-freeze/check.sh");
    assert_eq!(stage.run(&check, &cluster, "good").status, Some(0));
    let dump = stage.path("run/good/backup/postgres/mlflow.dump");
    fs::write(dump, "broken").expect("a file");
    let found = stage.run(&check, &cluster, "good");
    assert_eq!(found.status, Some(1));
    assert!(found.stdout.contains("are not what they were"), "{}", found.stdout);
    let kept = stage.run_in(&["sh"], &[("KEEP", "yes")], &save, "before", "good");
    assert_eq!(kept.status, Some(1), "{}", kept.stdout);
}

/// The folder of one cluster's backup is no backup of another cluster, whatever was kept.
#[test]
fn a_backup_of_another_cluster_is_none() {
    let stage = Stage::new("tests/runbook/annex");
    let (save, cluster) = stage.script("02-save/do.sh");
    assert_eq!(stage.run(&save, &cluster, "good").status, Some(0));
    for name in ["manifests", "pg"] {
        let taken = stage.path(&format!("run/good/backup/{name}/TAKEN"));
        let text = fs::read_to_string(&taken).expect("when it was taken");
        assert!(text.contains("\nof old\n"), "{text}");
        fs::write(taken, text.replace("of old", "of elsewhere")).expect("a file");
    }
    let kept = stage.run_in(&["sh"], &[("KEEP", "yes")], &save, &cluster, "good");
    assert_eq!(kept.status, Some(1), "{}", kept.stdout);
    assert!(kept.stdout.contains("holds what was saved of elsewhere; give old a RUN_DIR"), "{}", kept.stdout);
    // What lies outside of the clusters is the same from everywhere.
    let results = kept.by_check();
    assert_eq!(results["backup:pg"], BTreeSet::from(["PASS".to_owned()]), "{}", kept.stdout);
    assert_eq!(results["backup:manifests"], BTreeSet::from(["FAIL".to_owned()]), "{}", kept.stdout);
}

#[test]
fn what_was_put_back_once_is_left_alone() {
    let stage = Stage::new("plans/ml-platform");
    let run = |file: &str| {
        let (script, cluster) = stage.script(file);
        stage.run(&script, &cluster, "good")
    };
    assert_eq!(run("01-freeze/do.sh").status, Some(0));
    let first = run("04-data/restore.sh");
    assert_eq!(first.status, Some(0), "{}", first.stdout);
    assert!(first.stdout.contains("entries are back"), "{}", first.stdout);
    let second = run("04-data/restore.sh");
    assert_eq!(second.status, Some(0));
    assert!(second.stdout.contains("was put back already"), "{}", second.stdout);
    assert!(!second.stdout.contains("entries are back"), "{}", second.stdout);
}

#[test]
fn a_restore_that_was_stopped_starts_the_pods_that_there_were() {
    let stage = Stage::new("plans/ml-platform");
    let (save, cluster) = stage.script("01-freeze/do.sh");
    assert_eq!(stage.run(&save, &cluster, "good").status, Some(0));
    // What a run leaves that was killed after it had scaled the pods down.
    let state = stage.path("run/good/state");
    fs::write(state.join("restore-minio-after"), "deployment/minio 3\n").expect("a file");
    let (restore, cluster) = stage.script("04-data/restore.sh");
    assert_eq!(stage.run(&restore, &cluster, "good").status, Some(0));
    let scaled = stage.path("state/good/04-data-restore.sh/scaled");
    let scaled = fs::read_to_string(scaled).expect("what was scaled");
    assert!(scaled.ends_with("scale deployment/minio --replicas=3\n"), "{scaled}");
}

#[test]
fn a_person_copies_what_no_script_can() {
    let stage = Stage::new("tests/plans/handover");
    let (save, cluster) = stage.script("02-orders/do.sh");
    let first = stage.run(&save, &cluster, "good");
    assert_eq!(first.status, Some(2), "{}", first.stdout);
    assert!(first.stdout.contains("run/good/backup/mysql with the tool of their maker"), "{}", first.stdout);
    // A dump that `pg_restore` cannot read, and a folder as `mongodump` makes it, with an empty collection.
    fs::write(stage.path("run/good/backup/mysql/orders.dump"), "-- MySQL dump\n").expect("a file");
    fs::create_dir_all(stage.path("run/good/backup/mongo/dump/shop")).expect("a folder");
    fs::write(stage.path("run/good/backup/mongo/dump/shop/carts.bson"), "").expect("a file");
    let kept = [("KEEP", "yes")];
    let second = stage.run_in(&["sh"], &kept, &save, &cluster, "good");
    assert_eq!(second.status, Some(1), "{}", second.stdout);
    assert!(second.stdout.contains("mongo/dump holds nothing"), "{}", second.stdout);
    fs::write(stage.path("run/good/backup/mongo/dump/shop/orders.bson"), "data").expect("a file");
    let third = stage.run_in(&["sh"], &kept, &save, &cluster, "good");
    assert_eq!(third.status, Some(0), "{}", third.stdout);
    assert!(third.stdout.contains("dump has 1 files"), "{}", third.stdout);
    let (check, cluster) = stage.script("02-orders/check.sh");
    let read = stage.run(&check, &cluster, "good");
    assert_eq!(read.status, Some(0), "{}", read.stdout);
    fs::write(stage.path("run/good/backup/mongo/dump/shop/orders.bson"), "other").expect("a file");
    assert_eq!(stage.run(&check, &cluster, "good").status, Some(1));
    let (restore, cluster) = stage.script("03-catalogue/do.sh");
    let asked = stage.run(&restore, &cluster, "good");
    assert_eq!(asked.status, Some(2), "{}", asked.stdout);
    fs::write(stage.path("run/good/state/restored-mysql-pier"), "").expect("a file");
    assert_eq!(stage.run(&restore, &cluster, "good").status, Some(0));
}

#[test]
fn a_bucket_may_be_on_any_of_several_claims() {
    let stage = Stage::new("plans/ml-platform");
    let (save, cluster) = stage.script("01-freeze/do.sh");
    let stub = stage.path("stub/before");
    fs::write(stub.join("claims"), "node-1 data-0 data-1 \n").expect("a file");
    // The first claim in the order of their names has none.
    fs::create_dir_all(stub.join("data-0")).expect("a folder");
    fs::write(stub.join("data-0/format.json"), "{}").expect("a file");
    let ran = stage.run(&save, &cluster, "good");
    assert_eq!(ran.status, Some(0), "{}", ran.stdout);
    assert!(ran.stdout.contains("data-1.tar reads back"), "{}", ran.stdout);
}
