#!/bin/sh
# The checks of the stage "foundation" of homelab-mlops, on the cluster "after".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "after", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/homelab-mlops-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/03-foundation.check.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/03-foundation.check.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=homelab-mlops
stage=foundation
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
if ask 'pool homelab' -n metallb-system get ipaddresspools.metallb.io homelab --ignore-not-found -o 'jsonpath={.spec.addresses[*]}'; then
    same 'pool homelab' "$answer" 192.168.1.200-192.168.1.250
fi
if ask 'l2advertisements of homelab' -n metallb-system get l2advertisements.metallb.io homelab --ignore-not-found -o 'jsonpath={.spec.ipAddressPools[*]}'; then
    same 'l2advertisements of homelab' "$answer" homelab
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

part_2() {
ask 'SealedSecrets' get sealedsecrets.bitnami.com -A -o 'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name}={.status.conditions[?(@.type=="Synced")].status}{"\n"}{end}' || return
printf '%s\n' "$answer" | sed '/^$/d' >"$scratch/sealed"
[ -s "$scratch/sealed" ] || fail 'SealedSecrets' 'there is none, so nothing was shown to open'
while read -r line <&3; do
    if [ "${line#*=}" = True ]; then
        pass "${line%%=*}" 'opens'
    else
        fail "${line%%=*}" 'does not open: the key of the old cluster is not here; run restore.sh of this stage'
    fi
done 3<"$scratch/sealed"
}

run 'pool-synced' part_1
run 'sealed-secrets-decrypt' part_2
finish
