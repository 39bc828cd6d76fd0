//! The parts of Seldon Core 2 that a plan places in a namespace (`mlops.seldon.io/v1alpha1`).
//!
//! Mirrors SeldonIO/seldon-core v2.10 `operator/apis/mlops/v1alpha1`. Pod specs are plain values: they are partial,
//! and merged into those of the SeldonConfig or ServerConfig by the name of the container.

use super::fields::{kinds, parts};
use serde_json::Value;

kinds! {
    /// One runtime a namespace: scheduler, gateways and mesh.
    SeldonRuntime: "mlops.seldon.io/v1alpha1", SeldonRuntimeSpec;
    /// Inference servers of one kind.
    Server: "mlops.seldon.io/v1alpha1", ServerSpec;
}

parts! {
    SeldonRuntimeSpec {
        seldon_config: String,
        overrides: Vec<Override>,
        config: Option<Value>,
        disable_auto_update: Option<bool>,
    }
    /// Changes one component of the SeldonConfig, such as `hodometer` or `seldon-envoy`.
    Override {
        name: String,
        disable: Option<bool>,
        replicas: Option<u32>,
        /// `ClusterIP`, `LoadBalancer` and so on.
        service_type: Option<String>,
        pod_spec: Option<Value>,
    }
    ServerSpec {
        server_config: String,
        replicas: Option<u32>,
        min_replicas: Option<u32>,
        max_replicas: Option<u32>,
        capabilities: Vec<String>,
        extra_capabilities: Vec<String>,
        pod_spec: Option<Value>,
        disable_auto_update: Option<bool>,
    }
}
