#!/bin/sh
# The checks of the stage "data" of homelab-mlops, on the cluster "after".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "after", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/homelab-mlops-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/04-data.check.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/04-data.check.jsonl}
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
if ask monitoring/grafana -n monitoring get service grafana --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same monitoring/grafana "$answer" 192.168.1.207
fi
if ask harbor/harbor -n harbor get service harbor --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same harbor/harbor "$answer" 192.168.1.210
fi
if ask minio/minio -n minio get service minio --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same minio/minio "$answer" 192.168.1.200
fi
if ask monitoring/prometheus-pushgateway-lb -n monitoring get service prometheus-pushgateway-lb --ignore-not-found -o 'jsonpath={.status.loadBalancer.ingress[*].ip}'; then
    same monitoring/prometheus-pushgateway-lb "$answer" 192.168.1.209
fi
}

part_2() {
# A bucket is a folder on the claim, for every single-node and distributed MinIO; no key is needed to see it.
if claims_of 'buckets of minio' minio 'app.kubernetes.io/instance=minio,app.kubernetes.io/name=minio'; then
    for bucket in mlflow-artifacts argo-artifacts kubeflow-artifacts; do
        if ! answer=$(inside minio "$pod" find /claims -maxdepth 4 -type d -name "$bucket" 2>"$scratch/stderr"); then
            unknown "bucket $bucket" "$(head -n 3 "$scratch/stderr")"
        elif [ -n "$answer" ]; then
            pass "bucket $bucket" 'is there'
        else
            fail "bucket $bucket" 'is not there'
        fi
    done
fi
}

part_3() {
if probe 'a pod like mlflow' mlflow '{"apiVersion":"v1","kind":"Pod","metadata":{"generateName":"plan-probe-","labels":{"app":"mlflow","sidecar.istio.io/inject":"false"}},"spec":{"restartPolicy":"Never","activeDeadlineSeconds":900,"terminationGracePeriodSeconds":1,"automountServiceAccountToken":false,"enableServiceLinks":false,"readinessGates":[{"conditionType":"runbook.plan/never"}],"securityContext":{"runAsNonRoot":true,"runAsUser":65534,"seccompProfile":{"type":"RuntimeDefault"}},"containers":[{"name":"probe","image":"docker.io/library/busybox:1.37.0","command":["sleep","900"],"resources":{"requests":{"cpu":"10m","memory":"16Mi"},"limits":{"cpu":"200m","memory":"64Mi"}},"securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}}}]}}'; then
    connects 'mlflow reaches postgres at 192.168.1.100 port 5432' mlflow "$pod" 192.168.1.100 5432
fi
}

run 'ips-match' part_1
run 'buckets-present' part_2
run 'postgres-reachable' part_3
finish
