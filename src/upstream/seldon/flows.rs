//! Every connection that a Seldon runtime opens, by the ports of the pods that take it.
//!
//! A NetworkPolicy is matched after the Service address was replaced, so these are pod ports: 9000 and never the 80 of
//! the Service `seldon-mesh`.

use super::super::{Release, Version};

/// A kind of pod, or something outside the runtime that its pods talk to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// In the controller's namespace; all other pods of Seldon are in the tenant's.
    Controller,
    Scheduler,
    Envoy,
    ModelGateway,
    PipelineGateway,
    Dataflow,
    Hodometer,
    /// A Server's pods: agent, rclone and the inference server.
    Server,
    ApiServer,
    ClusterDns,
    /// Every broker, not only the bootstrap Service.
    Kafka,
    SchemaRegistry,
    ObjectStore,
    Telemetry,
    Prometheus,
    /// Whoever sends inference requests.
    Clients,
    Internet,
    Kubelet,
}

/// When a flow must be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Nothing works without it.
    Always,
    /// Only with pipelines (gateways and dataflow engine on).
    Pipelines,
    /// Only when the plan configures it: telemetry, schema registry, metrics, explainers, object stores.
    Configured,
    /// Works as well without it; best left closed.
    Never,
    /// From the node to its own pods, which every network plug-in lets through.
    Node,
}

/// Which value decides between the plain and the TLS port of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// One port, whatever is configured.
    Fixed,
    /// `security.controlplane.protocol` of the setup chart.
    ControlPlane,
    /// `security.kafka.protocol` of the setup chart, and the listener of the broker.
    Kafka,
    /// Known to the plan only: the port of a declared service.
    Declared,
}

/// One row: `from` opens TCP connections (and UDP to DNS) to `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow {
    pub id: &'static str,
    pub from: &'static [Component],
    pub to: Component,
    /// Pod ports; for [`Transport::Declared`] the usual ones.
    pub plain: &'static [u16],
    /// Pod ports with TLS; empty when they are the plain ones.
    pub tls: &'static [u16],
    pub transport: Transport,
    pub need: Need,
    pub purpose: &'static str,
    /// Where upstream opens it.
    pub source: &'static str,
    /// The first release with it, and the first without.
    pub since: Option<Release>,
    pub until: Option<Release>,
}

use Component::{
    ApiServer, Clients, ClusterDns, Controller, Dataflow, Envoy, Hodometer, Internet, Kafka, Kubelet,
    ModelGateway, ObjectStore, PipelineGateway, Prometheus, Scheduler, SchemaRegistry, Server, Telemetry,
};

const ROW: Flow = Flow {
    id: "",
    from: &[],
    to: Scheduler,
    plain: &[],
    tls: &[],
    transport: Transport::Fixed,
    need: Need::Always,
    purpose: "",
    source: "",
    since: None,
    until: None,
};

const BEHIND_KAFKA: &[Component] = &[ModelGateway, PipelineGateway, Dataflow];
const CONTROL_PLANE: Flow = Flow { plain: &[9004], tls: &[9044], transport: Transport::ControlPlane, ..ROW };

/// All flows, by id.
pub const FLOWS: &[Flow] = &[
    Flow {
        id: "F01",
        from: &[Controller],
        purpose: "the controller drives the scheduler, `seldon-scheduler.NAMESPACE`",
        source: "operator/scheduler/client.go",
        ..CONTROL_PLANE
    },
    Flow {
        id: "F02",
        from: &[Controller],
        to: ApiServer,
        plain: &[6443],
        purpose: "watches and leases",
        source: "operator/main.go",
        ..ROW
    },
    Flow {
        id: "F03",
        from: &[Server],
        plain: &[9005],
        tls: &[9055],
        transport: Transport::ControlPlane,
        purpose: "the agent subscribes; 9004 is not its port",
        source: "scheduler/cmd/agent/cli/cli.go",
        ..ROW
    },
    Flow {
        id: "F04",
        from: &[Envoy],
        plain: &[9002],
        purpose: "xDS; TLS by `security.envoy.protocol`, on the same port",
        source: "scheduler/config/envoy.yaml",
        ..ROW
    },
    Flow {
        id: "F05",
        from: &[Dataflow],
        plain: &[9008],
        need: Need::Pipelines,
        purpose: "pipeline subscription, plaintext even with a TLS control plane",
        source: "scheduler/pkg/kafka/dataflow/server.go",
        ..ROW
    },
    Flow {
        id: "F06",
        from: &[ModelGateway],
        need: Need::Pipelines,
        purpose: "model and pipeline status",
        source: "scheduler/cmd/modelgateway/main.go",
        ..CONTROL_PLANE
    },
    Flow {
        id: "F07",
        from: &[PipelineGateway],
        need: Need::Pipelines,
        purpose: "model and pipeline status",
        source: "scheduler/cmd/pipelinegateway/main.go",
        ..CONTROL_PLANE
    },
    Flow {
        id: "F08",
        from: &[Hodometer],
        need: Need::Configured,
        purpose: "usage metrics",
        source: "hodometer/cmd/hodometer/args.go",
        ..CONTROL_PLANE
    },
    Flow {
        id: "F09",
        from: &[Clients],
        to: Envoy,
        plain: &[9000],
        purpose: "inference, REST and gRPC",
        source: "scheduler/pkg/envoy/xdscache/seldoncache.go",
        ..ROW
    },
    Flow {
        id: "F10",
        from: &[Envoy],
        to: Server,
        plain: &[9001],
        purpose: "inference over HTTP, the agent's reverse proxy",
        source: "scheduler/cmd/agent/main.go",
        ..ROW
    },
    Flow {
        id: "F11",
        from: &[Envoy],
        to: Server,
        plain: &[9501],
        purpose: "inference over gRPC, the agent's reverse proxy",
        source: "scheduler/cmd/agent/main.go",
        ..ROW
    },
    Flow {
        id: "F12",
        from: &[Envoy],
        to: PipelineGateway,
        plain: &[9010],
        need: Need::Pipelines,
        purpose: "pipelines over HTTP",
        source: "scheduler/pkg/server/pipeline_status.go",
        ..ROW
    },
    Flow {
        id: "F13",
        from: &[Envoy],
        to: PipelineGateway,
        plain: &[9011],
        need: Need::Pipelines,
        purpose: "pipelines over gRPC",
        source: "scheduler/pkg/server/pipeline_status.go",
        ..ROW
    },
    Flow {
        id: "F14",
        from: &[ModelGateway],
        to: Envoy,
        plain: &[9000],
        need: Need::Pipelines,
        purpose: "runs the model steps of a pipeline",
        source: "k8s/helm-charts/seldon-core-v2-setup/templates",
        ..ROW
    },
    Flow {
        id: "F15",
        from: &[PipelineGateway],
        to: Envoy,
        plain: &[9000],
        need: Need::Pipelines,
        purpose: "checks that models are ready",
        source: "scheduler/cmd/pipelinegateway/main.go",
        ..ROW
    },
    Flow {
        id: "F16",
        from: &[Server],
        to: Envoy,
        plain: &[9000],
        need: Need::Configured,
        purpose: "an explainer asks its model",
        source: "scheduler/pkg/agent/repository/mlserver/mlserver.go",
        ..ROW
    },
    Flow {
        id: "F17",
        from: BEHIND_KAFKA,
        to: Kafka,
        plain: &[9092],
        tls: &[9093],
        transport: Transport::Kafka,
        need: Need::Pipelines,
        purpose: "pipeline data; scheduler, envoy and agents use no Kafka",
        source: "scheduler/pkg/kafka/gateway/infer.go",
        ..ROW
    },
    Flow {
        id: "F17s",
        from: BEHIND_KAFKA,
        to: SchemaRegistry,
        transport: Transport::Declared,
        need: Need::Configured,
        purpose: "schemas, with `security.schemaRegistry.configPath`",
        source: "scheduler/pkg/kafka/schema/schema.go",
        since: Some((2, 10, 0)),
        ..ROW
    },
    Flow {
        id: "F18",
        from: &[Server],
        to: ObjectStore,
        plain: &[9000],
        tls: &[443],
        transport: Transport::Declared,
        need: Need::Configured,
        purpose: "rclone downloads models from a declared store",
        source: "k8s/helm-charts/seldon-core-v2-setup/templates (ServerConfig)",
        ..ROW
    },
    Flow {
        id: "F19",
        from: &[Server],
        to: Internet,
        plain: &[443],
        need: Need::Configured,
        purpose: "models from public stores and hubs",
        source: "k8s/helm-charts/seldon-core-v2-setup/templates (ServerConfig)",
        ..ROW
    },
    Flow {
        id: "F20",
        from: &[Server],
        to: ApiServer,
        plain: &[6443],
        purpose: "the agent reads rclone Secrets at start and exits without them",
        source: "scheduler/cmd/agent/main.go",
        ..ROW
    },
    Flow {
        id: "F20b",
        from: &[Scheduler, ModelGateway, PipelineGateway, Dataflow, Hodometer],
        to: ApiServer,
        plain: &[6443],
        need: Need::Configured,
        purpose: "TLS and SASL Secrets",
        source: "components/tls/pkg/tls/k8s_secret.go",
        ..ROW
    },
    Flow {
        id: "F21",
        from: &[Scheduler, Server, ModelGateway, PipelineGateway, Dataflow],
        to: Telemetry,
        plain: &[4317],
        transport: Transport::Declared,
        need: Need::Configured,
        purpose: "traces",
        source: "k8s/helm-charts/seldon-core-v2-setup/values.yaml (opentelemetry.endpoint)",
        ..ROW
    },
    Flow {
        id: "F22a",
        from: &[Prometheus],
        to: Envoy,
        plain: &[9003],
        need: Need::Configured,
        purpose: "metrics at `/stats/prometheus`",
        source: "prometheus/monitors/envoy-podmonitor.yaml",
        ..ROW
    },
    Flow {
        id: "F22b",
        from: &[Prometheus],
        to: Server,
        plain: &[8002, 8082, 9006],
        need: Need::Configured,
        purpose: "metrics of triton, mlserver and agent",
        source: "prometheus/monitors",
        ..ROW
    },
    Flow {
        id: "F22c",
        from: &[Prometheus],
        to: PipelineGateway,
        plain: &[9006],
        need: Need::Configured,
        purpose: "metrics",
        source: "prometheus/monitors",
        ..ROW
    },
    Flow {
        id: "F22d",
        from: &[Prometheus],
        to: Controller,
        plain: &[4000],
        need: Need::Configured,
        purpose: "metrics",
        source: "operator/main.go",
        ..ROW
    },
    Flow {
        id: "F23",
        from: &[Controller, Scheduler, Envoy, ModelGateway, PipelineGateway, Dataflow, Hodometer, Server],
        to: ClusterDns,
        plain: &[53],
        purpose: "names, over UDP and TCP",
        source: "scheduler/config/envoy.yaml",
        ..ROW
    },
    Flow {
        id: "F24",
        from: &[Hodometer],
        to: Internet,
        plain: &[80],
        need: Need::Never,
        purpose: "reports usage to hodometer.seldon.io",
        source: "k8s/helm-charts/seldon-core-v2-setup/templates (PUBLISH_URL)",
        ..ROW
    },
    Flow {
        id: "F25a",
        from: &[Kubelet],
        to: Scheduler,
        plain: &[9999],
        need: Need::Node,
        purpose: "probes",
        source: "k8s/helm-charts/seldon-core-v2-setup/templates",
        ..ROW
    },
    Flow {
        id: "F25b",
        from: &[Kubelet],
        to: Server,
        plain: &[5572, 9000, 9007, 9008],
        need: Need::Node,
        purpose: "probes and preStop of rclone, server and agent",
        source: "k8s/helm-charts/seldon-core-v2-setup/templates",
        ..ROW
    },
    Flow {
        id: "F25c",
        from: &[Kubelet],
        to: Envoy,
        plain: &[9003],
        need: Need::Node,
        purpose: "probes",
        source: "k8s/helm-charts/seldon-core-v2-setup/templates",
        ..ROW
    },
    Flow {
        id: "F25d",
        from: &[Kubelet],
        to: Controller,
        plain: &[8081],
        need: Need::Node,
        purpose: "probes",
        source: "operator/main.go",
        ..ROW
    },
    Flow {
        id: "F25e",
        from: &[Kubelet],
        to: ModelGateway,
        plain: &[9999],
        need: Need::Node,
        purpose: "probes",
        source: "k8s/helm-charts/seldon-core-v2-setup/templates",
        ..ROW
    },
    Flow {
        id: "F25f",
        from: &[Kubelet],
        to: PipelineGateway,
        plain: &[9999],
        need: Need::Node,
        purpose: "probes",
        source: "k8s/helm-charts/seldon-core-v2-setup/templates",
        ..ROW
    },
    Flow {
        id: "F25g",
        from: &[Kubelet],
        to: Dataflow,
        plain: &[8000],
        need: Need::Node,
        purpose: "probes",
        source: "k8s/helm-charts/seldon-core-v2-setup/templates",
        ..ROW
    },
];

/// Ports without authentication that listen on all addresses of the pod: no flow from another pod may reach them
/// unless a row above says so. From another tenant not even the scheduler's.
pub const MUST_STAY_CLOSED: &[(Component, u16, &str)] = &[
    (Server, 5572, "rclone without authentication copies anything anywhere"),
    (Server, 7777, "debug port of the agent"),
    (Server, 9000, "inference past the agent, without routing and metrics"),
    (Server, 9007, "three calls of `/terminate` drain the replica"),
    (Server, 9500, "inference past the agent, without routing and metrics"),
];

/// The flows of a release.
pub fn flows(release: &Version) -> impl Iterator<Item = &'static Flow> {
    FLOWS.iter().filter(|flow| {
        let begun = flow.since.is_none_or(|since| release.at_least(since));
        let ended = flow.until.is_some_and(|until| release.at_least(until));
        begun && !ended
    })
}

impl Flow {
    /// The pod ports when TLS is on or off where [`Flow::transport`] says.
    pub fn ports(&self, tls: bool) -> &'static [u16] {
        if tls && !self.tls.is_empty() { self.tls } else { self.plain }
    }
}

impl Component {
    /// The label that selects the pods; `None` for what is no pod of Seldon.
    ///
    /// Source: `operator/controllers/reconcilers/seldon/*_reconciler.go` (toDeployment, toStatefulSet). The pods of a
    /// Server also have `seldon-server-name` with the name of the Server.
    pub fn label(self) -> Option<(&'static str, &'static str)> {
        let name = match self {
            // It has no other label.
            Controller => return Some(("control-plane", "v2-controller-manager")),
            Scheduler => "seldon-scheduler",
            Envoy => "seldon-envoy",
            ModelGateway => "seldon-modelgateway",
            PipelineGateway => "seldon-pipelinegateway",
            Dataflow => "seldon-dataflow-engine",
            Hodometer => "hodometer",
            Server => "seldon-server",
            ApiServer | ClusterDns | Kafka | SchemaRegistry | ObjectStore | Telemetry | Prometheus
            | Clients | Internet | Kubelet => return None,
        };
        Some(("app.kubernetes.io/name", name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_reaches_the_scheduler_on_9005_and_never_on_9004() {
        let ports: Vec<_> = FLOWS
            .iter()
            .filter(|flow| flow.from.contains(&Server) && flow.to == Scheduler)
            .flat_map(|flow| flow.plain.iter().chain(flow.tls))
            .collect();
        assert_eq!(ports, [&9005, &9055]);
    }

    #[test]
    fn tls_moves_the_control_plane_and_not_the_dataflow_engine() {
        let ports = |id: &str| FLOWS.iter().find(|flow| flow.id == id).expect(id).ports(true);
        assert_eq!(ports("F01"), [9044]);
        assert_eq!(ports("F05"), [9008]);
        assert_eq!(ports("F17"), [9093]);
    }

    #[test]
    fn no_flow_between_pods_opens_a_port_that_must_stay_closed() {
        for flow in FLOWS.iter().filter(|flow| flow.need != Need::Node) {
            for (component, port, _) in MUST_STAY_CLOSED {
                let open = flow.to == *component && flow.plain.iter().chain(flow.tls).any(|p| p == port);
                assert!(!open, "{} opens {port}", flow.id);
            }
        }
    }

    #[test]
    fn every_pod_can_resolve_names() {
        let dns = FLOWS.iter().find(|flow| flow.to == ClusterDns).expect("a row for DNS");
        let pods = FLOWS.iter().flat_map(|flow| flow.from).filter(|from| from.label().is_some());
        for pod in pods {
            assert!(dns.from.contains(pod), "{pod:?} has no DNS");
        }
    }

    #[test]
    fn a_flow_has_a_span_of_releases() {
        let ids = |text: &str| {
            let release: Version = text.parse().expect(text);
            flows(&release).map(|flow| flow.id).collect::<Vec<_>>()
        };
        assert!(!ids("2.9.1").contains(&"F17s"));
        assert!(ids("2.10.0").contains(&"F17s"));
    }

    #[test]
    fn rows_are_whole_sorted_and_unique() {
        assert!(FLOWS.windows(2).all(|rows| rows[0].id < rows[1].id));
        assert!(MUST_STAY_CLOSED.windows(2).all(|rows| (rows[0].0, rows[0].1) < (rows[1].0, rows[1].1)));
        for flow in FLOWS {
            assert!(
                !flow.from.is_empty() && !flow.purpose.is_empty() && !flow.source.is_empty(),
                "{}",
                flow.id
            );
            assert!(!flow.plain.is_empty() || flow.transport == Transport::Declared, "{}", flow.id);
            let switched = matches!(flow.transport, Transport::ControlPlane | Transport::Kafka);
            assert!(!switched || !flow.tls.is_empty(), "{} has no port for TLS", flow.id);
            assert!(
                flow.transport != Transport::Fixed || flow.tls.is_empty(),
                "{} has a port too many",
                flow.id
            );
            assert!(flow.plain.windows(2).all(|ports| ports[0] < ports[1]), "{}", flow.id);
        }
    }
}
