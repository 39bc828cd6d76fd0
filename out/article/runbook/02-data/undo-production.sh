#!/bin/sh
# What was drained starts again, on the way back from the stage "data" of production, on the cluster "production".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "production", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/production-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/02-data.undo-production.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/02-data.undo-production.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=production
stage=data
cluster=production
servers='192.168.1.85'

functions=$(dirname "$0")/../functions.sh
if [ ! -r "$functions" ]; then
    echo "UNKNOWN  $functions is not there: the folder of the runbook goes together" >&2
    exit 2
fi
# shellcheck source=../functions.sh
. "$functions"

part_1() {
state=$RUN_DIR/state/drain-minio-$cluster
if [ ! -e "$state" ]; then
    pass 'start minio' 'nothing was drained'
    return
fi
while read -r what namespace name more <&3; do
    case $what in
    scale)
        if kube -n "$namespace" scale "$name" --replicas="$more" >/dev/null 2>"$scratch/stderr"; then
            pass "$namespace $name" "$more replicas again"
        else
            unknown "$namespace $name" "$(head -n 3 "$scratch/stderr")"
        fi
        ;;
    suspend)
        if kube -n "$namespace" patch "$name" "$more" --type=merge -p '{"spec":{"suspend":false}}' >/dev/null 2>"$scratch/stderr"; then
            pass "$namespace $name $more" 'runs again'
        else
            unknown "$namespace $name $more" "$(head -n 3 "$scratch/stderr")"
        fi
        ;;
    esac
done 3<"$state"
grep -q '^UNKNOWN' "$attempt" || mv "$state" "$state.undone"
}

run 'undrain:minio' part_1
finish
