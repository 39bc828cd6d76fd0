#!/bin/sh
# The checks of the stage "workloads" of production, on the cluster "production-v2".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "production-v2", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/production-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/04-workloads.check.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/04-workloads.check.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=production
stage=workloads
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
models financial
# The models of the old cluster are written down, and asked for by name in the new one. Half a list would hide a loss.
grep -q '^UNKNOWN' "$attempt" || cp "$scratch/known" "$RUN_DIR/state/models-$cluster"
if ! grep -q '^UNKNOWN' "$attempt" && [ -e "$RUN_DIR/state/models-"production ]; then
    while read -r name <&3; do
        case $name in
financial/*) ;;
        *) continue ;;
        esac
        grep -q -x -F "$name" "$scratch/known" || fail "model $name" 'was there before, and is not there now'
    done 3<"$RUN_DIR/state/models-"production
fi
}

part_2() {
# The address of the first running pod with these labels, in $target.
target_of() { # WHAT NAMESPACE SELECTOR
    target=
    running "$@" || return 1
    target=$(printf '%s\n' "$answer" | head -n 1 | cut -f 3)
    [ -n "$target" ] && return 0
    unknown "$1" "no pod with $3 runs in $2"
    return 1
}
may() { # WHAT NAMESPACE POD ADDRESS PORT
    connects "$@"
}
may_not() { # WHAT NAMESPACE POD ADDRESS PORT
    connect "$@" || return
    case $answer in
    silent) pass "$1" 'nothing comes back, as it must be' ;;
    *) fail "$1" "the answer of $4 port $5 is \"$answer\": no policy holds it back" ;;
    esac
}
# Calls like the pods of financial/any other pod: a pod with their labels that no Service sends anything to.
if probe 'a pod like financial/any other pod' financial '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'financial/any other pod may not reach jupyterhub/jupyterhub on 8000' jupyterhub 'app=jupyterhub,component=proxy'; then
        may_not 'financial/any other pod may not reach jupyterhub/jupyterhub on 8000' financial "$like" "$target" 8000
    fi
    if target_of 'financial/any other pod may not reach monitoring/grafana on 3000' monitoring 'app.kubernetes.io/name=grafana'; then
        may_not 'financial/any other pod may not reach monitoring/grafana on 3000' financial "$like" "$target" 3000
    fi
    if target_of 'financial/any other pod may reach minio/minio on 9000' minio 'app=minio'; then
        may 'financial/any other pod may reach minio/minio on 9000' financial "$like" "$target" 9000
    fi
    if target_of 'financial/any other pod may reach mlflow/mlflow-server on 5000' mlflow 'app=mlflow'; then
        may 'financial/any other pod may reach mlflow/mlflow-server on 5000' financial "$like" "$target" 5000
    fi
fi
# Calls like the pods of ingress-nginx/any other pod: a pod with their labels that no Service sends anything to.
if probe 'a pod like ingress-nginx/any other pod' ingress-nginx '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'ingress-nginx/any other pod may reach financial/seldon-envoy on 9000' financial 'app.kubernetes.io/name=seldon-envoy'; then
        may 'ingress-nginx/any other pod may reach financial/seldon-envoy on 9000' ingress-nginx "$like" "$target" 9000
    fi
fi
# Calls like the pods of jupyterhub/jupyterhub: a pod with their labels that no Service sends anything to.
if probe 'a pod like jupyterhub/jupyterhub' jupyterhub '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"app":"jupyterhub","component":"proxy","sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'jupyterhub/jupyterhub may not reach financial/seldon-envoy on 9000' financial 'app.kubernetes.io/name=seldon-envoy'; then
        may_not 'jupyterhub/jupyterhub may not reach financial/seldon-envoy on 9000' jupyterhub "$like" "$target" 9000
    fi
fi
# Calls like the pods of monitoring/grafana: a pod with their labels that no Service sends anything to.
if probe 'a pod like monitoring/grafana' monitoring '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"app.kubernetes.io/name":"grafana","sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'monitoring/grafana may not reach financial/seldon-envoy on 9000' financial 'app.kubernetes.io/name=seldon-envoy'; then
        may_not 'monitoring/grafana may not reach financial/seldon-envoy on 9000' monitoring "$like" "$target" 9000
    fi
fi
}

run 'models-ready' part_1
run 'policy-probes' part_2
finish
