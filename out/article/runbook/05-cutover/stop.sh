#!/bin/sh
# The new writers stop, on the way back from the stage "cutover" of production, on the cluster "production-v2".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "production-v2", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/production-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/05-cutover.stop.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/05-cutover.stop.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=production
stage=cutover
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
# What starts work by itself is suspended, what runs ends, and then the pods go. What was changed is written down, for the
# way back.
state=$RUN_DIR/state/drain-minio-$cluster
ask 'kinds of Argo Workflows' get customresourcedefinitions.apiextensions.k8s.io workflows.argoproj.io cronworkflows.argoproj.io --ignore-not-found -o name || return
kinds=$answer
timers=cronjobs.batch
case $kinds in
*/cronworkflows.argoproj.io*) timers="$timers cronworkflows.argoproj.io" ;;
esac
for kind in $timers; do
    ask "$kind" -n minio get "$kind" -o 'jsonpath={range .items[*]}{.metadata.name} {.spec.suspend}{"\n"}{end}' || return
    printf '%s\n' "$answer" >"$scratch/suspend"
    while read -r name suspended <&3; do
        if [ -z "$name" ] || [ "$suspended" = true ]; then
            continue
        fi
        if kube -n minio patch "$kind" "$name" --type=merge -p '{"spec":{"suspend":true}}' >/dev/null 2>"$scratch/stderr"; then
            printf 'suspend %s %s %s\n' minio "$kind" "$name" >>"$state"
            pass "$kind $name" 'suspended'
        else
            unknown "$kind $name" "$(head -n 3 "$scratch/stderr")"
        fi
    done 3<"$scratch/suspend"
done
case $kinds in
*/workflows.argoproj.io*)
    waited=0
    while ask 'workflows' -n minio get workflows.argoproj.io -l 'workflows.argoproj.io/completed!=true' -o name; do
        [ -n "$answer" ] || break
        if [ "$waited" -ge "$LONG" ]; then
            fail 'drain minio' "these still run: $answer"
            return
        fi
        [ "$waited" -gt 0 ] || printf '%s\n' "   waits up to $LONG seconds for $(printf '%s' "$answer" | tr '\n' ' ')"
        sleep 10
        waited=$((waited + 10))
    done
    if grep -q '^UNKNOWN' "$attempt"; then
        return
    fi
    ;;
esac
workloads 'drain minio' minio 'app=minio' || return
if [ -z "$answer" ]; then
    fail 'drain minio' 'no Deployment and no StatefulSet has these pods: app=minio'
    return
fi
printf '%s' "$answer" >"$scratch/drain"
while read -r name replicas <&3; do
    if [ "$replicas" != 0 ]; then
        printf 'scale %s %s %s\n' minio "$name" "$replicas" >>"$state"
        kube -n minio scale "$name" --replicas=0 >/dev/null 2>"$scratch/stderr" || {
            unknown "$name" "$(head -n 3 "$scratch/stderr")"
            return
        }
    fi
done 3<"$scratch/drain"
waited=0
while ask 'drain minio' -n minio get pods -l 'app=minio' -o name; do
    if [ -z "$answer" ]; then
        pass 'drain minio' 'no pod is left; the numbers before are in '"$state"
        break
    fi
    if [ "$waited" -ge "$TIMEOUT" ]; then
        fail 'drain minio' "these pods are still there: $answer"
        return
    fi
    sleep 3
    waited=$((waited + 3))
done
}

run 'drain:minio' part_1
finish
