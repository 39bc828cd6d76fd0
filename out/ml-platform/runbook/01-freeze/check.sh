#!/bin/sh
# The checks of the stage "freeze" of homelab-mlops, on the cluster "before".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "before", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/homelab-mlops-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/01-freeze.check.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/01-freeze.check.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=homelab-mlops
stage=freeze
cluster=before
servers='192.168.1.85'

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
one_node nuc8i5behs v1.32.5+k3s1 192.168.1.85
one_node nuc10i3fnh v1.32.5+k3s1 192.168.1.103
one_node nuc10i4fnh v1.32.5+k3s1 192.168.1.104
one_node nuc10i5fnh v1.32.5+k3s1 192.168.1.105
one_node nuc10i7fnh v1.32.5+k3s1 192.168.1.107
same 'no other node' "$(cut -f 1 "$scratch/nodes" | tr '\n' ' ')" 'nuc8i5behs nuc10i3fnh nuc10i4fnh nuc10i5fnh nuc10i7fnh'
}

part_2() {
ask 'workflows' get customresourcedefinitions.apiextensions.k8s.io workflows.argoproj.io --ignore-not-found -o name || return
if [ -z "$answer" ]; then
    pass 'workflows' 'this cluster has no such kind'
    return
fi
ask 'workflows' get workflows.argoproj.io -A -l 'workflows.argoproj.io/completed!=true' -o 'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name}{" "}{end}' || return
if [ -z "$answer" ]; then
    pass 'workflows' 'none runs'
else
    fail 'workflows' "these run: $answer"
fi
}

part_3() {
: >"$scratch/known"
models() { # NAMESPACE
    ask "models in $1" -n "$1" get models.mlops.seldon.io -o 'jsonpath={range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' || return
    printf '%s\n' "$answer" | sed '/^$/d' >"$scratch/models"
    [ -s "$scratch/models" ] || pass "models in $1" 'there is none'
    while read -r line <&3; do
        printf '%s\n' "$1/${line%%=*}" >>"$scratch/known"
        if [ "${line#*=}" = True ]; then
            pass "model $1/${line%%=*}" Ready
        else
            fail "model $1/${line%%=*}" "Ready is ${line#*=}; read: kubectl -n $1 describe model ${line%%=*}"
        fi
    done 3<"$scratch/models"
}
models seldon-system
models financial-inference
models financial-mlops-pytorch
models fraud-detection
# The models of the old cluster are written down, and asked for by name in the new one. Half a list would hide a loss.
grep -q '^UNKNOWN' "$attempt" || cp "$scratch/known" "$RUN_DIR/state/models-$cluster"
}

part_4() {
unchanged 'backup postgres' postgres && read_back 'backup postgres' postgres
unchanged 'backup minio' minio && read_back 'backup minio' minio
unchanged 'backup sealed-secrets-key' sealed-secrets-key && read_back 'backup sealed-secrets-key' sealed-secrets-key
unchanged 'backup manifests' manifests && read_back 'backup manifests' manifests
}

run 'nodes-ready' part_1
run 'no-running-workflows' part_2
run 'models-ready' part_3
run 'backups-readable' part_4
finish
