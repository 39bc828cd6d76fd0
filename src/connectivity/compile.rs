//! From words to numbers: one pass over the namespaces, the workloads and the policies of a world.

use std::net::IpAddr;

use super::address_set::AddressSet;
use super::bits::Bits;
use super::block::Block;
use super::intern::{CompiledSelector, Index, Interner, LabelReader, LabelSet, narrow};
use super::internet::internet;
use super::network::{
    Class, CompiledBlock, CompiledPolicy, CompiledPort, CompiledRule, NamedPort, NamespaceRow, NamespaceSet,
    Network, PeerItem, PortItem,
};
use super::policy::{Direction, NamespaceScope, Peer, Peers, PortSpec, Ports, Rule};
use super::selector::{Labels, NAMESPACE_NAME, Selector};
use super::world::{Workload, World};

/// What is only needed while compiling.
struct Compiler<'w> {
    names: Interner<&'w str>,
    /// The labels of the last workload.
    labels: LabelReader<'w>,
    /// Room for the named ports of one workload.
    ports: Vec<NamedPort>,
    label_sets: Interner<LabelSet>,
    selectors: Interner<CompiledSelector>,
    rule_lists: Interner<Box<[CompiledRule]>>,
    port_lists: Interner<Box<[NamedPort]>>,
    blocks: Interner<CompiledBlock>,
    addresses: Interner<AddressSet>,
    namespace_index: Index,
    namespace_sets: Interner<u32>,
    namespace_members: Vec<Bits>,
}

/// The number of `World::pods` among the address sets.
const POD_RANGE: u32 = 0;

impl Network {
    /// Compiles; the cost is that of touching each workload, policy and matched class once.
    pub fn new(world: &World) -> Network {
        let known = |blocks: &[Block]| {
            if blocks.is_empty() { AddressSet::everything() } else { AddressSet::of(blocks) }
        };
        let (pods, nodes) = (known(&world.pods), known(&world.nodes));
        let mut addresses = Interner::new();
        addresses.number(pods.clone());
        let node_range = addresses.number(nodes.clone());

        let namespaces = Namespaces::of(world);
        let mut names = Interner::new();
        let mut label_sets = Interner::new();
        let namespace_labels: Vec<u32> = (namespaces.labels.iter())
            .map(|(name, labels)| {
                let mut set = labels.map_or_else(Vec::new, |labels| {
                    let mut reader = LabelReader::default();
                    reader.read(&mut names, labels).to_vec()
                });
                let key = names.number(NAMESPACE_NAME);
                set.retain(|label| label.0 != key);
                set.push((key, names.number(name)));
                set.sort_unstable();
                label_sets.number(set.into_boxed_slice())
            })
            .collect();
        let namespace_index =
            Index::new(namespace_labels.iter().map(|set| &*label_sets.values()[*set as usize]));
        let mut compiler = Compiler {
            names,
            labels: LabelReader::default(),
            ports: Vec::new(),
            label_sets,
            selectors: Interner::new(),
            rule_lists: Interner::new(),
            port_lists: Interner::new(),
            blocks: Interner::new(),
            addresses,
            namespace_index,
            namespace_sets: Interner::new(),
            namespace_members: Vec::new(),
        };

        let Rows { namespaces: rows, mut classes, class_of } =
            compiler.rows(world, &namespaces, &namespace_labels, node_range);
        let policies: Vec<CompiledPolicy> = (world.policies.iter())
            .zip(&namespaces.policies)
            .map(|(policy, namespace)| CompiledPolicy {
                namespace: *namespace,
                pods: compiler.selector(&policy.pods),
                ingress: policy.rules(Direction::Ingress).map(|rules| compiler.rules(rules)),
                egress: policy.rules(Direction::Egress).map(|rules| compiler.rules(rules)),
            })
            .collect();
        let policy_lists = apply(&policies, compiler.selectors.values(), &rows, &mut classes);

        let apart = world.workloads.iter().filter(|workload| !workload.host_network);
        let apart: Vec<Block> =
            apart.flat_map(|workload| &workload.addresses).map(|address| Block::address(*address)).collect();
        let known_pod_addresses = AddressSet::of(world.pods.iter().chain(&apart));
        let namespace_sets = (compiler.namespace_sets.into_values().into_iter())
            .zip(compiler.namespace_members)
            .map(|(selector, members)| NamespaceSet { selector, members })
            .collect();
        Network {
            namespaces: rows,
            classes,
            class_of,
            label_sets: compiler.label_sets.into_values(),
            selectors: compiler.selectors.into_values(),
            namespace_sets,
            policies,
            rule_lists: compiler.rule_lists.into_values(),
            policy_lists,
            port_lists: compiler.port_lists.into_values(),
            blocks: compiler.blocks.into_values(),
            addresses: compiler.addresses.into_values(),
            pod_addresses: pods.union(&known_pod_addresses),
            known_pod_addresses,
            service_addresses: AddressSet::of(&world.services),
            known_node_addresses: AddressSet::of(&world.nodes),
            node_addresses: nodes,
            internet: internet(world),
            blocks_match_nodes: world.blocks_match_nodes,
        }
    }
}

/// Namespaces, their classes, and the class of each workload.
struct Rows {
    namespaces: Vec<NamespaceRow>,
    classes: Vec<Class>,
    class_of: Vec<u32>,
}

/// The policies that apply to each class, as indices into the lists that are returned.
fn apply(
    policies: &[CompiledPolicy],
    selectors: &[CompiledSelector],
    namespaces: &[NamespaceRow],
    classes: &mut [Class],
) -> Vec<Box<[u32]>> {
    // A list is its last policy and the list before it. Classes that had the same list and are selected by the same
    // policy have the same list again, so nothing is hashed and most classes share.
    let mut lists: Vec<(u32, u32)> = vec![(0, 0)];
    let mut extend = |list: &mut u32, policy: u32, seen: &mut Vec<(u32, u32)>| {
        let longer = seen.iter().find(|(before, _)| before == list).map(|(_, longer)| *longer);
        *list = longer.unwrap_or_else(|| {
            let longer = narrow(lists.len());
            lists.push((*list, policy));
            seen.push((*list, longer));
            longer
        });
    };
    let (mut ingress, mut egress) = (Vec::new(), Vec::new());
    for (number, policy) in policies.iter().enumerate() {
        let row = &namespaces[policy.namespace as usize];
        ingress.clear();
        egress.clear();
        for member in row.index.select(&selectors[policy.pods as usize]).iter() {
            let class = &mut classes[row.classes.start + member];
            if class.host_network {
                continue;
            }
            if policy.ingress.is_some() {
                extend(&mut class.ingress, narrow(number), &mut ingress);
            }
            if policy.egress.is_some() {
                extend(&mut class.egress, narrow(number), &mut egress);
            }
        }
    }
    // Ingress and egress lists with the same policies are told apart here, which costs nothing but their space.
    let mut numbers: Vec<Option<u32>> = vec![None; lists.len()];
    let mut kept: Vec<Box<[u32]>> = vec![Box::default()];
    numbers[0] = Some(0);
    for class in classes {
        for list in [&mut class.ingress, &mut class.egress] {
            *list = *numbers[*list as usize].get_or_insert_with(|| {
                let mut policies = Vec::new();
                let mut rest = *list;
                while rest != 0 {
                    policies.push(lists[rest as usize].1);
                    rest = lists[rest as usize].0;
                }
                policies.reverse();
                kept.push(policies.into_boxed_slice());
                narrow(kept.len() - 1)
            });
        }
    }
    kept
}

impl<'w> Compiler<'w> {
    fn rows(&mut self, world: &'w World, namespaces: &Namespaces, labels: &[u32], node_range: u32) -> Rows {
        let mut classes: Vec<Class> = Vec::new();
        let mut class_of = vec![0; world.workloads.len()];
        let mut rows = Vec::with_capacity(labels.len());
        for (namespace, workloads) in namespaces.workloads.iter().enumerate() {
            let start = classes.len();
            let mut distinct = Interner::new();
            for workload in workloads {
                let key = self.class(&world.workloads[*workload], node_range);
                let class = start + distinct.number(key) as usize;
                class_of[*workload] = narrow(class);
                if class == classes.len() {
                    let (labels, ports, addresses, host_network) = key;
                    let namespace = narrow(namespace);
                    classes.push(Class {
                        namespace,
                        labels,
                        ports,
                        addresses,
                        host_network,
                        ingress: 0,
                        egress: 0,
                    });
                }
            }
            let sets = self.label_sets.values();
            let index = Index::new(classes[start..].iter().map(|class| &*sets[class.labels as usize]));
            rows.push(NamespaceRow { labels: labels[namespace], classes: start..classes.len(), index });
        }
        Rows { namespaces: rows, classes, class_of }
    }

    /// What tells a workload from others of its namespace: labels, named ports, addresses, network of the host.
    fn class(&mut self, workload: &'w Workload, node_range: u32) -> (u32, u32, u32, bool) {
        let labels = self.labels.read(&mut self.names, &workload.labels);
        let labels = self.label_sets.number_of(labels);
        self.ports.clear();
        self.ports.extend(workload.ports.iter().filter_map(|port| {
            let name = self.names.number(port.name.as_deref()?);
            Some(NamedPort { name, protocol: port.protocol, number: port.number })
        }));
        self.ports.sort_unstable();
        self.ports.dedup();
        let addresses = match &*workload.addresses {
            [] if workload.host_network => node_range,
            [] => POD_RANGE,
            addresses => {
                let blocks: Vec<Block> =
                    addresses.iter().map(|address: &IpAddr| Block::address(*address)).collect();
                self.addresses.number(AddressSet::of(&blocks))
            }
        };
        (labels, self.port_lists.number_of(&self.ports[..]), addresses, workload.host_network)
    }

    fn selector(&mut self, selector: &'w Selector) -> u32 {
        self.selectors.number(CompiledSelector::new(&mut self.names, selector))
    }

    fn rules(&mut self, rules: &'w [Rule]) -> u32 {
        let compiled: Vec<CompiledRule> = rules
            .iter()
            .map(|rule| CompiledRule {
                peers: match &rule.peers {
                    // Upstream an empty list is everybody; whoever builds one by hand shall not get another meaning.
                    Peers::Listed(items) if items.is_empty() => None,
                    Peers::Any => None,
                    Peers::Listed(items) => Some(items.iter().map(|item| self.peer(item)).collect()),
                },
                ports: match &rule.ports {
                    Ports::Listed(items) if items.is_empty() => None,
                    Ports::All => None,
                    Ports::Listed(items) => Some(
                        (items.iter())
                            .map(|item| PortItem {
                                protocol: item.protocol,
                                port: match &item.port {
                                    PortSpec::Any => CompiledPort::Range(0, u16::MAX),
                                    PortSpec::Range(first, last) => CompiledPort::Range(*first, *last),
                                    PortSpec::Named(name) => CompiledPort::Named(self.names.number(name)),
                                },
                            })
                            .collect(),
                    ),
                },
            })
            .collect();
        self.rule_lists.number(compiled.into_boxed_slice())
    }

    fn peer(&mut self, peer: &'w Peer) -> PeerItem {
        match peer {
            Peer::Pods { namespaces: NamespaceScope::Own, pods } => {
                PeerItem::Own { pods: self.selector(pods) }
            }
            Peer::Pods { namespaces: NamespaceScope::Matching(namespaces), pods } => {
                let selector = self.selector(namespaces);
                let set = self.namespace_sets.number(selector);
                if set as usize == self.namespace_members.len() {
                    let selector = &self.selectors.values()[selector as usize];
                    self.namespace_members.push(self.namespace_index.select(selector));
                }
                PeerItem::Matching { namespaces: set, pods: self.selector(pods) }
            }
            Peer::Block { cidr, except } => {
                let cidr = Block::new(*cidr);
                let whole = AddressSet::of([&cidr]);
                let holes: Vec<Block> = except.iter().map(|hole| Block::new(*hole)).collect();
                let matched = whole.difference(&AddressSet::of(&holes));
                PeerItem::Block(self.blocks.number(CompiledBlock { cidr: whole, matched }))
            }
        }
    }
}

/// The namespaces that the world names or implies, in order of first mention.
struct Namespaces<'w> {
    labels: Vec<(&'w str, Option<&'w Labels>)>,
    /// The workloads of each.
    workloads: Vec<Vec<usize>>,
    /// The namespace of each policy.
    policies: Vec<u32>,
}

impl<'w> Namespaces<'w> {
    fn of(world: &'w World) -> Namespaces<'w> {
        let mut names: Interner<&'w str> = Interner::new();
        let mut labels = Vec::new();
        for namespace in &world.namespaces {
            if names.number(&namespace.name) as usize == labels.len() {
                labels.push((&*namespace.name, Some(&namespace.labels)));
            }
        }
        let mut workloads: Vec<Vec<usize>> = vec![Vec::new(); labels.len()];
        let mut last: Option<(&str, usize)> = None;
        for (id, workload) in world.workloads.iter().enumerate() {
            // Neighbours in the list are mostly neighbours in the cluster.
            let number = match last {
                Some((name, number)) if name == workload.namespace => number,
                _ => names.number(&workload.namespace) as usize,
            };
            last = Some((&workload.namespace, number));
            if number == workloads.len() {
                workloads.push(Vec::new());
            }
            workloads[number].push(id);
        }
        let policies = world.policies.iter().map(|policy| names.number(&policy.namespace)).collect();
        let implied = names.values()[labels.len()..].iter().map(|name| (*name, None));
        labels.extend(implied);
        workloads.resize(labels.len(), Vec::new());
        Namespaces { labels, workloads, policies }
    }
}
