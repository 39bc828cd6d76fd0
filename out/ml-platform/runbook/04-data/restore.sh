#!/bin/sh
# What was saved comes back in the stage "data" of homelab-mlops, on the cluster "after".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "after", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/homelab-mlops-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/04-data.restore.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/04-data.restore.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=homelab-mlops
stage=data
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
begin_restore 'data of minio' minio || return
# How many pods there were is written down first: a second run, after one that was stopped, sees none.
state=$RUN_DIR/state/restore-minio-$cluster
if [ ! -s "$state" ]; then
    workloads 'data of minio' minio 'app.kubernetes.io/instance=minio,app.kubernetes.io/name=minio' || return
    if [ -z "$answer" ]; then
        fail 'data of minio' 'no Deployment and no StatefulSet has these pods, so they cannot be stopped: app.kubernetes.io/instance=minio,app.kubernetes.io/name=minio'
        return
    fi
    printf '%s' "$answer" >"$state" || return
fi
started() {
    while read -r name replicas <&3; do
        kube -n minio scale "$name" --replicas="$replicas" >/dev/null 2>"$scratch/stderr" || {
            unknown "$name" "start it again with $replicas replicas: $(head -n 3 "$scratch/stderr")"
            return
        }
    done 3<"$state"
    rm -f "$state"
}
# The application must not write while its files are put under it.
while read -r name replicas <&3; do
    kube -n minio scale "$name" --replicas=0 >/dev/null 2>"$scratch/stderr" || {
        unknown "$name" "$(head -n 3 "$scratch/stderr")"
        started
        return
    }
done 3<"$state"
waited=0
while :; do
    ask 'pods of minio' -n minio get pods -l 'app.kubernetes.io/instance=minio,app.kubernetes.io/name=minio' -o name || return
    [ -n "$answer" ] || break
    if [ "$waited" -ge "$TIMEOUT" ]; then
        fail 'data of minio' "these pods are still there: $answer"
        started
        return
    fi
    sleep 3
    waited=$((waited + 3))
done
claims=
for file in "$RUN_DIR/backup/"minio/*.tar; do
    file=${file##*/}
    claims="$claims${file%.tar} "
done
if mount_claims 'data of minio' minio '' "$claims"; then
    for claim in $claims; do
        # shellcheck disable=SC2016 # The shell in the pod reads these.
        if kube_long -n minio exec -i "$pod" -- tar -C "/claims/$claim" -xf - <"$RUN_DIR/backup/"minio"/$claim.tar" 2>"$scratch/stderr"; then
            there=$(inside minio "$pod" sh -c 'find "$0" | wc -l' "/claims/$claim" 2>/dev/null)
            copied=$(tar -tf "$RUN_DIR/backup/"minio"/$claim.tar" | wc -l)
            if [ "$((${there:-0}))" -ge "$((copied))" ]; then
                pass "claim $claim" "$((there)) entries are back"
            else
                fail "claim $claim" "$((${there:-0})) of $((copied)) entries are back"
            fi
        else
            fail "claim $claim" "$(head -n 3 "$scratch/stderr")"
        fi
    done
    kube -n minio delete pod "$pod" --ignore-not-found >/dev/null 2>&1
fi
started
end_restore
}

run 'restore:minio' part_1
finish
