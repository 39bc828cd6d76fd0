//! Core kinds, discovery, RBAC and NetworkPolicy.

use super::*;

pub(super) fn core() -> Vec<AnyObject> {
    let namespace = Namespace {
        metadata: Metadata {
            labels: table(&[("pod-security.kubernetes.io/enforce", "privileged")]),
            ..Metadata::named("tigera-operator")
        }
        .into(),
        ..Namespace::default()
    };
    let service = Service {
        metadata: Metadata {
            labels: labels(),
            annotations: table(&[("metallb.io/loadBalancerIPs", "192.168.1.215"), ("example.com/on", "on")]),
            ..Metadata::namespaced("mlflow", "mlflow")
        }
        .into(),
        spec: Some(ServiceSpec {
            type_: some("LoadBalancer"),
            load_balancer_class: some("metallb.io/metallb"),
            allocate_load_balancer_node_ports: Some(false),
            external_traffic_policy: some("Cluster"),
            ip_family_policy: some("SingleStack"),
            ip_families: Some(list(&["IPv4"])),
            selector: Some(table(&[("app", "mlflow")])),
            ports: Some(vec![ServicePort {
                name: some("http"),
                protocol: some("TCP"),
                port: 80,
                target_port: Some(IntOrString::Int(5000)),
                ..ServicePort::default()
            }]),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    };
    let config_map = ConfigMap {
        metadata: Metadata::namespaced("kube-system", "coredns-custom").into(),
        data: Some(table(&[
            ("test.server", "test:53 {\n    errors\n    cache 30\n}\n"),
            ("version", "1.10"),
        ])),
        ..ConfigMap::default()
    };
    let secret = Secret {
        metadata: Metadata::namespaced("metallb-system", "peer").into(),
        type_: some("kubernetes.io/basic-auth"),
        data: Some(BTreeMap::from([("password".into(), ByteString(b"y".to_vec()))])),
        ..Secret::default()
    };
    let policy = NetworkPolicy {
        metadata: Metadata { labels: labels(), ..Metadata::namespaced("mlflow", "mlflow") }.into(),
        spec: Some(policy_spec()),
    };
    let slice = EndpointSlice {
        metadata: Metadata {
            labels: table(&[("kubernetes.io/service-name", "postgres")]),
            ..Metadata::namespaced("mlflow", "postgres-1")
        }
        .into(),
        address_type: "IPv4".into(),
        endpoints: vec![Endpoint {
            addresses: list(&["192.168.1.100"]),
            conditions: Some(EndpointConditions { ready: Some(true), ..EndpointConditions::default() }),
            ..Endpoint::default()
        }],
        ports: Some(vec![EndpointPort {
            name: some("postgres"),
            port: Some(5432),
            ..EndpointPort::default()
        }]),
    };
    let account = ServiceAccount {
        metadata: Metadata::namespaced("mlflow", "mlflow").into(),
        image_pull_secrets: Some(vec![LocalObjectReference { name: "registry".into() }]),
        ..ServiceAccount::default()
    };
    let folder =
        kustomize::Kustomization { resources: list(&["namespace-mlflow.yaml", "service-mlflow.yaml"]) };
    vec![
        (&namespace).into(),
        (&service).into(),
        (&config_map).into(),
        (&secret).into(),
        (&policy).into(),
        (&slice).into(),
        (&account).into(),
        (&folder).into(),
    ]
}

pub(super) fn policy_spec() -> NetworkPolicySpec {
    let port =
        |protocol, port, end_port| NetworkPolicyPort { protocol: some(protocol), port: Some(port), end_port };
    NetworkPolicySpec {
        pod_selector: Some(labelled(&[("app", "mlflow")])),
        policy_types: Some(list(&["Ingress", "Egress"])),
        ingress: Some(vec![NetworkPolicyIngressRule {
            from: Some(vec![
                NetworkPolicyPeer {
                    ip_block: Some(IPBlock {
                        cidr: "192.168.1.0/24".into(),
                        except: Some(list(&["192.168.1.1/32"])),
                    }),
                    ..NetworkPolicyPeer::default()
                },
                NetworkPolicyPeer {
                    namespace_selector: Some(labelled(&[("kubernetes.io/metadata.name", "monitoring")])),
                    pod_selector: Some(LabelSelector {
                        match_labels: Some(table(&[("app", "prometheus")])),
                        match_expressions: Some(vec![LabelSelectorRequirement {
                            key: "tier".into(),
                            operator: "In".into(),
                            values: Some(list(&["on", "off"])),
                        }]),
                    }),
                    ip_block: None,
                },
            ]),
            ports: Some(vec![port("TCP", IntOrString::String("http".into()), None)]),
        }]),
        egress: Some(vec![NetworkPolicyEgressRule {
            to: Some(vec![NetworkPolicyPeer {
                namespace_selector: Some(LabelSelector::default()),
                ..NetworkPolicyPeer::default()
            }]),
            ports: Some(vec![port("UDP", IntOrString::Int(8080), Some(8090))]),
        }]),
    }
}
