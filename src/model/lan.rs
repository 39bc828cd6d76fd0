//! The physical network, its machines, and what else is on it.

use super::values::{
    self, AbsolutePath, DnsLabel, DnsSubdomain, HostAddress, Interface, LabelKey, LabelValue, PortNumber,
    Taken,
};
use crate::addresses::Cidr;
use crate::decode::{Entries, OneOrMany};
use crate::source::Located;
use crate::{table, words};

table! {
    /// The network that the machines share.
    Lan {
        /// The network; two for dual stack.
        required cidr: OneOrMany<Cidr> = "\"192.168.1.0/24\"";
        /// The router; one for each family.
        optional gateway: OneOrMany<HostAddress> = "\"192.168.1.1\"";
        /// What the DHCP server hands out. A pool never overlaps it; a host inside it says `lease = "reserved"`.
        optional dhcp: OneOrMany<Taken> = "\"192.168.1.2-192.168.1.199\"";
        /// Addresses that something else on the LAN uses: printers, a virtual router address.
        optional reserve: OneOrMany<Taken> = "[\"192.168.1.253\"]";
        /// The MTU of the links, when it is not 1500. Pods get what is left after the encapsulation.
        default(1500) mtu: u16 = "9000";
    }
}

words! {
    /// How a host got its address.
    Lease {
        /// Configured on the host.
        Static = "static",
        /// Given by the DHCP server, always the same, so it may lie inside `dhcp`.
        Reserved = "reserved",
    }
}

words! {
    /// What a host does beside being a node.
    HostRole {
        /// Runs Ansible.
        Ansible = "ansible",
        /// Serves NFS.
        Nfs = "nfs",
        /// Runs databases outside the clusters.
        Database = "database",
        /// Runs an image registry outside the clusters.
        Registry = "registry",
        /// Balances the load of the API servers.
        LoadBalancer = "load-balancer",
    }
}

table! {
    /// A machine.
    Host {
        /// Its address on the LAN; one for each family.
        required ip: OneOrMany<HostAddress> = "\"192.168.1.85\"";
        /// Where the address comes from.
        default(Lease::Static) lease: Lease = "\"reserved\"";
        /// The user that Ansible logs in as.
        optional user: DnsLabel = "\"ubuntu\"";
        /// The SSH port.
        default(PortNumber(22)) ssh_port: PortNumber = "2222";
        /// What it does beside being a node.
        optional roles: Vec<Located<HostRole>> = "[\"nfs\"]";
        /// Labels of its node, for pools and advertisements that choose nodes.
        optional labels: Entries<LabelKey, LabelValue> = "{ \"topology.kubernetes.io/zone\" = \"rack-1\" }";
        /// The network interface that carries the cluster's traffic, when a host has several.
        optional interface: Interface = "\"eno1\"";
    }
}

words! {
    /// Who may write to outside state while two clusters are alive.
    Writer {
        /// One cluster at a time: the cutover is exclusive.
        OneCluster = "one-cluster",
        /// Several at once: the system itself keeps them apart.
        Many = "many",
    }
}

table! {
    /// Something outside every cluster. A policy reaches it by its address, so one of `host` and `ip` is written.
    External {
        /// The host that it runs on.
        optional host: DnsLabel = "\"u850\"";
        /// Its address, when it runs on no declared host.
        optional ip: OneOrMany<HostAddress> = "\"192.168.1.40\"";
        /// Its port; several for several.
        required port: OneOrMany<PortNumber> = "5432";
        /// What it speaks on that port.
        default(values::Protocol::Tcp) protocol: values::Protocol = "\"UDP\"";
        /// The scheme of its URL, such as `http` or `https`, for what is called by one.
        optional scheme: DnsLabel = "\"http\"";
        /// The databases that belong to the platform.
        optional databases: Vec<Located<String>> = "[\"mlflow\"]";
        /// The exported directory of an NFS server.
        optional path: AbsolutePath = "\"/srv/nfs/kubernetes\"";
        /// The StorageClass that is provisioned from it.
        optional storage_class: DnsSubdomain = "\"nfs-shared\"";
        /// The project of a registry.
        optional project: String = "\"library\"";
        /// Who may write to it while two clusters are alive.
        default(Writer::Many) writer: Writer = "\"one-cluster\"";
        /// Whether a teardown of a cluster must leave it alone.
        default(false) keep_on_teardown: bool = "true";
    }
}
