#!/bin/sh
# The checks of the stage "stateless" of homelab-mlops, on the cluster "after".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "after", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/homelab-mlops-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/05-stateless.check.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/05-stateless.check.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=homelab-mlops
stage=stateless
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
if ask argowf/argo-workflows-server-lb -n argowf get service argo-workflows-server-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same argowf/argo-workflows-server-lb "$answer" 192.168.1.205
fi
if ask argocd/argocd-server-lb -n argocd get service argocd-server-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same argocd/argocd-server-lb "$answer" 192.168.1.204
fi
if ask kubernetes-dashboard/dashboard -n kubernetes-dashboard get service dashboard --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same kubernetes-dashboard/dashboard "$answer" 192.168.1.208
fi
if ask ingress-nginx/ingress-nginx-controller -n ingress-nginx get service ingress-nginx-controller --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same ingress-nginx/ingress-nginx-controller "$answer" 192.168.1.249
fi
if ask istio-gateway/istio-gateway -n istio-gateway get service istio-gateway --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same istio-gateway/istio-gateway "$answer" 192.168.1.240
fi
if ask istio-system/jaeger-query-lb -n istio-system get service jaeger-query-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same istio-system/jaeger-query-lb "$answer" 192.168.1.242
fi
if ask istio-system/kiali-lb -n istio-system get service kiali-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same istio-system/kiali-lb "$answer" 192.168.1.241
fi
if ask mlflow/mlflow -n mlflow get service mlflow --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same mlflow/mlflow "$answer" 192.168.1.215
fi
}

part_2() {
if ! command -v curl >/dev/null 2>&1; then
    unknown 'curl' 'this machine has no curl'
    return
fi
answers() { # URL [RESOLVE]
    # A certificate of a test domain is nobody's concern here; that something answers is.
    code=$(curl -k -s -o /dev/null --max-time 15 ${2:+--resolve "$2"} -w '%{http_code}' "$1")
    case $code in
    [1-4][0-9][0-9]) pass "$1" "HTTP $code" ;;
    5[0-9][0-9]) fail "$1" "HTTP $code" ;;
    *) fail "$1" 'no answer' ;;
    esac
}
answers http://argo-workflows-server.test/ argo-workflows-server.test:80:192.168.1.205
answers http://argocd-server.test/ argocd-server.test:80:192.168.1.204
answers https://argocd-server.test/ argocd-server.test:443:192.168.1.204
answers https://dashboard.test/ dashboard.test:443:192.168.1.208
answers http://ingress-nginx.test/ ingress-nginx.test:80:192.168.1.249
answers https://ingress-nginx.test/ ingress-nginx.test:443:192.168.1.249
answers http://istio-gateway.test/ istio-gateway.test:80:192.168.1.240
answers https://istio-gateway.test/ istio-gateway.test:443:192.168.1.240
answers http://jaeger.test:16686/ jaeger.test:16686:192.168.1.242
answers http://kiali.test:20001/ kiali.test:20001:192.168.1.241
answers http://mlflow.test:5000/ mlflow.test:5000:192.168.1.215
}

part_3() {
if ! command -v curl >/dev/null 2>&1; then
    unknown 'curl' 'this machine has no curl'
    return
fi
# Who signs in says so with MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, which no list of processes shows.
: >"$scratch/curl"
if [ -n "${MLFLOW_TRACKING_USERNAME:-}" ]; then
    printf 'user = "%s:%s"\n' "$MLFLOW_TRACKING_USERNAME" "${MLFLOW_TRACKING_PASSWORD:-}" >"$scratch/curl"
fi
base=http://192.168.1.215:5000/api/2.0/mlflow-artifacts/artifacts/plan-runbook
name=roundtrip-$$.txt
printf 'written by the runbook of %s\n' "$plan" >"$scratch/artifact"
code=$(curl -k -s -o /dev/null --max-time 60 -K "$scratch/curl" --upload-file "$scratch/artifact" -w '%{http_code}' "$base/$name")
case $code in
2[0-9][0-9])
    curl -k -s --max-time 60 -K "$scratch/curl" -o "$scratch/artifact.back" "$base/$name"
    if cmp -s "$scratch/artifact" "$scratch/artifact.back"; then
        pass 'an artifact of mlflow' 'comes back as it was written'
    else
        fail 'an artifact of mlflow' 'was written, and does not come back'
    fi
    curl -k -s -o /dev/null --max-time 60 -K "$scratch/curl" -X DELETE "$base/$name"
    ;;
401 | 403) unknown 'an artifact of mlflow' "HTTP $code: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD" ;;
*) fail 'an artifact of mlflow' "cannot be written: HTTP $code" ;;
esac
}

run 'ips-match' part_1
run 'http-health' part_2
run 'artifact-roundtrip' part_3
finish
