//! What Ansible reads says what the plan says.

use plan::source::Source;
use plan::{Compilation, Inputs, compile};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const BASE: &str = r#"
schema = 1
name   = "lab"
[lan]
cidr = "192.168.1.0/24"
[hosts]
a = { ip = "192.168.1.11" }
b = { ip = "192.168.1.12" }
c = { ip = "192.168.1.13", ssh_port = 2222, user = "admin" }
d = { ip = "192.168.1.14", labels = { disk = "ssd", "node-role.kubernetes.io/gpu" = "true" } }
"#;

const K3S: &str = r#"
[clusters.main]
distribution = "k3s"
version  = "v1.33.1+k3s1"
servers  = ["a"]
agents   = ["b"]
pods     = "10.42.0.0/16"
services = "10.43.0.0/16"
calico   = { version = "v3.30.7" }
firewall = "ufw"
"#;

fn run(text: &str, templates: &[(&str, &str)]) -> Compilation {
    let templates =
        templates.iter().map(|(name, text)| ((*name).to_owned(), Source::new(*name, *text))).collect();
    compile(&Inputs { templates, ..Inputs::new(Source::new("migration.toml", text)) })
}

/// The files below `ansible/`, by path.
#[track_caller]
fn files(text: &str, templates: &[(&str, &str)]) -> std::collections::BTreeMap<String, String> {
    let compilation = run(text, templates);
    let found: Vec<_> = compilation.diagnostics.iter().map(|finding| &finding.message).collect();
    let tree = compilation.output.unwrap_or_else(|| panic!("{found:#?}")).tree;
    let of_ansible = tree.iter().filter_map(|(path, bytes)| {
        let path = path.as_str().strip_prefix("ansible/")?;
        Some((path.to_owned(), String::from_utf8(bytes.to_vec()).expect("UTF-8")))
    });
    of_ansible.collect()
}

/// A file as two readers of different YAML versions read it.
#[track_caller]
fn read(text: &str) -> Value {
    let one: Value = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let two: Value = serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(one, two, "{text}");
    one
}

#[track_caller]
fn read_file(text: &str, name: &str) -> Value {
    read(files(text, &[]).get(name).unwrap_or_else(|| panic!("no `{name}`")))
}

fn reference(name: &str) -> String {
    let path = format!("{}/plans/{name}/migration.toml", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).expect("a plan of this repository")
}

fn network(plan: &str) -> Value {
    read_file(plan, "main/group_vars/all/network.yaml")
}

/// Every rule as `PROTOCOL/PORT SOURCE…`.
fn rules(network: &Value, list: &str) -> Vec<String> {
    let rules = network[list].as_array().expect("a list").iter();
    let texts = rules.map(|rule| {
        let sources: Vec<&str> =
            rule["from_ips"].as_array().expect("sources").iter().filter_map(Value::as_str).collect();
        let text = |key: &str| rule.get(key).and_then(Value::as_str).unwrap_or("*").to_owned();
        format!("{}/{} {}", text("proto"), text("to_port"), sources.join(" "))
    });
    texts.collect()
}

#[test]
fn ml_platform_gets_the_variables_that_its_roles_read_and_no_other() {
    let files = files(&reference("ml-platform"), &[]);
    let vars = read(&files["after/group_vars/all/plan.yaml"]);
    let list = include_str!("../templates/ansible/ml-platform/variables.txt");
    let live: BTreeSet<&str> = list
        .lines()
        .filter_map(|line| line.strip_suffix(" live").or_else(|| line.strip_suffix(" legacy")))
        .collect();
    for name in vars.as_object().expect("a table").keys() {
        assert!(live.contains(name.as_str()), "nothing reads `{name}`");
    }
    assert_eq!(vars["metallb_ip_range"], json!("192.168.1.200-192.168.1.250"));
    assert_eq!(vars["mlflow_db_port"], json!("5432"));
    assert_eq!(vars["mlflow_loadbalancer_ip"], json!("192.168.1.215"));
    assert_eq!(vars["nginx_ingress_loadbalancer_ip"], json!("192.168.1.249"));
    assert_eq!(vars["k3s_state"], json!("present"));
    assert_eq!(vars["calico_enabled"], json!(false));
    assert_eq!(vars["seldon_custom_images"], json!({"enabled": false}));
    let tenants = json!(["financial-inference", "financial-mlops-pytorch", "fraud-detection"]);
    assert_eq!(vars["seldon_watch_namespaces"], tenants);
    assert!(vars.get("minio_loadbalancer_ip").is_none(), "a dead name");
}

#[test]
fn what_ansible_owns_is_in_the_tree_unless_its_roles_make_it() {
    let tree = |profile: &str| {
        let text = format!(
            "{BASE}{K3S}metallb = {{ version = \"v0.15.3\" }}\n[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.209\"]\n\
             [services.wiki]\nnamespace = \"wiki\"\nselector = {{ app = \"wiki\" }}\nports = {{ http = \"80\" }}\n\
             [ansible]\nprofile = \"{profile}\"\nowns = [\"hosts\", \"k3s\", \"metallb\", \"namespaces\", \"services\", \"policies\"]\n"
        );
        run(&text, &[]).output.expect("a tree").tree
    };
    let text = |tree: &plan::tree::Tree, name: &str| {
        let file = tree.iter().find(|(path, _)| path.as_str() == name);
        file.map(|(_, bytes)| String::from_utf8(bytes.to_vec()).expect("UTF-8"))
    };
    let service = "clusters/main/40-services/wiki/service-wiki.yaml";
    let namespace = "clusters/main/00-namespaces/namespace-wiki.yaml";
    let own = tree("default");
    assert!(text(&own, service).is_some() && text(&own, namespace).is_some());
    let readme = text(&own, "README.md").expect("a README");
    assert!(readme.contains("by a task of your playbook for each"), "{readme}");
    for folder in ["00-namespaces", "20-metallb", "40-services"] {
        let command = format!("kubectl apply --server-side -k clusters/main/{folder}\n");
        assert!(readme.contains(&command), "{readme}");
    }
    let of_roles = tree("ml-platform");
    assert!(text(&of_roles, service).is_none() && text(&of_roles, namespace).is_none());
    let readme = text(&of_roles, "README.md").expect("a README");
    assert!(readme.contains("made by a role") && !readme.contains("40-services"), "{readme}");
}

#[test]
fn ml_platform_gets_the_groups_that_its_plays_name() {
    let inventory = read_file(&reference("ml-platform"), "after/inventory.yaml");
    let groups = &inventory["all"]["children"];
    let nodes = &groups["k3s"]["children"];
    assert_eq!(nodes["k3s_control_plane"]["hosts"], json!({"nuc8i5behs": {}}));
    assert_eq!(nodes["k3s_workers"]["hosts"].as_object().map(|hosts| hosts.len()), Some(4));
    assert_eq!(groups["nfs_server"]["hosts"], json!({"u850": {}}));
    assert_eq!(inventory["all"]["hosts"]["u850"]["ansible_connection"], json!("local"));
    assert!(groups.get("replaced").is_none(), "the machines are the same");
}

#[test]
fn a_rebuild_over_flannel_names_what_flannel_leaves() {
    let network = read_file(&reference("ml-platform"), "after/network.yaml");
    assert_eq!(network["residue_interfaces"], json!(["cni0", "flannel-v6.1", "flannel.1"]));
    assert_eq!(network["residue_keep"], json!(["/srv/nfs/kubernetes"]));
    let removed = ["tcp/30000:32767 any", "udp/8472 any", "udp/30000:32767 any"];
    let found: BTreeSet<String> = rules(&network, "firewall_removed_rules").into_iter().collect();
    assert_eq!(found, removed.map(str::to_owned).into_iter().collect());
    let open = rules(&network, "firewall_rules");
    assert!(open.iter().any(|rule| rule.starts_with("udp/4789 192.168.1.85 192.168.1.103")), "{open:#?}");
    assert!(open.iter().any(|rule| rule.starts_with("*/* 10.42.0.0/16")));
    assert!(open.iter().any(|rule| rule.starts_with("tcp/7472 ")), "MetalLB 0.14 serves metrics on 7472");
    for closed in ["/179 ", "/8472 ", "/2379", "/30000", "/5001 "] {
        assert!(!open.iter().any(|rule| rule.contains(closed)), "{closed}: {open:#?}");
    }
    assert_eq!(rules(&network, "firewall_server_rules"), ["tcp/6443 10.42.0.0/16 192.168.1.0/24"]);
}

#[test]
fn the_machines_of_a_parallel_cluster_are_a_group_and_get_no_clean_up() {
    let files = files(&reference("article"), &[]);
    let inventory = read(&files["production-v2/inventory.yaml"]);
    let groups = &inventory["all"]["children"];
    assert_eq!(groups["replaced"]["hosts"].as_object().map(|hosts| hosts.len()), Some(3));
    let nodes = groups["k3s_cluster"]["children"].clone();
    assert_eq!(nodes["server"]["hosts"], json!({"new-server": {}}));
    let network = read(&files["production-v2/group_vars/all/network.yaml"]);
    assert!(network.get("residue_interfaces").is_none());
    assert!(network.get("firewall_rules").is_none(), "the plan asks for no firewall");
    assert_eq!(network["pod_mtu"], json!(1450));
}

#[test]
fn servers_of_k3s_agree_and_only_the_first_starts_etcd() {
    let servers = K3S.replace("[\"a\"]", "[\"a\", \"c\", \"d\"]");
    let plan = format!("{BASE}{servers}server_args = [\"--embedded-registry\"]\n");
    let files = files(&plan, &[]);
    let hosts = read(&files["main/inventory.yaml"])["all"]["hosts"].clone();
    assert_eq!(hosts["a"]["k3s_join_args"], json!(["--cluster-init"]));
    for joining in ["b", "c", "d"] {
        assert_eq!(hosts[joining]["k3s_join_args"], json!(["--server=https://192.168.1.11:6443"]));
    }
    assert_eq!((&hosts["c"]["ansible_port"], &hosts["c"]["ansible_user"]), (&json!(2222), &json!("admin")));
    assert_eq!(hosts["d"]["k3s_node_args"], json!(["--node-name=d", "--node-label=disk=ssd"]));
    assert_eq!(hosts["d"]["node_labels_after_join"], json!({"node-role.kubernetes.io/gpu": "true"}));
    let network = read(&files["main/group_vars/all/network.yaml"]);
    let servers = rules(&network, "firewall_server_rules");
    assert!(
        servers.contains(&"tcp/2379:2380 192.168.1.11 192.168.1.13 192.168.1.14".to_owned()),
        "{servers:#?}"
    );
    let open = rules(&network, "firewall_rules");
    assert!(open.iter().any(|rule| rule.starts_with("tcp/5001 192.168.1.11 ")), "{open:#?}");
    assert!(open.contains(&"tcp/2222 192.168.1.0/24".to_owned()), "Ansible would be locked out: {open:#?}");
}

#[test]
fn traefik_stays_only_where_the_plan_declares_it() {
    let metallb = "metallb = { version = \"v0.15.3\" }\n";
    let pool = "[pools.lan]\ncluster = \"main\"\naddresses = [\"192.168.1.200-192.168.1.210\"]\n";
    let args = |plan: &str| read_file(plan, "main/group_vars/all/plan.yaml")["k3s_server_args"].clone();
    let has = |args: &Value, arg: &str| args.as_array().expect("a list").contains(&json!(arg));
    let plain = args(&format!("{BASE}{K3S}"));
    assert!(!has(&plain, "--disable=traefik") && !has(&plain, "--disable=servicelb"), "{plain}");
    assert!(has(&plain, "--flannel-backend=none") && has(&plain, "--disable-network-policy"));
    let with = args(&format!("{BASE}{K3S}{metallb}{pool}"));
    assert!(has(&with, "--disable=traefik") && has(&with, "--disable=servicelb"), "{with}");
    let declared = "[services.traefik]\nnamespace = \"kube-system\"\nselector = { a = \"b\" }\nports = { web = \"80\" }\n";
    let declared = args(&format!("{BASE}{K3S}{metallb}{pool}{declared}"));
    assert!(!has(&declared, "--disable=traefik") && has(&declared, "--disable=servicelb"), "{declared}");
}

#[test]
fn dual_stack_and_other_settings_reach_k3s() {
    let plan = format!("{BASE}{K3S}")
        .replace("\"10.42.0.0/16\"", "[\"10.42.0.0/16\", \"fd42::/56\"]")
        .replace("\"10.43.0.0/16\"", "[\"10.43.0.0/16\", \"fd43::/112\"]")
        .replace("\"192.168.1.0/24\"", "[\"192.168.1.0/24\", \"fd01::/64\"]")
        .replace("\"192.168.1.11\"", "[\"192.168.1.11\", \"fd01::11\"]")
        .replace("\"192.168.1.12\"", "[\"192.168.1.12\", \"fd01::12\"]")
        + "kube_proxy = \"ipvs\"\nmax_pods = 200\ndomain = \"lab.internal\"\nnode_port_range = \"31000-31999\"\n\
           server_args = [\"--secrets-encryption\"]\nagent_args = [\"--node-label=x=y\"]\n";
    let files = files(&plan, &[]);
    let vars = read(&files["main/group_vars/all/plan.yaml"]);
    let expected = json!([
        "--flannel-backend=none",
        "--disable-network-policy",
        "--cluster-cidr=10.42.0.0/16,fd42::/56",
        "--service-cidr=10.43.0.0/16,fd43::/112",
        "--cluster-dns=10.43.0.10,fd43::a",
        "--cluster-domain=lab.internal",
        "--service-node-port-range=31000-31999",
        "--kube-proxy-arg=proxy-mode=ipvs",
        "--kube-proxy-arg=ipvs-strict-arp=true",
        "--kubelet-arg=max-pods=200",
        "--secrets-encryption",
    ]);
    assert_eq!(vars["k3s_server_args"], expected);
    let agents = vars["k3s_agent_args"].as_array().expect("a list").clone();
    assert!(agents.contains(&json!("--kube-proxy-arg=ipvs-strict-arp=true")), "{agents:?}");
    assert_eq!(agents.last(), Some(&json!("--node-label=x=y")));
    let hosts = read(&files["main/inventory.yaml"])["all"]["hosts"].clone();
    assert_eq!(hosts["a"]["k3s_node_args"], json!(["--node-name=a", "--node-ip=192.168.1.11,fd01::11"]));
    let network = read(&files["main/group_vars/all/network.yaml"]);
    assert_eq!(network["sysctls"]["net.ipv6.conf.all.forwarding"], json!(1));
    assert_eq!(network["pod_mtu"], json!(1430));
}

#[test]
fn kubeadm_gets_one_file_of_documents() {
    let plan = format!("{BASE}{K3S}")
        .replace("\"k3s\"", "\"kubeadm\"")
        .replace("v1.33.1+k3s1", "v1.33.1")
        .replace("[\"a\"]", "[\"a\", \"c\", \"d\"]")
        + "kube_proxy = \"ipvs\"\napi_address = \"192.168.1.80\"\nserver_args = [\"--profiling=false\"]\n";
    let files = files(&plan, &[]);
    let text = &files["main/kubeadm.yaml"];
    let documents: Vec<Value> = text.split("\n---\n").map(read).collect();
    let kind = |kind: &str| documents.iter().find(|document| document["kind"] == kind).expect(kind).clone();
    let cluster = kind("ClusterConfiguration");
    assert_eq!(cluster["apiVersion"], json!("kubeadm.k8s.io/v1beta4"));
    assert_eq!(cluster["controlPlaneEndpoint"], json!("192.168.1.80:6443"));
    assert_eq!(cluster["networking"]["podSubnet"], json!("10.42.0.0/16"));
    assert_eq!(cluster["apiServer"]["extraArgs"], json!([{"name": "profiling", "value": "false"}]));
    assert_eq!(kind("KubeProxyConfiguration")["ipvs"]["strictARP"], json!(true));
    let groups = read(&files["main/inventory.yaml"])["all"]["children"]["k8s_cluster"]["children"].clone();
    assert_eq!(groups["kube_control_plane"]["hosts"].as_object().map(|hosts| hosts.len()), Some(3));
    let vars = read(&files["main/group_vars/all/plan.yaml"]);
    assert!(vars.get("k3s_version").is_none());
    let older = self::files(&plan.replace("v1.33.1", "v1.30.2"), &[])["main/kubeadm.yaml"].clone();
    let cluster = older
        .split("\n---\n")
        .map(read)
        .find(|document| document["kind"] == "ClusterConfiguration")
        .expect("one");
    assert_eq!(cluster["apiVersion"], json!("kubeadm.k8s.io/v1beta3"));
    assert_eq!(cluster["apiServer"]["extraArgs"], json!({"profiling": "false"}));
}

#[test]
fn the_firewall_follows_the_encapsulation_and_bgp() {
    let calico = |settings: &str| {
        let plan = format!("{BASE}{K3S}")
            .replace("version = \"v3.30.7\"", &format!("version = \"v3.30.7\", {settings}"));
        network(&plan)
    };
    let ipip = calico(
        "encapsulation = \"IPIP\", bgp = true, peers = { tor = { address = \"192.168.7.1\", asn = 65000 } }",
    );
    let open = rules(&ipip, "firewall_rules");
    assert!(open.contains(&"tcp/179 192.168.1.11 192.168.1.12 192.168.7.1".to_owned()), "{open:#?}");
    assert!(!open.iter().any(|rule| rule.starts_with("udp/4789")), "{open:#?}");
    let lines = ["11", "12"].map(|last| format!("-A ufw-before-input -p 4 -s 192.168.1.{last} -j ACCEPT"));
    assert_eq!(ipip["firewall_before_rules"], json!(lines));
    assert!(ipip["kernel_modules"].as_array().expect("a list").contains(&json!("ipip")));
    let plan = format!("{BASE}{K3S}")
        .replace("\"ufw\"", "\"firewalld\"")
        .replace("version = \"v3.30.7\"", "version = \"v3.30.7\", encapsulation = \"IPIP\", bgp = true");
    let firewalld = network(&plan).to_string();
    let rule = r#"rule family=\"ipv4\" source address=\"192.168.1.12\" protocol value=\"4\" accept"#;
    assert!(firewalld.contains(rule), "{firewalld}");
    assert!(!firewalld.contains("before_rules") && !firewalld.contains("forward_policy"));
    assert_eq!(network(&plan)["firewall_trusted_sources"], json!(["10.42.0.0/16", "10.43.0.0/16"]));
}

#[test]
fn wireguard_has_its_port_and_its_bytes() {
    let with = |felix: &str| {
        let calico = format!("calico = {{ version = \"v3.30.7\", felix_configuration = {{ {felix} }} }}");
        network(&format!("{BASE}{}", K3S.replace("calico   = { version = \"v3.30.7\" }", &calico)))
    };
    let plain = with("logSeverityScreen = \"Warning\"");
    assert_eq!(plain["pod_mtu"], 1450);
    assert!(!rules(&plain, "firewall_rules").iter().any(|rule| rule.contains("51820")));
    let guarded = with("wireguardEnabled = true");
    assert_eq!(guarded["pod_mtu"], 1440);
    assert!(rules(&guarded, "firewall_rules").iter().any(|rule| rule.contains("51820")), "{guarded}");
}

#[test]
fn the_firewall_lets_clients_reach_what_they_are_declared_for() {
    let plan = format!(
        "{BASE}{K3S}{}",
        r#"
metallb = { version = "v0.16.1", peers = { tor = { address = "192.168.1.1", asn = 65000, bfd = "fast" } }, bfd_profiles = { fast = {} }, asn = 64512 }
[pools.lan]
cluster   = "main"
addresses = ["192.168.1.200-192.168.1.210"]
advertise = ["bgp"]
[services.dns]
namespace = "dns"
selector  = { app = "dns" }
ports     = { dns = "53/udp" }
clients   = ["192.168.9.0/24", "lan"]
[services.web]
namespace = "web"
selector  = { app = "web" }
ports     = { http = "80:8080" }
clients   = ["internet"]
node_ports = true
[services.inside]
namespace = "web"
selector  = { app = "inside" }
ports     = { http = "9999" }
clients   = ["web"]
[services.prometheus]
namespace = "monitoring"
selector  = { app = "prometheus" }
ports     = { http = "9090" }
clients   = []
"#
    );
    let network = network(&plan);
    let open = rules(&network, "firewall_rules");
    let expected = [
        "udp/53 192.168.1.0/24 192.168.9.0/24",
        "tcp/80 any",
        "tcp/179 192.168.1.1",
        "udp/3784 192.168.1.1",
        "tcp/7946 192.168.1.11 192.168.1.12",
        "udp/7946 192.168.1.11 192.168.1.12",
        "tcp/9100 10.42.0.0/16 192.168.1.11 192.168.1.12",
        "tcp/9120 10.42.0.0/16 192.168.1.11 192.168.1.12",
        "tcp/30000:32767 192.168.1.0/24",
    ];
    for rule in expected {
        assert!(open.contains(&rule.to_owned()), "{rule}: {open:#?}");
    }
    assert!(!open.iter().any(|rule| rule.contains("/9999 ")), "{open:#?}");
    let mut once = open.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), open.len(), "{open:#?}");
}

#[test]
fn variables_of_the_plan_are_read_after_ours() {
    let plan = format!(
        "{BASE}{K3S}[ansible]\nvars = {{ k3s_version = \"v1.33.2+k3s1\", answer = \"yes\", list = [1, 2] }}\n"
    );
    let files = files(&plan, &[]);
    let vars = read(&files["main/group_vars/all/vars.yaml"]);
    assert_eq!(vars, json!({"k3s_version": "v1.33.2+k3s1", "answer": "yes", "list": [1, 2]}));
    assert!("plan.yaml" < "vars.yaml", "Ansible reads a folder of variables by name");
}

#[test]
fn a_template_of_the_plan_makes_a_file_for_each_cluster() {
    let second = K3S.replace("main", "second").replace("[\"a\"]", "[\"c\"]").replace("[\"b\"]", "[\"d\"]");
    let plan = format!("{BASE}{K3S}{second}[ansible]\ntemplates = \"t\"\n");
    let own = [
        (
            "group_vars/all/backup.yaml.j2",
            "name: {{ cluster.name }}\nto:{{ hosts | map(attribute=\"name\") | list | yaml }}\n",
        ),
        ("kubeadm.yaml.j2", "{% include \"_note.txt\" %}\n"),
        ("_note.txt.j2", "k3s: {{ k3s is not none }}"),
        ("run.sh.j2", "#!/bin/sh\necho {{ cluster.name }}\n"),
        ("empty.yaml.j2", "{% if kubeadm %}x: 1{% endif %}\n"),
        ("ignored.txt", "{{ nothing"),
    ];
    let files = files(&plan, &own);
    assert_eq!(read(&files["main/group_vars/all/backup.yaml"])["name"], json!("main"));
    assert_eq!(read(&files["second/kubeadm.yaml"]), json!({"k3s": true}));
    assert_eq!(files["second/run.sh"], "#!/bin/sh\necho second\n");
    assert!(
        !files
            .keys()
            .any(|path| path.contains("_note") || path.contains("empty") || path.contains("ignored"))
    );
    let alone = self::files(&format!("{BASE}{K3S}[ansible]\ntemplates = \"t\"\n"), &own);
    // A second cluster takes its machines out of this one's inventory, and moves no file.
    assert!(alone.keys().all(|path| files.contains_key(path)), "{:?}", alone.keys());
}

/// The one finding of a plan, as its rule, its message and the text that it points to.
#[track_caller]
fn finding(plan: &str, templates: &[(&str, &str)]) -> (&'static str, String, String) {
    let compilation = run(plan, templates);
    let [finding] = compilation.diagnostics.as_slice() else {
        panic!("{:#?}", compilation.diagnostics.iter().map(|finding| &finding.message).collect::<Vec<_>>());
    };
    let span = finding.span();
    let text = match span.source.checked_sub(plan::TEMPLATES) {
        Some(index) => templates[usize::from(index)].1,
        None => plan,
    };
    (finding.rule.name, finding.message.clone(), text[span.range()].to_owned())
}

#[test]
fn a_template_that_fails_is_a_finding_at_its_place() {
    let plan = format!("{BASE}{K3S}[ansible]\ntemplates = \"t\"\n");
    let fine = ("a.yaml.j2", "a: 1\n");
    let unknown = finding(&plan, &[fine, ("b.yaml.j2", "b: {{ cluster.nmae }}\n")]);
    assert_eq!((unknown.0, unknown.2.as_str()), ("unreadable-template", "cluster.nmae"));
    assert_eq!(finding(&plan, &[("b.yaml.j2", "b: {% if %}\n")]).0, "unreadable-template");
    assert!(finding(&plan, &[("b.yaml.j2", "b: {{ servers }}\n")]).1.contains("| yaml"));
    assert!(finding(&plan, &[("b.yaml.j2", "b: [\n")]).1.contains("makes no YAML"));
    assert!(finding(&plan, &[("group_vars/all/vars.yaml.j2", "b: 1\n")]).1.contains("ansible.vars"));
    assert!(finding(&plan, &[("aux.yaml.j2", "b: 1\n")]).1.contains("not every system"));
    assert!(finding(&plan, &[("../b.yaml.j2", "b: 1\n")]).1.contains("not every system"));
    assert_eq!(finding(&plan, &[("readme.md", "")]).0, "missing-templates");
}

#[test]
fn the_profile_ml_platform_has_its_own_checks() {
    let plan = |rest: &str| format!("{BASE}{K3S}[ansible]\nprofile = \"ml-platform\"\n{rest}");
    assert!(run(&plan(""), &[]).diagnostics.is_empty());
    assert_eq!(finding(&plan("vars = { k3s_cni = \"calico\" }\n"), &[]).2, "k3s_cni");
    let slip = run(&plan("vars = { mlflow_storage_sise = \"1Gi\" }\n"), &[]).diagnostics;
    assert_eq!(slip[0].help.as_deref(), Some("did you mean `mlflow_storage_size`?"));
    assert!(finding(&plan("vars = { nfs_path = \"/srv\" }\n"), &[]).1.contains("fixed in the role"));
    assert!(run(&plan("vars = { ansible_become = true, minio_replicas = 1 }\n"), &[]).diagnostics.is_empty());
    let tag = finding(&plan("[[stages]]\nname = \"data\"\ntags = [\"minio\", \"database\"]\n"), &[]);
    assert_eq!((tag.0, tag.2.as_str()), ("unreached-tag", "\"database\""));
    let several = plan("").replace("[\"a\"]", "[\"a\", \"c\", \"d\"]");
    assert_eq!(finding(&several, &[]).0, "several-servers");
    let typo = finding(&plan("").replace("ml-platform", "ml-plattform"), &[]);
    assert_eq!((typo.0, typo.2.as_str()), ("unknown-profile", "\"ml-plattform\""));
}

#[test]
fn every_yaml_file_of_every_plan_reads_the_same_in_both_versions() {
    for name in ["article", "ml-platform"] {
        let files = files(&reference(name), &[]);
        assert!(files.contains_key("README.md"));
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".yaml")) {
            assert!(text.starts_with("# from: clusters."), "{path}");
            assert!(!text.lines().any(|line| line.ends_with(' ')), "{path} has blanks at the end of a line");
            assert!(read(text).is_object(), "{path}");
        }
    }
}
