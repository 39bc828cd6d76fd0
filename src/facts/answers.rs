//! Firewalls, arguments and flows are computed, so they cannot disagree with the plan.

use crate::answer;
use crate::diagnostics::Answer;

pub const ANSWERS: &[Answer] = &[
    answer!(
        Impossible,
        ["CAL054", "K3S-01"],
        "with Calico, every K3s server gets `--flannel-backend=none` and `--disable-network-policy`; `node-argument-taken` keeps others out"
    ),
    answer!(
        Impossible,
        ["CAL055", "K3S-02", "SV015"],
        "with MetalLB, every K3s server gets `--disable=servicelb`"
    ),
    answer!(
        Impossible,
        ["CAL061", "NET-09", "NET-10"],
        "the ports and sources of the firewall follow from the network plugin, MetalLB, the pools and the services; what an earlier cluster had open and this one does not need is closed"
    ),
    answer!(Impossible, ["CAL062"], "NetworkManager is told to leave the interfaces of Calico alone"),
    answer!(Impossible, ["CAL066", "SV016"], "with kube-proxy in IPVS mode, `strictARP` is switched on"),
    answer!(
        Impossible,
        ["CAL053", "K3S-03"],
        "the interfaces, files and chains that flannel and K3s leave on a machine are in the variables of the host, to be removed before the new cluster"
    ),
    answer!(
        Impossible,
        ["STG-06"],
        "what `keep_on_teardown` names is handed to the roles as paths that a cleanup must leave alone"
    ),
    answer!(
        Impossible,
        ["CAL091"],
        "`api_server = true` opens the way to the addresses of the servers and the port of the API, which is where the packet goes after translation"
    ),
    answer!(
        Impossible,
        ["CAL092"],
        "`webhooks` of a service, and those of charts that are known, are open to nodes"
    ),
    answer!(
        Impossible,
        ["POL-13"],
        "a policy is named after what it allows: `allow-dns` has the ports of DNS alone"
    ),
    answer!(
        Impossible,
        ["N-10"],
        "the rule for Kafka is about the pods of the service, all brokers, on the listener of the protocol in use"
    ),
    answer!(
        Impossible,
        ["P-04", "SEL-08"],
        "the ports of Seldon are a table: the agent calls 9005, or 9055 with TLS"
    ),
    answer!(
        Impossible,
        ["P-25"],
        "each flow of Seldon has its plain and its TLS ports, and the value of the setup chart that chooses for Seldon chooses for the policies"
    ),
];
