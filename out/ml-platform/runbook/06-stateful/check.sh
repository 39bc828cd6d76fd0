#!/bin/sh
# The checks of the stage "stateful" of homelab-mlops, on the cluster "after".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "after", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/homelab-mlops-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/06-stateful.check.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/06-stateful.check.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=homelab-mlops
stage=stateful
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
if ask jupyterhub/jupyterhub -n jupyterhub get service jupyterhub --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same jupyterhub/jupyterhub "$answer" 192.168.1.206
fi
if ask seldon-system/seldon-mesh-lb -n seldon-system get service seldon-mesh-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same seldon-system/seldon-mesh-lb "$answer" 192.168.1.202
fi
if ask seldon-system/seldon-scheduler-lb -n seldon-system get service seldon-scheduler-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same seldon-system/seldon-scheduler-lb "$answer" 192.168.1.201
fi
if ask financial-inference/seldon-mesh-lb -n financial-inference get service seldon-mesh-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same financial-inference/seldon-mesh-lb "$answer" 192.168.1.221
fi
if ask financial-inference/seldon-scheduler-lb -n financial-inference get service seldon-scheduler-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same financial-inference/seldon-scheduler-lb "$answer" 192.168.1.220
fi
if ask financial-mlops-pytorch/seldon-mesh-lb -n financial-mlops-pytorch get service seldon-mesh-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same financial-mlops-pytorch/seldon-mesh-lb "$answer" 192.168.1.223
fi
if ask financial-mlops-pytorch/seldon-scheduler-lb -n financial-mlops-pytorch get service seldon-scheduler-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same financial-mlops-pytorch/seldon-scheduler-lb "$answer" 192.168.1.222
fi
if ask fraud-detection/seldon-mesh-lb -n fraud-detection get service seldon-mesh-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same fraud-detection/seldon-mesh-lb "$answer" 192.168.1.225
fi
if ask fraud-detection/seldon-scheduler-lb -n fraud-detection get service seldon-scheduler-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same fraud-detection/seldon-scheduler-lb "$answer" 192.168.1.224
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
conditions financial-inference seldonruntimes
conditions financial-inference servers
conditions financial-mlops-pytorch seldonruntimes
conditions financial-mlops-pytorch servers
conditions fraud-detection seldonruntimes
conditions fraud-detection servers
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
if ! grep -q '^UNKNOWN' "$attempt" && [ -e "$RUN_DIR/state/models-"before ]; then
    while read -r name <&3; do
        case $name in
seldon-system/* | financial-inference/* | financial-mlops-pytorch/* | fraud-detection/*) ;;
        *) continue ;;
        esac
        grep -q -x -F "$name" "$scratch/known" || fail "model $name" 'was there before, and is not there now'
    done 3<"$RUN_DIR/state/models-"before
fi
}

part_4() {
ask 'models in financial-inference' -n financial-inference get models.mlops.seldon.io -o 'jsonpath={.items[*].metadata.name}' || return
models=$answer
[ -n "$models" ] || fail 'models in financial-inference' 'there is no model to ask'
if ! command -v curl >/dev/null 2>&1; then
    unknown 'curl' 'this machine has no curl'
    return
fi
for model in $models; do
    # A request of your own is sent from $RUN_DIR/infer/MODEL.json; without one the model is asked whether it is ready.
    request=$RUN_DIR/infer/$model.json
    if [ -e "$request" ]; then
        code=$(curl -s -o "$scratch/reply" --max-time 60 -H "Seldon-Model: $model" -H 'Content-Type: application/json' --data-binary "@$request" -w '%{http_code}' http://192.168.1.221"/v2/models/$model/infer")
    else
        code=$(curl -s -o "$scratch/reply" --max-time 60 -H "Seldon-Model: $model" -w '%{http_code}' http://192.168.1.221"/v2/models/$model/ready")
    fi
    case $code in
    200) pass "model $model answers at "http://192.168.1.221 ;;
    *) fail "model $model answers at "http://192.168.1.221 "HTTP $code" ;;
    esac
done
}

part_5() {
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
# Calls like the pods of churn-prediction/any other pod: a pod with their labels that no Service sends anything to.
if probe 'a pod like churn-prediction/any other pod' churn-prediction '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'churn-prediction/any other pod may not reach kubernetes-dashboard/dashboard on 8443' kubernetes-dashboard 'app.kubernetes.io/name=kong'; then
        may_not 'churn-prediction/any other pod may not reach kubernetes-dashboard/dashboard on 8443' churn-prediction "$like" "$target" 8443
    fi
    if target_of 'churn-prediction/any other pod may not reach monitoring/grafana on 3000' monitoring 'app.kubernetes.io/name=grafana'; then
        may_not 'churn-prediction/any other pod may not reach monitoring/grafana on 3000' churn-prediction "$like" "$target" 3000
    fi
    if target_of 'churn-prediction/any other pod may reach minio/minio on 9000' minio 'app.kubernetes.io/instance=minio,app.kubernetes.io/name=minio'; then
        may 'churn-prediction/any other pod may reach minio/minio on 9000' churn-prediction "$like" "$target" 9000
    fi
    if target_of 'churn-prediction/any other pod may reach mlflow/mlflow on 5000' mlflow 'app=mlflow'; then
        may 'churn-prediction/any other pod may reach mlflow/mlflow on 5000' churn-prediction "$like" "$target" 5000
    fi
fi
# Calls like the pods of financial-inference/any other pod: a pod with their labels that no Service sends anything to.
if probe 'a pod like financial-inference/any other pod' financial-inference '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'financial-inference/any other pod may not reach kubernetes-dashboard/dashboard on 8443' kubernetes-dashboard 'app.kubernetes.io/name=kong'; then
        may_not 'financial-inference/any other pod may not reach kubernetes-dashboard/dashboard on 8443' financial-inference "$like" "$target" 8443
    fi
    if target_of 'financial-inference/any other pod may not reach monitoring/grafana on 3000' monitoring 'app.kubernetes.io/name=grafana'; then
        may_not 'financial-inference/any other pod may not reach monitoring/grafana on 3000' financial-inference "$like" "$target" 3000
    fi
    if target_of 'financial-inference/any other pod may reach minio/minio on 9000' minio 'app.kubernetes.io/instance=minio,app.kubernetes.io/name=minio'; then
        may 'financial-inference/any other pod may reach minio/minio on 9000' financial-inference "$like" "$target" 9000
    fi
    if target_of 'financial-inference/any other pod may reach mlflow/mlflow on 5000' mlflow 'app=mlflow'; then
        may 'financial-inference/any other pod may reach mlflow/mlflow on 5000' financial-inference "$like" "$target" 5000
    fi
fi
# Calls like the pods of financial-ml/any other pod: a pod with their labels that no Service sends anything to.
if probe 'a pod like financial-ml/any other pod' financial-ml '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'financial-ml/any other pod may not reach kubernetes-dashboard/dashboard on 8443' kubernetes-dashboard 'app.kubernetes.io/name=kong'; then
        may_not 'financial-ml/any other pod may not reach kubernetes-dashboard/dashboard on 8443' financial-ml "$like" "$target" 8443
    fi
    if target_of 'financial-ml/any other pod may not reach monitoring/grafana on 3000' monitoring 'app.kubernetes.io/name=grafana'; then
        may_not 'financial-ml/any other pod may not reach monitoring/grafana on 3000' financial-ml "$like" "$target" 3000
    fi
    if target_of 'financial-ml/any other pod may reach minio/minio on 9000' minio 'app.kubernetes.io/instance=minio,app.kubernetes.io/name=minio'; then
        may 'financial-ml/any other pod may reach minio/minio on 9000' financial-ml "$like" "$target" 9000
    fi
    if target_of 'financial-ml/any other pod may reach mlflow/mlflow on 5000' mlflow 'app=mlflow'; then
        may 'financial-ml/any other pod may reach mlflow/mlflow on 5000' financial-ml "$like" "$target" 5000
    fi
fi
# Calls like the pods of financial-mlops-pytorch/any other pod: a pod with their labels that no Service sends anything to.
if probe 'a pod like financial-mlops-pytorch/any other pod' financial-mlops-pytorch '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'financial-mlops-pytorch/any other pod may not reach kubernetes-dashboard/dashboard on 8443' kubernetes-dashboard 'app.kubernetes.io/name=kong'; then
        may_not 'financial-mlops-pytorch/any other pod may not reach kubernetes-dashboard/dashboard on 8443' financial-mlops-pytorch "$like" "$target" 8443
    fi
    if target_of 'financial-mlops-pytorch/any other pod may not reach monitoring/grafana on 3000' monitoring 'app.kubernetes.io/name=grafana'; then
        may_not 'financial-mlops-pytorch/any other pod may not reach monitoring/grafana on 3000' financial-mlops-pytorch "$like" "$target" 3000
    fi
    if target_of 'financial-mlops-pytorch/any other pod may reach minio/minio on 9000' minio 'app.kubernetes.io/instance=minio,app.kubernetes.io/name=minio'; then
        may 'financial-mlops-pytorch/any other pod may reach minio/minio on 9000' financial-mlops-pytorch "$like" "$target" 9000
    fi
    if target_of 'financial-mlops-pytorch/any other pod may reach mlflow/mlflow on 5000' mlflow 'app=mlflow'; then
        may 'financial-mlops-pytorch/any other pod may reach mlflow/mlflow on 5000' financial-mlops-pytorch "$like" "$target" 5000
    fi
fi
# Calls like the pods of fraud-detection/any other pod: a pod with their labels that no Service sends anything to.
if probe 'a pod like fraud-detection/any other pod' fraud-detection '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'fraud-detection/any other pod may not reach kubernetes-dashboard/dashboard on 8443' kubernetes-dashboard 'app.kubernetes.io/name=kong'; then
        may_not 'fraud-detection/any other pod may not reach kubernetes-dashboard/dashboard on 8443' fraud-detection "$like" "$target" 8443
    fi
    if target_of 'fraud-detection/any other pod may not reach monitoring/grafana on 3000' monitoring 'app.kubernetes.io/name=grafana'; then
        may_not 'fraud-detection/any other pod may not reach monitoring/grafana on 3000' fraud-detection "$like" "$target" 3000
    fi
    if target_of 'fraud-detection/any other pod may reach minio/minio on 9000' minio 'app.kubernetes.io/instance=minio,app.kubernetes.io/name=minio'; then
        may 'fraud-detection/any other pod may reach minio/minio on 9000' fraud-detection "$like" "$target" 9000
    fi
    if target_of 'fraud-detection/any other pod may reach mlflow/mlflow on 5000' mlflow 'app=mlflow'; then
        may 'fraud-detection/any other pod may reach mlflow/mlflow on 5000' fraud-detection "$like" "$target" 5000
    fi
fi
# Calls like the pods of ingress-nginx/any other pod: a pod with their labels that no Service sends anything to.
if probe 'a pod like ingress-nginx/any other pod' ingress-nginx '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'ingress-nginx/any other pod may reach financial-inference/seldon-envoy on 9000' financial-inference 'app.kubernetes.io/name=seldon-envoy'; then
        may 'ingress-nginx/any other pod may reach financial-inference/seldon-envoy on 9000' ingress-nginx "$like" "$target" 9000
    fi
    if target_of 'ingress-nginx/any other pod may reach financial-mlops-pytorch/seldon-envoy on 9000' financial-mlops-pytorch 'app.kubernetes.io/name=seldon-envoy'; then
        may 'ingress-nginx/any other pod may reach financial-mlops-pytorch/seldon-envoy on 9000' ingress-nginx "$like" "$target" 9000
    fi
    if target_of 'ingress-nginx/any other pod may reach fraud-detection/seldon-envoy on 9000' fraud-detection 'app.kubernetes.io/name=seldon-envoy'; then
        may 'ingress-nginx/any other pod may reach fraud-detection/seldon-envoy on 9000' ingress-nginx "$like" "$target" 9000
    fi
fi
# Calls like the pods of iris-demo/any other pod: a pod with their labels that no Service sends anything to.
if probe 'a pod like iris-demo/any other pod' iris-demo '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'iris-demo/any other pod may not reach istio-gateway/istio-gateway on 80' istio-gateway 'istio=gateway'; then
        may_not 'iris-demo/any other pod may not reach istio-gateway/istio-gateway on 80' iris-demo "$like" "$target" 80
    fi
    if target_of 'iris-demo/any other pod may not reach istio-system/jaeger on 16686' istio-system 'app.kubernetes.io/component=query,app.kubernetes.io/name=jaeger'; then
        may_not 'iris-demo/any other pod may not reach istio-system/jaeger on 16686' iris-demo "$like" "$target" 16686
    fi
    if target_of 'iris-demo/any other pod may reach minio/minio on 9000' minio 'app.kubernetes.io/instance=minio,app.kubernetes.io/name=minio'; then
        may 'iris-demo/any other pod may reach minio/minio on 9000' iris-demo "$like" "$target" 9000
    fi
    if target_of 'iris-demo/any other pod may reach mlflow/mlflow on 5000' mlflow 'app=mlflow'; then
        may 'iris-demo/any other pod may reach mlflow/mlflow on 5000' iris-demo "$like" "$target" 5000
    fi
fi
# Calls like the pods of istio-gateway/any other pod: a pod with their labels that no Service sends anything to.
if probe 'a pod like istio-gateway/any other pod' istio-gateway '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'istio-gateway/any other pod may reach financial-inference/seldon-envoy on 9000' financial-inference 'app.kubernetes.io/name=seldon-envoy'; then
        may 'istio-gateway/any other pod may reach financial-inference/seldon-envoy on 9000' istio-gateway "$like" "$target" 9000
    fi
    if target_of 'istio-gateway/any other pod may reach financial-mlops-pytorch/seldon-envoy on 9000' financial-mlops-pytorch 'app.kubernetes.io/name=seldon-envoy'; then
        may 'istio-gateway/any other pod may reach financial-mlops-pytorch/seldon-envoy on 9000' istio-gateway "$like" "$target" 9000
    fi
    if target_of 'istio-gateway/any other pod may reach fraud-detection/seldon-envoy on 9000' fraud-detection 'app.kubernetes.io/name=seldon-envoy'; then
        may 'istio-gateway/any other pod may reach fraud-detection/seldon-envoy on 9000' istio-gateway "$like" "$target" 9000
    fi
fi
# Calls like the pods of kubernetes-dashboard/dashboard: a pod with their labels that no Service sends anything to.
if probe 'a pod like kubernetes-dashboard/dashboard' kubernetes-dashboard '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"app.kubernetes.io/name":"kong","sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'kubernetes-dashboard/dashboard may not reach financial-inference/seldon-envoy on 9000' financial-inference 'app.kubernetes.io/name=seldon-envoy'; then
        may_not 'kubernetes-dashboard/dashboard may not reach financial-inference/seldon-envoy on 9000' kubernetes-dashboard "$like" "$target" 9000
    fi
    if target_of 'kubernetes-dashboard/dashboard may not reach financial-mlops-pytorch/seldon-envoy on 9000' financial-mlops-pytorch 'app.kubernetes.io/name=seldon-envoy'; then
        may_not 'kubernetes-dashboard/dashboard may not reach financial-mlops-pytorch/seldon-envoy on 9000' kubernetes-dashboard "$like" "$target" 9000
    fi
    if target_of 'kubernetes-dashboard/dashboard may not reach fraud-detection/seldon-envoy on 9000' fraud-detection 'app.kubernetes.io/name=seldon-envoy'; then
        may_not 'kubernetes-dashboard/dashboard may not reach fraud-detection/seldon-envoy on 9000' kubernetes-dashboard "$like" "$target" 9000
    fi
fi
# Calls like the pods of monitoring/grafana: a pod with their labels that no Service sends anything to.
if probe 'a pod like monitoring/grafana' monitoring '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"app.kubernetes.io/name":"grafana","sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    like=$pod
    if target_of 'monitoring/grafana may not reach financial-inference/seldon-envoy on 9000' financial-inference 'app.kubernetes.io/name=seldon-envoy'; then
        may_not 'monitoring/grafana may not reach financial-inference/seldon-envoy on 9000' monitoring "$like" "$target" 9000
    fi
    if target_of 'monitoring/grafana may not reach financial-mlops-pytorch/seldon-envoy on 9000' financial-mlops-pytorch 'app.kubernetes.io/name=seldon-envoy'; then
        may_not 'monitoring/grafana may not reach financial-mlops-pytorch/seldon-envoy on 9000' monitoring "$like" "$target" 9000
    fi
    if target_of 'monitoring/grafana may not reach fraud-detection/seldon-envoy on 9000' fraud-detection 'app.kubernetes.io/name=seldon-envoy'; then
        may_not 'monitoring/grafana may not reach fraud-detection/seldon-envoy on 9000' monitoring "$like" "$target" 9000
    fi
fi
}

run 'ips-match' part_1
run 'servers-ready' part_2
run 'models-ready' part_3
run 'infer:financial-inference' part_4
run 'policy-probes' part_5
finish
