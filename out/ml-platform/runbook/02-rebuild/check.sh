#!/bin/sh
# The checks of the stage "rebuild" of homelab-mlops, on the cluster "after".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "after", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/homelab-mlops-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/02-rebuild.check.jsonl
# TIMEOUT   the seconds that one command may take                                       120
# LONG      the seconds that one copy of data may take                                  14400
# WAIT      for so many seconds, what does not pass is tried again                      0
# KEEP      yes keeps a backup that is complete already, instead of refusing to go on   no
# shellcheck disable=SC1091,SC2154,SC2034 # What every script of the runbook does is in functions.sh.
# shellcheck disable=SC2329,SC2317 # Functions are run by name.
# shellcheck disable=SC2043,SC2194,SC2140 # Names of the plan stand where a person would write a variable.
set -u
umask 077
exec </dev/null

KUBECTL=${KUBECTL:-kubectl}
CONTEXT=${CONTEXT:-}
RUN_DIR=${RUN_DIR:-${HOME:-.}/homelab-mlops-runbook}
RESULTS=${RESULTS:-$RUN_DIR/results/02-rebuild.check.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=homelab-mlops
stage=rebuild
cluster=after
servers='192.168.1.85'

functions=$(dirname "$0")/../functions.sh
if [ ! -r "$functions" ]; then
    echo "UNKNOWN  $functions is not there: the folder of the runbook goes together" >&2
    exit 2
fi
# shellcheck source=../functions.sh
. "$functions"

part_1() {
# What the network plugin of before left on a machine makes pods unreachable from some nodes only.
if probe 'a look at nuc8i5behs' kube-system '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"hostNetwork":true,"tolerations":[{"operator":"Exists"}],"volumes":[{"name":"host","hostPath":{"path":"/"}}],"nodeName":"nuc8i5behs","containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"runAsUser":0,"capabilities":{"add":["NET_ADMIN","NET_RAW"]}},"volumeMounts":[{"name":"host","mountPath":"/host","readOnly":true}]}]}}'; then
    # shellcheck disable=SC2016 # The shell in the pod reads these.
    if answer=$(inside kube-system "$pod" sh -c 'for name in cni0 flannel-v6.1 flannel.1; do [ ! -e "/sys/class/net/$name" ] || echo "interface $name"; done; for name in /etc/cni/net.d/10-flannel.conflist /run/flannel /var/lib/cni/networks/cbr0 /var/lib/rancher/k3s/agent/etc/cni/net.d/10-flannel.conflist; do [ ! -e "/host$name" ] || echo "file $name"; done; chroot /host sh -c "command -v iptables-save >/dev/null && iptables-save" | grep -E -o "^:(FLANNEL-FWD|FLANNEL-POSTRTG|KUBE-ROUTER-|KUBE-POD-FW-|KUBE-NWPLCY-)[^ ]*" | head -n 5; echo done' 2>"$scratch/stderr"); then
        case $answer in
        done) pass nuc8i5behs 'nothing is left of the old network' ;;
        *done) fail nuc8i5behs "left behind: ${answer%done}" ;;
        *) unknown nuc8i5behs "$answer" ;;
        esac
    else
        unknown nuc8i5behs "$(head -n 3 "$scratch/stderr")"
    fi
fi
if probe 'a look at nuc10i3fnh' kube-system '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"hostNetwork":true,"tolerations":[{"operator":"Exists"}],"volumes":[{"name":"host","hostPath":{"path":"/"}}],"nodeName":"nuc10i3fnh","containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"runAsUser":0,"capabilities":{"add":["NET_ADMIN","NET_RAW"]}},"volumeMounts":[{"name":"host","mountPath":"/host","readOnly":true}]}]}}'; then
    # shellcheck disable=SC2016 # The shell in the pod reads these.
    if answer=$(inside kube-system "$pod" sh -c 'for name in cni0 flannel-v6.1 flannel.1; do [ ! -e "/sys/class/net/$name" ] || echo "interface $name"; done; for name in /etc/cni/net.d/10-flannel.conflist /run/flannel /var/lib/cni/networks/cbr0 /var/lib/rancher/k3s/agent/etc/cni/net.d/10-flannel.conflist; do [ ! -e "/host$name" ] || echo "file $name"; done; chroot /host sh -c "command -v iptables-save >/dev/null && iptables-save" | grep -E -o "^:(FLANNEL-FWD|FLANNEL-POSTRTG|KUBE-ROUTER-|KUBE-POD-FW-|KUBE-NWPLCY-)[^ ]*" | head -n 5; echo done' 2>"$scratch/stderr"); then
        case $answer in
        done) pass nuc10i3fnh 'nothing is left of the old network' ;;
        *done) fail nuc10i3fnh "left behind: ${answer%done}" ;;
        *) unknown nuc10i3fnh "$answer" ;;
        esac
    else
        unknown nuc10i3fnh "$(head -n 3 "$scratch/stderr")"
    fi
fi
if probe 'a look at nuc10i4fnh' kube-system '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"hostNetwork":true,"tolerations":[{"operator":"Exists"}],"volumes":[{"name":"host","hostPath":{"path":"/"}}],"nodeName":"nuc10i4fnh","containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"runAsUser":0,"capabilities":{"add":["NET_ADMIN","NET_RAW"]}},"volumeMounts":[{"name":"host","mountPath":"/host","readOnly":true}]}]}}'; then
    # shellcheck disable=SC2016 # The shell in the pod reads these.
    if answer=$(inside kube-system "$pod" sh -c 'for name in cni0 flannel-v6.1 flannel.1; do [ ! -e "/sys/class/net/$name" ] || echo "interface $name"; done; for name in /etc/cni/net.d/10-flannel.conflist /run/flannel /var/lib/cni/networks/cbr0 /var/lib/rancher/k3s/agent/etc/cni/net.d/10-flannel.conflist; do [ ! -e "/host$name" ] || echo "file $name"; done; chroot /host sh -c "command -v iptables-save >/dev/null && iptables-save" | grep -E -o "^:(FLANNEL-FWD|FLANNEL-POSTRTG|KUBE-ROUTER-|KUBE-POD-FW-|KUBE-NWPLCY-)[^ ]*" | head -n 5; echo done' 2>"$scratch/stderr"); then
        case $answer in
        done) pass nuc10i4fnh 'nothing is left of the old network' ;;
        *done) fail nuc10i4fnh "left behind: ${answer%done}" ;;
        *) unknown nuc10i4fnh "$answer" ;;
        esac
    else
        unknown nuc10i4fnh "$(head -n 3 "$scratch/stderr")"
    fi
fi
if probe 'a look at nuc10i5fnh' kube-system '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"hostNetwork":true,"tolerations":[{"operator":"Exists"}],"volumes":[{"name":"host","hostPath":{"path":"/"}}],"nodeName":"nuc10i5fnh","containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"runAsUser":0,"capabilities":{"add":["NET_ADMIN","NET_RAW"]}},"volumeMounts":[{"name":"host","mountPath":"/host","readOnly":true}]}]}}'; then
    # shellcheck disable=SC2016 # The shell in the pod reads these.
    if answer=$(inside kube-system "$pod" sh -c 'for name in cni0 flannel-v6.1 flannel.1; do [ ! -e "/sys/class/net/$name" ] || echo "interface $name"; done; for name in /etc/cni/net.d/10-flannel.conflist /run/flannel /var/lib/cni/networks/cbr0 /var/lib/rancher/k3s/agent/etc/cni/net.d/10-flannel.conflist; do [ ! -e "/host$name" ] || echo "file $name"; done; chroot /host sh -c "command -v iptables-save >/dev/null && iptables-save" | grep -E -o "^:(FLANNEL-FWD|FLANNEL-POSTRTG|KUBE-ROUTER-|KUBE-POD-FW-|KUBE-NWPLCY-)[^ ]*" | head -n 5; echo done' 2>"$scratch/stderr"); then
        case $answer in
        done) pass nuc10i5fnh 'nothing is left of the old network' ;;
        *done) fail nuc10i5fnh "left behind: ${answer%done}" ;;
        *) unknown nuc10i5fnh "$answer" ;;
        esac
    else
        unknown nuc10i5fnh "$(head -n 3 "$scratch/stderr")"
    fi
fi
if probe 'a look at nuc10i7fnh' kube-system '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"hostNetwork":true,"tolerations":[{"operator":"Exists"}],"volumes":[{"name":"host","hostPath":{"path":"/"}}],"nodeName":"nuc10i7fnh","containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"runAsUser":0,"capabilities":{"add":["NET_ADMIN","NET_RAW"]}},"volumeMounts":[{"name":"host","mountPath":"/host","readOnly":true}]}]}}'; then
    # shellcheck disable=SC2016 # The shell in the pod reads these.
    if answer=$(inside kube-system "$pod" sh -c 'for name in cni0 flannel-v6.1 flannel.1; do [ ! -e "/sys/class/net/$name" ] || echo "interface $name"; done; for name in /etc/cni/net.d/10-flannel.conflist /run/flannel /var/lib/cni/networks/cbr0 /var/lib/rancher/k3s/agent/etc/cni/net.d/10-flannel.conflist; do [ ! -e "/host$name" ] || echo "file $name"; done; chroot /host sh -c "command -v iptables-save >/dev/null && iptables-save" | grep -E -o "^:(FLANNEL-FWD|FLANNEL-POSTRTG|KUBE-ROUTER-|KUBE-POD-FW-|KUBE-NWPLCY-)[^ ]*" | head -n 5; echo done' 2>"$scratch/stderr"); then
        case $answer in
        done) pass nuc10i7fnh 'nothing is left of the old network' ;;
        *done) fail nuc10i7fnh "left behind: ${answer%done}" ;;
        *) unknown nuc10i7fnh "$answer" ;;
        esac
    else
        unknown nuc10i7fnh "$(head -n 3 "$scratch/stderr")"
    fi
fi
}

part_2() {
one_node() { # NAME VERSION ADDRESS…
    node=$1
    version=$2
    shift 2
    line=$(grep "^$node$tab" "$scratch/nodes")
    if [ -z "$line" ]; then
        fail "node $node" 'is not there'
        return
    fi
    ready=$(printf '%s' "$line" | cut -f 2)
    if [ "$ready" = True ]; then
        pass "node $node" Ready
    else
        fail "node $node" "Ready is ${ready:-not said}; read: kubectl describe node $node"
    fi
    same "release of $node" "$(printf '%s' "$line" | cut -f 3)" "$version"
    for address in "$@"; do
        case " $(printf '%s' "$line" | cut -f 4) " in
        *" $address "*) pass "address of $node" "$address" ;;
        *) fail "address of $node" "found $(printf '%s' "$line" | cut -f 4), expected $address" ;;
        esac
    done
}
ask 'nodes' get nodes -o 'jsonpath={range .items[*]}{.metadata.name}{"\t"}{.status.conditions[?(@.type=="Ready")].status}{"\t"}{.status.nodeInfo.kubeletVersion}{"\t"}{.status.addresses[?(@.type=="InternalIP")].address}{"\n"}{end}' || return
printf '%s\n' "$answer" >"$scratch/nodes"
one_node nuc8i5behs v1.33.1+k3s1 192.168.1.85
one_node nuc10i3fnh v1.33.1+k3s1 192.168.1.103
one_node nuc10i4fnh v1.33.1+k3s1 192.168.1.104
one_node nuc10i5fnh v1.33.1+k3s1 192.168.1.105
one_node nuc10i7fnh v1.33.1+k3s1 192.168.1.107
same 'no other node' "$(cut -f 1 "$scratch/nodes" | tr '\n' ' ')" 'nuc8i5behs nuc10i3fnh nuc10i4fnh nuc10i5fnh nuc10i7fnh'
}

part_3() {
if ask 'TigeraStatus calico' get tigerastatuses.operator.tigera.io calico --ignore-not-found -o 'jsonpath={range .status.conditions[*]}{.type}={.status} {end}'; then
    case " $answer" in
    *' Degraded=True '*) fail 'TigeraStatus calico' "$answer; read: kubectl describe tigerastatus "calico ;;
    *' Available=True '*) pass 'TigeraStatus calico' 'Available' ;;
    *) fail 'TigeraStatus calico' "${answer:-is not there}" ;;
    esac
fi
if ask 'TigeraStatus apiserver' get tigerastatuses.operator.tigera.io apiserver --ignore-not-found -o 'jsonpath={range .status.conditions[*]}{.type}={.status} {end}'; then
    case " $answer" in
    *' Degraded=True '*) fail 'TigeraStatus apiserver' "$answer; read: kubectl describe tigerastatus "apiserver ;;
    *' Available=True '*) pass 'TigeraStatus apiserver' 'Available' ;;
    *) fail 'TigeraStatus apiserver' "${answer:-is not there}" ;;
    esac
fi
if ask 'release of Calico' get installations.operator.tigera.io default --ignore-not-found -o 'jsonpath={.status.calicoVersion}'; then
    same 'release of Calico' "$answer" v3.30.2
fi
}

part_4() {
: >"$scratch/ring"
if probe 'a pod on nuc8i5behs' default '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"nodeName":"nuc8i5behs","containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sh","-c","cd /tmp && head -c 100000 /dev/zero >large && exec httpd -f -p 8080"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}' &&
    ask 'address of the pod on nuc8i5behs' -n default get pod "$pod" -o 'jsonpath={.status.podIP}'; then
    printf '%s %s %s\n' nuc8i5behs "$pod" "$answer" >>"$scratch/ring"
fi
if probe 'a pod on nuc10i3fnh' default '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"nodeName":"nuc10i3fnh","containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sh","-c","cd /tmp && head -c 100000 /dev/zero >large && exec httpd -f -p 8080"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}' &&
    ask 'address of the pod on nuc10i3fnh' -n default get pod "$pod" -o 'jsonpath={.status.podIP}'; then
    printf '%s %s %s\n' nuc10i3fnh "$pod" "$answer" >>"$scratch/ring"
fi
if probe 'a pod on nuc10i4fnh' default '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"nodeName":"nuc10i4fnh","containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sh","-c","cd /tmp && head -c 100000 /dev/zero >large && exec httpd -f -p 8080"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}' &&
    ask 'address of the pod on nuc10i4fnh' -n default get pod "$pod" -o 'jsonpath={.status.podIP}'; then
    printf '%s %s %s\n' nuc10i4fnh "$pod" "$answer" >>"$scratch/ring"
fi
if probe 'a pod on nuc10i5fnh' default '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"nodeName":"nuc10i5fnh","containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sh","-c","cd /tmp && head -c 100000 /dev/zero >large && exec httpd -f -p 8080"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}' &&
    ask 'address of the pod on nuc10i5fnh' -n default get pod "$pod" -o 'jsonpath={.status.podIP}'; then
    printf '%s %s %s\n' nuc10i5fnh "$pod" "$answer" >>"$scratch/ring"
fi
if probe 'a pod on nuc10i7fnh' default '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"nodeName":"nuc10i7fnh","containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sh","-c","cd /tmp && head -c 100000 /dev/zero >large && exec httpd -f -p 8080"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}' &&
    ask 'address of the pod on nuc10i7fnh' -n default get pod "$pod" -o 'jsonpath={.status.podIP}'; then
    printf '%s %s %s\n' nuc10i7fnh "$pod" "$answer" >>"$scratch/ring"
fi
# Each node sends to the next one, so that every node has sent and received. 100,000 bytes do not fit into one packet,
# whatever the MTU.
across() { # NODE POD NODE ADDRESS
    address=$4
    case $address in
    *:*) address="[$4]" ;;
    esac
    # shellcheck disable=SC2016 # The shell in the pod reads these.
    if ! answer=$(inside default "$2" sh -c 'wget -q -T 10 -O - "$0" 2>/dev/null | wc -c' "http://$address:8080/large" 2>"$scratch/stderr"); then
        unknown "$1 to $3" "$(head -n 3 "$scratch/stderr")"
        return
    fi
    case $(sorted "$answer") in
    100000) pass "$1 to $3" '100000 bytes from pod to pod' ;;
    0) fail "$1 to $3" "nothing comes from $4; a firewall or the tunnel between the nodes" ;;
    *) fail "$1 to $3" "only $answer of 100000 bytes come: the MTU is too large" ;;
    esac
}
first=
last=
while read -r node name address <&3; do
    if [ -z "$first" ]; then
        first="$node $address"
    else
        # shellcheck disable=SC2086 # Two words.
        across $last "$node" "$address"
    fi
    last="$node $name"
done 3<"$scratch/ring"
if [ -n "$first" ] && [ "${first%% *}" != "${last%% *}" ]; then
    # shellcheck disable=SC2086 # Two words each.
    across $last $first
fi
}

part_5() {
if ask 'address of the DNS Service' -n kube-system get service kube-dns --ignore-not-found -o 'jsonpath={.spec.clusterIPs[*]}'; then
    same 'address of the DNS Service' "$answer" 10.43.0.10
fi
probe 'a pod that asks' default '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}' || return
for name in kubernetes.default.svc.cluster.local ; do
    if answer=$(inside default "$pod" nslookup "$name" 2>&1); then
        pass "$name resolves"
    else
        case $answer in
        *NXDOMAIN* | *"can't"* | *'timed out'* | *SERVFAIL* | *'no servers'*) fail "$name resolves" "$answer" ;;
        *) unknown "$name resolves" "$answer" ;;
        esac
    fi
done
# A long answer comes by TCP.
connects 'DNS over TCP, 10.43.0.10' default "$pod" 10.43.0.10 53
}

part_6() {
probe 'a pod that asks' default '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}' || return
connects 'the API server by its Service' default "$pod" 10.43.0.1 443
connects 'the API server by its name' default "$pod" kubernetes.default.svc.cluster.local 443
}

run 'host-clean' part_1
run 'nodes-ready' part_2
run 'calico-available' part_3
run 'cross-node-pod' part_4
run 'cluster-dns' part_5
run 'api-from-pod' part_6
finish
