//! Data are gone with the volume that held them.

use super::{Effect, Rule};
use crate::diff::change::{Change, What};
use crate::diff::context::Context;
use crate::diff::danger::Danger;
use crate::diff::departure::Departure;
use serde_json::Value;

pub static RULE: Rule = Rule {
    name: "storage",
    about: "a volume, or the workload that keeps data, goes; or who deletes volumes changes",
    find,
};

fn find(context: &Context<'_>, change: &Change) -> Vec<Effect> {
    let id = change.id();
    let is_gone = matches!(change.what(), What::Removed | What::Renamed);
    if let Some(old) = change.old.as_ref().filter(|_| is_gone) {
        let what = match (id.group.as_str(), id.kind.as_str()) {
            ("", "PersistentVolumeClaim") => {
                "the claim goes, and with the reclaim policy `Delete` its volume and all data"
            }
            ("", "PersistentVolume") => "the volume goes; its data stay where its reclaim policy is `Retain`",
            ("apps", "StatefulSet") => {
                "its pods stop; their claims stay, unless `persistentVolumeClaimRetentionPolicy` says otherwise"
            }
            ("storage.k8s.io", "StorageClass") => {
                "no new claim of this class is served; volumes that exist stay"
            }
            _ => return Vec::new(),
        };
        let departure = context.departure(old);
        let danger = match id.kind.as_str() {
            _ if departure == Some(Departure::Kept) => Danger::Note,
            "PersistentVolumeClaim" | "PersistentVolume" => Danger::Irreversible,
            _ => Danger::Disruptive,
        };
        return vec![
            match departure {
                Some(departure) => {
                    Effect::new(danger, format!("{what}; {}", departure.words(context.controller())))
                }
                None => Effect::new(danger, format!("{what}, if whoever applies this deletes what leaves")),
            }
            .advice("back up first"),
        ];
    }
    let path: &[&str] = match id.kind.as_str() {
        "PersistentVolume" => &["spec", "persistentVolumeReclaimPolicy"],
        "StorageClass" => &["reclaimPolicy"],
        _ => return Vec::new(),
    };
    if change.both().is_none() {
        return Vec::new();
    }
    let Some((_, new)) = change.differs(path) else { return Vec::new() };
    vec![match new.and_then(Value::as_str) {
        Some("Retain") => Effect::new(Danger::Note, "data stay when a claim is deleted"),
        word => Effect::new(
            Danger::Disruptive,
            format!("data go when a claim is deleted (`{}`)", word.unwrap_or("Delete")),
        ),
    }]
}
