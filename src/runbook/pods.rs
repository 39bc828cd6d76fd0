//! The pods that scripts start: they do nothing by themselves, ask for next to nothing, may run under the strictest Pod
//! Security level, and are gone after a quarter of an hour whatever happens.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Seconds after which the cluster itself stops such a pod.
const DEADLINE: u32 = 900;

/// What a pod is asked for.
#[derive(Clone, Debug, Default)]
pub struct Probe<'a> {
    pub image: &'a str,
    /// Labels of other pods, for which policies take it.
    pub labels: BTreeMap<String, String>,
    /// The node that it runs on.
    pub node: Option<&'a str>,
    pub task: Task,
}

/// What a pod is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Task {
    /// Commands are run in it.
    #[default]
    Wait,
    /// It serves a file that is larger than a packet.
    Serve,
    /// It looks at the machine that it runs on.
    Look,
}

impl Probe<'_> {
    /// The pod as JSON on one line.
    pub fn manifest(&self) -> String {
        let mut labels = self.labels.clone();
        // Without a sidecar, whose own rules would be asked in place of the policies.
        labels.entry("sidecar.istio.io/inject".to_owned()).or_insert_with(|| "false".to_owned());
        let command = match self.task {
            Task::Serve => {
                json!(["sh", "-c", "cd /tmp && head -c 100000 /dev/zero >large && exec httpd -f -p 8080"])
            }
            _ => json!(["sleep", DEADLINE.to_string()]),
        };
        let mut container = json!({
            "name": "probe",
            "image": self.image,
            "command": command,
            "resources": {
                "requests": { "cpu": "10m", "memory": "16Mi" },
                "limits": { "cpu": "200m", "memory": "64Mi" },
            },
        });
        let mut spec = json!({
            "restartPolicy": "Never",
            "activeDeadlineSeconds": DEADLINE,
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            // Nobody ever says that it holds, so the pod is never ready and no Service sends it anything.
            "readinessGates": [{ "conditionType": "runbook.plan/never" }],
        });
        if self.task == Task::Look {
            container["securityContext"] =
                json!({ "runAsUser": 0, "capabilities": { "add": ["NET_ADMIN", "NET_RAW"] } });
            container["volumeMounts"] = json!([{ "name": "host", "mountPath": "/host", "readOnly": true }]);
            spec["hostNetwork"] = json!(true);
            spec["tolerations"] = json!([{ "operator": "Exists" }]);
            spec["volumes"] = json!([{ "name": "host", "hostPath": { "path": "/" } }]);
        } else {
            container["securityContext"] =
                json!({ "allowPrivilegeEscalation": false, "capabilities": { "drop": ["ALL"] } });
            spec["securityContext"] = json!({
                "runAsNonRoot": true,
                "runAsUser": 65534,
                "seccompProfile": { "type": "RuntimeDefault" },
            });
        }
        if let Some(node) = self.node {
            spec["nodeName"] = json!(node);
        }
        spec["containers"] = Value::Array(vec![container]);
        let pod = json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": { "generateName": "plan-probe-", "labels": labels },
            "spec": spec,
        });
        pod.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_is_never_ready_and_has_no_rights() {
        let labels = BTreeMap::from([("app".to_owned(), "web".to_owned())]);
        let pod = Probe { image: "busybox:1", labels, node: None, task: Task::Wait }.manifest();
        let pod: Value = serde_json::from_str(&pod).expect("JSON");
        assert_eq!(pod["metadata"]["labels"]["app"], "web");
        assert_eq!(pod["spec"]["readinessGates"].as_array().map(Vec::len), Some(1));
        assert_eq!(pod["spec"]["securityContext"]["runAsNonRoot"], true);
        assert_eq!(pod["spec"]["automountServiceAccountToken"], false);
    }
}
