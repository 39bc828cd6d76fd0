#!/bin/sh
# The checks of the stage "foundation" of production, on the cluster "production-v2".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "production-v2", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/production-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/01-foundation.check.jsonl
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
RUN_DIR=${RUN_DIR:-${HOME:-.}/production-runbook}
RESULTS=${RESULTS:-$RUN_DIR/results/01-foundation.check.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=production
stage=foundation
cluster=production-v2
servers='192.168.1.95'

functions=$(dirname "$0")/../functions.sh
if [ ! -r "$functions" ]; then
    echo "UNKNOWN  $functions is not there: the folder of the runbook goes together" >&2
    exit 2
fi
# shellcheck source=../functions.sh
. "$functions"

part_1() {
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
one_node new-server v1.33.1+k3s1 192.168.1.95
one_node new-agent-1 v1.33.1+k3s1 192.168.1.96
one_node new-agent-2 v1.33.1+k3s1 192.168.1.97
same 'no other node' "$(cut -f 1 "$scratch/nodes" | tr '\n' ' ')" 'new-server new-agent-1 new-agent-2'
}

part_2() {
if ask 'address of the DNS Service' -n kube-system get service kube-dns --ignore-not-found -o 'jsonpath={.spec.clusterIPs[*]}'; then
    same 'address of the DNS Service' "$answer" 10.53.0.10
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
connects 'DNS over TCP, 10.53.0.10' default "$pod" 10.53.0.10 53
}

part_3() {
if ask 'pool production-pool' -n metallb-system get ipaddresspools.metallb.io production-pool --ignore-not-found -o 'jsonpath={.spec.addresses[*]}'; then
    same 'pool production-pool' "$answer" 192.168.1.200-192.168.1.250
fi
if ask 'l2advertisements of production-pool' -n metallb-system get l2advertisements.metallb.io production-pool --ignore-not-found -o 'jsonpath={.spec.ipAddressPools[*]}'; then
    same 'l2advertisements of production-pool' "$answer" production-pool
fi
if ask 'pods of MetalLB' -n metallb-system get deployments,daemonsets -o 'jsonpath={range .items[*]}{.kind}/{.metadata.name} ready={.status.readyReplicas}{.status.numberReady} of={.spec.replicas}{.status.desiredNumberScheduled}{"\n"}{end}'; then
    printf '%s\n' "$answer" >"$scratch/metallb"
    [ -n "$answer" ] || fail 'pods of MetalLB' 'there is no Deployment and no DaemonSet'
    while read -r name ready wanted <&3; do
        [ -n "$name" ] || continue
        if [ "${ready#ready=}" = "${wanted#of=}" ]; then
            pass "$name" "${ready#ready=} ready"
        else
            fail "$name" "${ready#ready=} of ${wanted#of=} are ready"
        fi
    done 3<"$scratch/metallb"
fi
}

run 'nodes-ready' part_1
run 'cluster-dns' part_2
run 'pool-synced' part_3
finish
