#!/bin/sh
# What was saved comes back in the stage "foundation" of homelab-mlops, on the cluster "after".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "after", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/homelab-mlops-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/03-foundation.restore.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/03-foundation.restore.jsonl}
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
read_back 'keys of sealed secrets' sealed-secrets-key || return
for file in "$RUN_DIR/backup/"sealed-secrets-key/*.json; do
    if kube apply --server-side --force-conflicts --field-manager=plan-runbook -f "$file" >/dev/null 2>"$scratch/stderr"; then
        pass "${file##*/}" 'is in the cluster'
    else
        unknown "${file##*/}" "$(head -n 3 "$scratch/stderr")"
    fi
done
# The controller reads its keys when it starts.
for label in name=sealed-secrets-controller app.kubernetes.io/name=sealed-secrets; do
    kube delete pods -A -l "$label" >/dev/null 2>&1 ||
        unknown 'the controller' "cannot restart the pods with $label"
done
}

run 'restore:sealed-secrets-key' part_1
finish
