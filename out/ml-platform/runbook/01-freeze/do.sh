#!/bin/sh
# What comes before the stage "freeze" of homelab-mlops, on the cluster "before".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "before", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/homelab-mlops-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/01-freeze.do.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/01-freeze.do.jsonl}
TIMEOUT=${TIMEOUT:-120}
LONG=${LONG:-14400}
WAIT=${WAIT:-0}
KEEP=${KEEP:-no}

plan=homelab-mlops
stage=freeze
cluster=before
servers='192.168.1.85'

functions=$(dirname "$0")/../functions.sh
if [ ! -r "$functions" ]; then
    echo "UNKNOWN  $functions is not there: the folder of the runbook goes together" >&2
    exit 2
fi
# shellcheck source=../functions.sh
. "$functions"

part_1() {
# Who signs in is said by PGUSER and by PGPASSFILE or PGPASSWORD, as for every program of PostgreSQL.
begin_backup 'databases of postgres' postgres anywhere || return
if ! command -v pg_dump >/dev/null 2>&1 || ! command -v pg_restore >/dev/null 2>&1; then
    unknown 'databases of postgres' 'this machine has no pg_dump and pg_restore'
    return
fi
for database in mlflow authdb; do
    if ! PGCONNECT_TIMEOUT=15 limited "$LONG" pg_dump --no-password --host=192.168.1.100 --port=5432 --format=custom --file="$backup/$database.dump" "$database" 2>"$scratch/stderr"; then
        unknown "database $database" "$(head -n 3 "$scratch/stderr")"
        return
    fi
done
end_backup 'databases of postgres' postgres
}

part_2() {
# What the application writes while it is copied is as whole as after a power cut. Where that is not enough, drain first.
begin_backup 'data of minio' minio || return
claims_of 'data of minio' minio 'app.kubernetes.io/instance=minio,app.kubernetes.io/name=minio' || return
: >"$scratch/copied"
for claim in $claims; do
    if ! kube_long -n minio exec "$pod" -- tar -C "/claims/$claim" -cf - . >"$backup/$claim.tar" 2>"$scratch/stderr"; then
        unknown "claim $claim" "the copy broke off: $(head -n 3 "$scratch/stderr")"
        return
    fi
    # shellcheck disable=SC2016 # The shell in the pod reads these.
    if ! there=$(inside minio "$pod" sh -c 'find "$0" | wc -l' "/claims/$claim" 2>"$scratch/stderr"); then
        unknown "claim $claim" "cannot count what is on it: $(head -n 3 "$scratch/stderr")"
        return
    fi
    tar -tf "$backup/$claim.tar" >"$scratch/listed" 2>/dev/null
    copied=$(wc -l <"$scratch/listed")
    if [ "$((copied))" -lt "$((there))" ]; then
        fail "claim $claim" "$((copied)) of $((there)) entries are in the copy"
        return
    fi
    cat "$scratch/listed" >>"$scratch/copied"
done
if ! grep -q -F /mlflow-artifacts/ "$scratch/copied"; then
    fail 'bucket mlflow-artifacts' 'is not in the copy'
    return
fi
pass 'bucket mlflow-artifacts' 'is in the copy'
if ! grep -q -F /argo-artifacts/ "$scratch/copied"; then
    fail 'bucket argo-artifacts' 'is not in the copy'
    return
fi
pass 'bucket argo-artifacts' 'is in the copy'
if ! grep -q -F /kubeflow-artifacts/ "$scratch/copied"; then
    fail 'bucket kubeflow-artifacts' 'is not in the copy'
    return
fi
pass 'bucket kubeflow-artifacts' 'is in the copy'
end_backup 'data of minio' minio
}

part_3() {
# Every key, also the old ones: a secret that was sealed with an old key is opened with it.
begin_backup 'keys of sealed secrets' sealed-secrets-key || return
ask 'keys of sealed secrets' get secrets -A -l sealedsecrets.bitnami.com/sealed-secrets-key \
    -o 'jsonpath={range .items[*]}{.metadata.namespace}{"\t"}{.metadata.name}{"\t"}{.data.tls\.crt}{"\t"}{.data.tls\.key}{"\n"}{end}' || return
printf '%s\n' "$answer" | sed '/^$/d' >"$scratch/keys"
if [ ! -s "$scratch/keys" ]; then
    fail 'keys of sealed secrets' 'there is none'
    return
fi
while IFS=$tab read -r namespace name certificate key <&3; do
    if [ -z "$certificate" ] || [ -z "$key" ]; then
        fail "key $namespace/$name" 'has no tls.crt or no tls.key'
        continue
    fi
    # Without what only the old cluster knows of it, so that a new one takes it.
    printf '{"apiVersion":"v1","kind":"Secret","type":"kubernetes.io/tls","metadata":{"namespace":"%s","name":"%s","labels":{"sealedsecrets.bitnami.com/sealed-secrets-key":"active"}},"data":{"tls.crt":"%s","tls.key":"%s"}}\n' \
        "$namespace" "$name" "$certificate" "$key" >"$backup/$namespace.$name.json"
done 3<"$scratch/keys"
end_backup 'keys of sealed secrets' sealed-secrets-key
}

part_4() {
# Every object of every kind, Secrets, claims and custom resources too: `kubectl get all` has none of these.
begin_backup 'objects of the cluster' manifests || return
if ! ask 'kinds' api-resources --verbs=list -o name; then
    return
fi
for kind in $answer; do
    case $kind in
    # What the API server computes when it is asked, and what is gone by itself.
    *.metrics.k8s.io | events | events.* | componentstatuses | leases.* | endpointslices.* | endpoints) continue ;;
    esac
    if ! kube get "$kind" -A -o json >"$backup/$kind.json" 2>"$scratch/stderr"; then
        unknown "$kind" "kubectl: $(head -n 3 "$scratch/stderr")"
        rm -f "$backup/$kind.json"
    elif grep -q '"items": *\[\]' "$backup/$kind.json"; then
        rm -f "$backup/$kind.json"
    fi
done
end_backup 'objects of the cluster' manifests
}

part_5() {
# What starts work by itself is suspended, what runs ends, and then the pods go. What was changed is written down, for the
# way back.
state=$RUN_DIR/state/drain-argo-workflows-$cluster
ask 'kinds of Argo Workflows' get customresourcedefinitions.apiextensions.k8s.io workflows.argoproj.io cronworkflows.argoproj.io --ignore-not-found -o name || return
kinds=$answer
timers=cronjobs.batch
case $kinds in
*/cronworkflows.argoproj.io*) timers="$timers cronworkflows.argoproj.io" ;;
esac
for kind in $timers; do
    ask "$kind" -n argowf get "$kind" -o 'jsonpath={range .items[*]}{.metadata.name} {.spec.suspend}{"\n"}{end}' || return
    printf '%s\n' "$answer" >"$scratch/suspend"
    while read -r name suspended <&3; do
        if [ -z "$name" ] || [ "$suspended" = true ]; then
            continue
        fi
        if kube -n argowf patch "$kind" "$name" --type=merge -p '{"spec":{"suspend":true}}' >/dev/null 2>"$scratch/stderr"; then
            printf 'suspend %s %s %s\n' argowf "$kind" "$name" >>"$state"
            pass "$kind $name" 'suspended'
        else
            unknown "$kind $name" "$(head -n 3 "$scratch/stderr")"
        fi
    done 3<"$scratch/suspend"
done
case $kinds in
*/workflows.argoproj.io*)
    waited=0
    while ask 'workflows' -n argowf get workflows.argoproj.io -l 'workflows.argoproj.io/completed!=true' -o name; do
        [ -n "$answer" ] || break
        if [ "$waited" -ge "$LONG" ]; then
            fail 'drain argo-workflows' "these still run: $answer"
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
workloads 'drain argo-workflows' argowf 'app.kubernetes.io/name=argo-workflows-server' || return
if [ -z "$answer" ]; then
    fail 'drain argo-workflows' 'no Deployment and no StatefulSet has these pods: app.kubernetes.io/name=argo-workflows-server'
    return
fi
printf '%s' "$answer" >"$scratch/drain"
while read -r name replicas <&3; do
    if [ "$replicas" != 0 ]; then
        printf 'scale %s %s %s\n' argowf "$name" "$replicas" >>"$state"
        kube -n argowf scale "$name" --replicas=0 >/dev/null 2>"$scratch/stderr" || {
            unknown "$name" "$(head -n 3 "$scratch/stderr")"
            return
        }
    fi
done 3<"$scratch/drain"
waited=0
while ask 'drain argo-workflows' -n argowf get pods -l 'app.kubernetes.io/name=argo-workflows-server' -o name; do
    if [ -z "$answer" ]; then
        pass 'drain argo-workflows' 'no pod is left; the numbers before are in '"$state"
        break
    fi
    if [ "$waited" -ge "$TIMEOUT" ]; then
        fail 'drain argo-workflows' "these pods are still there: $answer"
        return
    fi
    sleep 3
    waited=$((waited + 3))
done
}

run 'backup:postgres' part_1
run 'backup:minio' part_2
run 'backup:sealed-secrets-key' part_3
run 'backup:manifests' part_4
run 'drain:argo-workflows' part_5
finish
