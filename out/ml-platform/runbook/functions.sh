# shellcheck shell=sh
# shellcheck disable=SC2154 # The script that reads this says which plan, stage and cluster it is about.
# shellcheck disable=SC2034 # It also uses what is set here.
# What the scripts of the stages have in common: they read it before they do anything.

image=docker.io/library/busybox:1.37.0
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
    probe "$1" "$2" "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"generateName\":\"plan-probe-\",\"labels\":{\"app.kubernetes.io/managed-by\":\"plan-runbook\",\"sidecar.istio.io/inject\":\"false\"}},\"spec\":{${3:+\"nodeName\":\"$3\",}\"restartPolicy\":\"Never\",\"activeDeadlineSeconds\":$LONG,\"automountServiceAccountToken\":false,\"containers\":[{\"name\":\"probe\",\"image\":\"$image\",\"command\":[\"sleep\",\"$LONG\"],\"volumeMounts\":[$mounts]}],\"volumes\":[$volumes]}}"
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
    for address in $servers; do
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
