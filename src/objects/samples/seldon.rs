//! Seldon's kinds.

use super::*;
use crate::objects::seldon::*;

pub(super) fn seldon() -> Vec<AnyObject> {
    let pod = || Some(json!({ "nodeSelector": { "gpu": "yes" }, "terminationGracePeriodSeconds": 30 }));
    let runtime = SeldonRuntime {
        metadata: Metadata::namespaced("seldon-mesh", "seldon"),
        spec: SeldonRuntimeSpec {
            seldon_config: "default".into(),
            overrides: vec![Override {
                name: "seldon-envoy".into(),
                disable: Some(false),
                replicas: Some(1),
                service_type: some("ClusterIP"),
                pod_spec: pod(),
            }],
            config: Some(
                json!({ "serviceConfig": { "grpcServicePrefix": "http2-", "serviceType": "LoadBalancer" } }),
            ),
            disable_auto_update: Some(false),
        },
    };
    let server = Server {
        metadata: Metadata::namespaced("seldon-mesh", "mlserver"),
        spec: ServerSpec {
            server_config: "mlserver".into(),
            replicas: Some(1),
            min_replicas: Some(1),
            max_replicas: Some(2),
            capabilities: list(&["mlserver"]),
            extra_capabilities: list(&["alibi"]),
            pod_spec: pod(),
            disable_auto_update: Some(false),
        },
    };
    vec![(&runtime).into(), (&server).into()]
}
