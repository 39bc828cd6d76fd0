#!/bin/sh
# Brings Calico v3.30.2 to the cluster "after", before anything that needs a pod network can run.
# It may run again: each step applies the same state. Nothing but kubectl is needed.
set -eu

# The command, with arguments if need be: "k3s kubectl", "kubectl --context after".
KUBECTL=${KUBECTL:-kubectl}
# Where the manifests of this release are: a URL, or a folder for machines without the internet.
MANIFESTS=${MANIFESTS:-https://raw.githubusercontent.com/projectcalico/calico/v3.30.2/manifests}
# How long each step may take, in seconds.
TIMEOUT=${TIMEOUT:-600}

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

# shellcheck disable=SC2086 # KUBECTL may carry arguments.
kube() {
    $KUBECTL "$@"
}

step() {
    printf '\n== %s\n' "$*"
}

fail() {
    printf 'bootstrap: %s\n' "$*" >&2
    exit 1
}

# The name of a context says little, the address of a server says which cluster it is.
has_node() {
    case $addresses in
    *" $1 "*) ;;
    *) fail "no node has the address $1, so this is another cluster; choose with KUBECONFIG or KUBECTL" ;;
    esac
}

# Waits until an object is there: the operator makes it some time after its cause.
appear() {
    waited=0
    until kube get "$@" >/dev/null 2>&1; do
        [ "$waited" -lt "$TIMEOUT" ] || fail "nothing answered to: get $*, for $TIMEOUT s"
        sleep 2
        waited=$((waited + 2))
    done
}

step 'Is this the cluster "after", and has it no other network?'
addresses=" $(kube get nodes -o 'jsonpath={.items[*].status.addresses[?(@.type=="InternalIP")].address}') "
has_node 192.168.1.85
flannel=$(kube get nodes -o 'jsonpath={.items[*].metadata.annotations.flannel\.alpha\.coreos\.com/backend-type}')
[ -z "$flannel" ] || fail "flannel ($flannel) runs here: a second network plugin would cut every pod off"
echo 'yes'

step 'The namespace of the operator'
kube apply --server-side --field-manager=plan-bootstrap -k "$here/00-operator"

step 'The kinds and the operator of Calico v3.30.2'
# Server-side: one of the kinds is larger than the annotation that a client-side apply writes. Not as plan-bootstrap:
# the manifest has the namespace too, and what one manager no longer says is taken away.
kube apply --server-side --force-conflicts -f "$MANIFESTS/operator-crds.yaml"
kube apply --server-side --force-conflicts -f "$MANIFESTS/tigera-operator.yaml"
kube wait --for=condition=Established --timeout="${TIMEOUT}s" \
    crd/apiservers.operator.tigera.io \
    crd/installations.operator.tigera.io \
    crd/tigerastatuses.operator.tigera.io
kube -n tigera-operator rollout status deployment/tigera-operator --timeout="${TIMEOUT}s"

step 'Calico itself'
kube apply --server-side --field-manager=plan-bootstrap -k "$here/10-calico"

for status in calico apiserver; do
    step "Waiting for $status"
    appear tigerastatus "$status"
    kube wait --for=condition=Available --timeout="${TIMEOUT}s" "tigerastatus/$status" || {
        kube get tigerastatus >&2
        fail "$status is not available; read: $KUBECTL describe tigerastatus $status"
    }
done

step 'Every node has a network, and projectcalico.org/v3 answers'
kube wait --for=condition=Ready --timeout="${TIMEOUT}s" nodes --all
appear ippools.projectcalico.org
kube get ippools.projectcalico.org

step 'Done'
echo 'Argo CD keeps Calico from here on.'
