//! Clusters: machines, releases, and how one takes the place of another.

use super::Check;

mod calico_missing;
mod calico_superfluous;
mod cloud_controller_off;
mod even_servers;
mod host_in_two_clusters;
mod ipvs_deprecated;
mod kubernetes_release;
mod more_nodes_than_networks;
mod name_label_written;
mod namespace_resembles_another;
mod nftables_proxy_too_early;
mod no_servers;
mod node_argument_taken;
mod node_lacks_family;
mod pod_network_too_wide;
mod replaced_twice;
mod replaces_without_strategy;
mod schema_unknown;
mod system_namespace_restricted;

pub const CHECKS: &[Check] = &[
    schema_unknown::CHECK,
    replaces_without_strategy::CHECK,
    replaced_twice::CHECK,
    host_in_two_clusters::CHECK,
    no_servers::CHECK,
    even_servers::CHECK,
    kubernetes_release::CHECK,
    node_lacks_family::CHECK,
    nftables_proxy_too_early::CHECK,
    ipvs_deprecated::CHECK,
    calico_missing::CHECK,
    calico_superfluous::CHECK,
    node_argument_taken::CHECK,
    cloud_controller_off::CHECK,
    more_nodes_than_networks::CHECK,
    pod_network_too_wide::CHECK,
    name_label_written::CHECK,
    namespace_resembles_another::CHECK,
    system_namespace_restricted::CHECK,
];
