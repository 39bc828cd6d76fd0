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
# shellcheck disable=SC2329,SC2317 # Functions are run by name, and not every script needs all of them.
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
tab=$(printf '\t')

mkdir -p "$RUN_DIR/backup" "$RUN_DIR/state" "$(dirname "$RESULTS")" || exit 2
scratch=$(mktemp -d "${TMPDIR:-/tmp}/plan.XXXXXX") || exit 2
attempt=$scratch/attempt
answer=
pod=
finished=no
: >"$scratch/all"
: >"$scratch/pods"
: >"$RESULTS" || exit 2

# Takes every pod away that this script started, however it ends.
cleanup() {
    status=$?
    trap - EXIT HUP INT TERM
    # A part that ends the whole script has shown nothing of what comes after it.
    if [ "$status" -eq 0 ] && [ "$finished" = no ]; then
        printf '%s\n' 'UNKNOWN  a part ended the script before the others had their turn'
        status=2
    fi
    while read -r namespace name <&3; do
        kube -n "$namespace" delete pod "$name" --ignore-not-found --grace-period=1 --wait=false >/dev/null 2>&1
    done 3<"$scratch/pods"
    rm -rf "$scratch"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# A command that hangs is one that has no answer.
limited() { # SECONDS COMMAND…
    if command -v timeout >/dev/null 2>&1; then
        timeout "$@"
    else
        shift
        "$@"
    fi
}

# shellcheck disable=SC2086 # KUBECTL may carry arguments.
kube() {
    limited "$TIMEOUT" $KUBECTL ${CONTEXT:+--context "$CONTEXT"} "$@"
}

# shellcheck disable=SC2086 # KUBECTL may carry arguments.
kube_long() {
    limited "$LONG" $KUBECTL ${CONTEXT:+--context "$CONTEXT"} "$@"
}

say() { # RESULT WHAT [DETAIL]
    printf '%s\t%s\t%s\n' "$1" "$(printf '%s' "$2" | tr -s '[:space:]' ' ')" "$(printf '%s' "${3:-}" | tr -s '[:space:]' ' ')" >>"$attempt"
}
pass() { say PASS "$@"; }
fail() { say FAIL "$@"; }
unknown() { say UNKNOWN "$@"; }

# Puts what kubectl says into $answer. When it says nothing, that is a result, and the status is 1.
ask() { # WHAT ARGUMENT…
    asked=$1
    shift
    if answer=$(kube "$@" 2>"$scratch/stderr"); then
        return 0
    fi
    unknown "$asked" "kubectl: $(head -n 3 "$scratch/stderr")"
    return 1
}

# The words of a text, sorted, each once, on one line.
sorted() {
    printf '%s' "$1" | tr -s '[:space:]' '\n' | LC_ALL=C sort -u | sed '/^$/d' | tr '\n' ' ' | sed 's/ $//'
}

same() { # WHAT FOUND EXPECTED, in any order
    if [ "$(sorted "$2")" = "$(sorted "$3")" ]; then
        pass "$1" "$(sorted "$3")"
    else
        fail "$1" "found ${2:-nothing}, expected $3"
    fi
}

# Starts a pod and waits until it runs. Its name is in $pod.
probe() { # WHAT NAMESPACE MANIFEST
    if ! pod=$(printf '%s\n' "$3" | kube -n "$2" create -f - -o 'jsonpath={.metadata.name}' 2>"$scratch/stderr"); then
        unknown "$1" "cannot start a pod in $2: $(head -n 3 "$scratch/stderr")"
        return 1
    fi
    printf '%s %s\n' "$2" "$pod" >>"$scratch/pods"
    if ! kube -n "$2" wait pod "$pod" --for='jsonpath={.status.phase}=Running' --timeout=90s >/dev/null 2>"$scratch/stderr"; then
        unknown "$1" "the pod $2/$pod does not run: $(head -n 3 "$scratch/stderr")"
        return 1
    fi
}

inside() { # NAMESPACE POD COMMAND…
    namespace=$1
    name=$2
    shift 2
    kube -n "$namespace" exec "$name" -- "$@"
}

# One attempt to connect from a pod, and the word for what came of it in $answer: "open"; "refused" by a machine that
# has nothing on that port, so that the packet arrived; "silent" when nothing came back. Without a word the status is 1: a
# pod that has no `nc`, or one that does not know `-z`, has not tried.
connect() { # WHAT NAMESPACE POD ADDRESS PORT
    # shellcheck disable=SC2016 # The shell in the pod reads these.
    answer=$(inside "$2" "$3" sh -c 'if found=$(nc -v -v -z -w 3 "$0" "$1" 2>&1); then echo open; else case $found in *refused*) echo refused ;; *"not found"* | *" option"*) echo "$found" >&2 ;; *) echo silent ;; esac; fi' "$4" "$5" 2>"$scratch/stderr")
    case $answer in
    open | refused | silent) return 0 ;;
    esac
    unknown "$1" "cannot try from $2/$3: $(head -n 3 "$scratch/stderr")"
    return 1
}

# The same until it is open, five times: a new pod is known to every node only after a while.
connects() { # WHAT NAMESPACE POD ADDRESS PORT
    tries=0
    while connect "$@"; do
        if [ "$answer" = open ]; then
            pass "$1" "$4 port $5 answers"
            return 0
        fi
        tries=$((tries + 1))
        if [ "$tries" -ge 5 ]; then
            case $answer in
            refused) fail "$1" "$4 refuses port $5: it can be reached, and nothing listens" ;;
            *) fail "$1" "$4 port $5 does not answer" ;;
            esac
            return 1
        fi
        sleep 2
    done
    return 1
}

# One line for each pod with these labels that runs: its name, its node, its address.
running() { # WHAT NAMESPACE SELECTOR
    ask "$1" -n "$2" get pods -l "$3" --field-selector=status.phase=Running \
        -o 'jsonpath={range .items[*]}{.metadata.name}{"\t"}{.spec.nodeName}{"\t"}{.status.podIP}{"\n"}{end}'
}

# The Deployments and StatefulSets of a namespace whose pods have these labels, as "KIND/NAME REPLICAS" in $answer.
workloads() { # WHAT NAMESPACE SELECTOR
    ask "$1" -n "$2" get deployments,statefulsets \
        -o 'jsonpath={range .items[*]}{.kind}{"/"}{.metadata.name}{" "}{.spec.replicas}{" "}{.spec.template.metadata.labels}{"\n"}{end}' || return 1
    printf '%s\n' "$answer" >"$scratch/workloads"
    answer=
    while IFS= read -r line <&3; do
        [ -n "$line" ] || continue
        fits=yes
        for label in $(printf '%s' "$3" | tr ',' ' '); do
            case $line in
            *"\"${label%%=*}\":\"${label#*=}\""*) ;;
            *) fits=no ;;
            esac
        done
        if [ "$fits" = yes ]; then
            answer="$answer$(printf '%s' "$line" | cut -d ' ' -f 1,2 | tr '[:upper:]' '[:lower:]')
"
        fi
    done 3<"$scratch/workloads"
}

# Starts a pod that has every claim of the pods with these labels below /claims, on the node where they are in use. Its
# name is in $pod, the claims are in $claims.
claims_of() { # WHAT NAMESPACE SELECTOR
    ask "$1" -n "$2" get pods -l "$3" \
        -o 'jsonpath={range .items[*]}{.spec.nodeName}{" "}{range .spec.volumes[*]}{.persistentVolumeClaim.claimName}{" "}{end}{"\n"}{end}' || return 1
    printf '%s\n' "$answer" >"$scratch/claims"
    claims=
    node=
    while read -r here names <&3; do
        for name in $names; do
            case " $claims " in
            *" $name "*) continue ;;
            esac
            # Claims of pods on another node cannot be mounted here; each node has its turn.
            if [ -n "$node" ] && [ "$node" != "$here" ]; then
                continue
            fi
            node=$here
            claims="$claims$name "
        done
    done 3<"$scratch/claims"
    if [ -z "$claims" ]; then
        fail "$1" "the pods with $3 in $2 have no claim: there is nothing to copy"
        return 1
    fi
    others=$(cut -d ' ' -f 2- "$scratch/claims" | tr -s ' ' '\n' | sed '/^$/d' | LC_ALL=C sort -u | wc -l)
    if [ "$others" -gt "$(printf '%s' "$claims" | wc -w)" ]; then
        fail "$1" "its claims are on several nodes; bring a template of your own that copies each"
        return 1
    fi
    mount_claims "$1" "$2" "$node" "$claims"
}

mount_claims() { # WHAT NAMESPACE NODE CLAIMS
    mounts=
    volumes=
    for name in $4; do
        mounts="$mounts${mounts:+,}{\"name\":\"$name\",\"mountPath\":\"/claims/$name\"}"
        volumes="$volumes${volumes:+,}{\"name\":\"$name\",\"persistentVolumeClaim\":{\"claimName\":\"$name\"}}"
    done
    probe "$1" "$2" "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"generateName\":\"plan-probe-\",\"labels\":{\"app.kubernetes.io/managed-by\":\"plan-runbook\",\"sidecar.istio.io/inject\":\"false\"}},\"spec\":{${3:+\"nodeName\":\"$3\",}\"restartPolicy\":\"Never\",\"activeDeadlineSeconds\":$LONG,\"automountServiceAccountToken\":false,\"containers\":[{\"name\":\"probe\",\"image\":\""docker.io/library/busybox:1.37.0"\",\"command\":[\"sleep\",\"$LONG\"],\"volumeMounts\":[$mounts]}],\"volumes\":[$volumes]}}"
}

# A backup has a folder, and a list of sums once it is complete; it is never written over.
begin_backup() { # WHAT NAME [anywhere: it lies outside of the clusters]
    backup=$RUN_DIR/backup/$2
    if [ -e "$backup/SUMS" ]; then
        of=$(sed -n 's/^of //p' "$backup/TAKEN" 2>/dev/null)
        if [ "${3:-}" != anywhere ] && [ "${of:-$cluster}" != "$cluster" ]; then
            fail "$1" "$backup holds what was saved of $of; give $cluster a RUN_DIR of its own"
        elif [ "$KEEP" != yes ]; then
            fail "$1" "$backup holds a backup already, of $(cat "$backup/TAKEN" 2>/dev/null); KEEP=yes keeps it, move it away to take another"
        elif unchanged "$1" "$2"; then
            read_back "$1" "$2"
        fi
        return 1
    fi
    rm -rf "$backup"
    mkdir -p "$backup" && return 0
    unknown "$1" "cannot make $backup"
    return 1
}

# A backup that was not read back is none: every file is read by the program that would restore it.
end_backup() { # WHAT NAME ["by hand"]
    backup=$RUN_DIR/backup/$2
    printf '%s%s\nof %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "${3:+ $3}" "$cluster" >"$backup/TAKEN"
    if ! read_back "$1" "$2"; then
        return 1
    fi
    (cd "$backup" && contents | while IFS= read -r name; do
        cksum "$name" || exit 1
    done) >"$scratch/sums" && mv "$scratch/sums" "$backup/SUMS" && return 0
    unknown "$1" "cannot write $backup/SUMS"
    return 1
}

# The files of a backup, in the folder where it is.
contents() {
    find . -type f ! -path ./SUMS ! -path ./TAKEN | LC_ALL=C sort
}

# Whether every file of a backup is what it was when it was taken.
unchanged() { # WHAT NAME
    backup=$RUN_DIR/backup/$2
    if [ ! -e "$backup/SUMS" ]; then
        fail "$1" "$backup is not there or not complete"
    elif (cd "$backup" && while read -r sum size name; do
        [ "$(cksum "$name")" = "$sum $size $name" ] || exit 1
    done <SUMS) 2>/dev/null; then
        return 0
    else
        fail "$1" "the files of $backup are not what they were; if that is meant, remove SUMS there and save again"
    fi
    return 1
}

# What a person copied is in a form that only its maker's tool reads: that it holds something is all that can be seen.
read_back() { # WHAT NAME
    backup=$RUN_DIR/backup/$2
    by_hand=no
    grep -q 'by hand$' "$backup/TAKEN" 2>/dev/null && by_hand=yes
    entries=0
    for file in "$backup"/*; do
        case $by_hand:$file in
        *:*/SUMS | *:*/TAKEN | *:*/'*') continue ;;
        esac
        : >"$scratch/stderr"
        if [ -d "$file" ]; then
            count=$(find "$file" -type f -size +0 | wc -l)
        else
            case $by_hand:$file in
            no:*.tar) count=$(tar -tf "$file" 2>"$scratch/stderr" | grep -c -v '^\./*$') ;;
            no:*.dump) count=$(limited "$LONG" pg_restore --list "$file" 2>"$scratch/stderr" | grep -c 'TABLE DATA') ;;
            no:*.json) count=$(kube create --dry-run=client --validate=false -f "$file" -o name 2>"$scratch/stderr" | grep -c .) ;;
            *) count=$(wc -c <"$file") ;;
            esac
        fi
        if [ "$((count))" -eq 0 ]; then
            fail "$1" "$file holds nothing that can be restored: $(head -n 3 "$scratch/stderr")"
            return 1
        fi
        entries=$((entries + 1))
        if [ -d "$file" ]; then
            pass "$1" "${file##*/} has $((count)) files with something in them"
        elif [ "$by_hand" = yes ]; then
            pass "$1" "${file##*/} has $((count)) bytes"
        else
            pass "$1" "${file##*/} reads back: $((count)) entries"
        fi
    done
    if [ "$entries" -eq 0 ]; then
        fail "$1" "$backup holds no file"
        return 1
    fi
}

# What was put back is not put back twice: what was written since would be gone.
begin_restore() { # WHAT NAME
    restored=$RUN_DIR/state/restored-$2-$cluster
    if [ -e "$restored" ]; then
        pass "$1" "was put back already, $(cat "$restored"); without the file $restored it is put back again"
        return 1
    fi
    unchanged "$1" "$2" && read_back "$1" "$2"
}

end_restore() {
    grep -q -v '^PASS' "$attempt" || date -u +%Y-%m-%dT%H:%M:%SZ >"$restored"
}

# Lines of text as they stand within the quotes of JSON; tabs are kept.
json() {
    tr -d '\001-\010\013-\037' | sed 's/\\/\\\\/g; s/"/\\"/g'
}

# Runs one check, prints its lines, and writes them down.
run() { # NAME FUNCTION [WHAT IT MEANS TO SAY NOTHING]
    printf '\n== %s\n' "$1"
    waited=0
    while :; do
        : >"$attempt"
        "$2"
        if [ ! -s "$attempt" ]; then
            if [ -n "${3:-}" ]; then
                unknown "$1" "$3"
            else
                pass "$1" 'the plan names nothing that this is about'
            fi
        fi
        if ! grep -q -v '^PASS' "$attempt" || [ "$waited" -ge "$WAIT" ]; then
            break
        fi
        sleep 5
        waited=$((waited + 5))
    done
    while IFS=$tab read -r result what detail <&3; do
        printf '%-7s  %s%s\n' "$result" "$what" "${detail:+: $detail}"
    done 3<"$attempt"
    json <"$attempt" >"$scratch/json"
    word=$(printf '%s\n' "$1" | json)
    at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    while IFS=$tab read -r result what detail <&3; do
        printf '{"format_version":1,"plan":"%s","stage":"%s","cluster":"%s","check":"%s","result":"%s","what":"%s","detail":"%s","at":"%s"}\n' \
            "$plan" "$stage" "$cluster" "$word" "$result" "$what" "$detail" "$at"
    done 3<"$scratch/json" >>"$RESULTS"
    cat "$attempt" >>"$scratch/all"
}

finish() {
    finished=yes
    passed=$(grep -c '^PASS' "$scratch/all")
    failed=$(grep -c '^FAIL' "$scratch/all")
    unanswered=$(grep -c '^UNKNOWN' "$scratch/all")
    printf '\n%s passed, %s failed, %s without an answer -> %s\n' "$passed" "$failed" "$unanswered" "$RESULTS"
    [ "$failed" -eq 0 ] || exit 1
    [ "$unanswered" -eq 0 ] || exit 2
    exit 0
}

# The name of a context says little, the addresses of the servers say which cluster it is.
is_it() {
    ask "is this the cluster $cluster" get nodes \
        -o 'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}' || return
    for address in 192.168.1.95 ; do
        case " $answer " in
        *" $address "*) ;;
        *) unknown "is this the cluster $cluster" "no node has the address $address; choose with KUBECONFIG or CONTEXT" ;;
        esac
    done
    grep -q '^UNKNOWN' "$attempt" || pass "is this the cluster $cluster" 'the addresses of its servers'
}

# What follows is asked of that cluster and of no other.
run 'cluster' is_it
if grep -q '^UNKNOWN' "$scratch/all"; then
    finish
fi

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
