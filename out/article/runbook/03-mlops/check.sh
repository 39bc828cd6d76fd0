#!/bin/sh
# The checks of the stage "mlops" of production, on the cluster "production-v2".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "production-v2", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/production-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/03-mlops.check.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/03-mlops.check.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=production
stage=mlops
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
if ask argo/argo-workflows -n argo get service argo-workflows --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same argo/argo-workflows "$answer" 192.168.1.202
fi
if ask mlflow/mlflow-server -n mlflow get service mlflow-server --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same mlflow/mlflow-server "$answer" 192.168.1.201
fi
}

part_2() {
conditions() { # NAMESPACE KIND
    ask "$2 in $1" -n "$1" get "$2.mlops.seldon.io" -o 'jsonpath={range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' || return
    printf '%s\n' "$answer" | sed '/^$/d' >"$scratch/conditions"
    [ -s "$scratch/conditions" ] || fail "$2 in $1" 'there is none'
    while read -r line <&3; do
        if [ "${line#*=}" = True ]; then
            pass "$2 $1/${line%%=*}" Ready
        else
            fail "$2 $1/${line%%=*}" "Ready is ${line#*=}; read: kubectl -n $1 describe $2 ${line%%=*}"
        fi
    done 3<"$scratch/conditions"
}
conditions seldon-system seldonruntimes
conditions seldon-system servers
}

run 'ips-match' part_1
run 'servers-ready' part_2
finish
