//! What can be wrong with one object by itself.

use crate::diagnostics::{Level, Rule};

pub const RULES: &[&Rule] = &[
    &UNREADABLE,
    &NOT_A_TEXT,
    &API_REFUSES,
    &ALREADY_THERE,
    &NOT_JUDGED,
    &IGNORED_RULES,
    &NO_EGRESS_ISOLATION,
    &EMPTY_FROM,
];

pub static UNREADABLE: Rule = Rule {
    code: "P5101",
    name: "unreadable-manifest",
    level: Level::Error,
    summary: "a manifest is YAML or JSON",
    explanation: "What stands behind the mistake is not read, so that an answer about the rest would be one about half a \
                  cluster. A Helm or Jinja template is no manifest before it is rendered: give `plan` what `helm template` prints.",
    fails: "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: web\n  name: api\n",
    passes: "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: web\n",
    covers: &[],
};

pub static NOT_A_TEXT: Rule = Rule {
    code: "P5102",
    name: "unquoted-scalar",
    level: Level::Error,
    summary: "a name, a label and a protocol are texts, also where YAML 1.1 would read something else",
    explanation: "kubectl, Argo CD and Flux read YAML 1.1: `y`, `n`, `on` and `no` without quotes are booleans, `0123` is a \
                  number, `2024-01-01` a date. The API server then refuses the object, because a label is a text. `plan` goes \
                  on with the text that was meant.",
    fails: "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: y\n",
    passes: "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: \"y\"\n",
    covers: &[],
};

pub static API_REFUSES: Rule = Rule {
    code: "P5103",
    name: "refused-manifest",
    level: Level::Error,
    summary: "the API server takes every object",
    explanation: "The rules are those of Kubernetes' own validation: `endPort` needs a numeric `port` that is not above it, \
                  `except` lies strictly inside `cidr`, a peer is either an `ipBlock` or selectors and never empty, `In` \
                  needs values and `Exists` takes none. A field that the kind does not have is refused by `kubectl apply`, and \
                  silently dropped by older ones, which is worse: a rule with a misspelt `podSelector` allows everybody.",
    fails: "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - ports: [{protocol: TCP, port: 8080, endPort: 80}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{podSelector: {}}]\n    ports: [{protocol: TCP, port: 80, endPort: 8080}]\n",
    covers: &[],
};

pub static ALREADY_THERE: Rule = Rule {
    code: "P5104",
    name: "object-twice",
    level: Level::Warning,
    summary: "an object is there once",
    explanation: "A cluster has one object of a kind, namespace and name. `kubectl apply` lets the last one win, Argo CD reports \
                  a repeated resource, and two Kustomizations of Flux take turns. Most often somebody copied a file and \
                  forgot to rename what is in it, and one of two policies is not there.",
    fails: "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n",
    passes: "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: api}\n",
    covers: &[],
};

pub static NOT_JUDGED: Rule = Rule {
    code: "P5105",
    name: "policy-kind-not-judged",
    level: Level::Warning,
    summary: "every policy of the cluster is a Kubernetes NetworkPolicy",
    explanation: "Policies of Calico and Cilium and the admin policies of SIG Network have an order and can deny, so that they may \
                  overrule what NetworkPolicies allow. They are not evaluated: every answer is that of the NetworkPolicies alone, and no proof. Staged \
                  policies of these kinds drop nothing, and `--staged` and `--if-enforced` leave them out.",
    fails: "apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: deny-metadata}\nspec: {types: [Egress]}\n",
    passes: "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n",
    covers: &[],
};

pub static IGNORED_RULES: Rule = Rule {
    code: "P5106",
    name: "policy-type-missing",
    level: Level::Warning,
    summary: "a policy names the direction of each of its rules in `policyTypes`",
    explanation: "The API server takes rules of a direction that `policyTypes` leaves out, and every network plugin ignores them: \
                  the pods stay open in that direction, although the file says otherwise.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  egress:\n  - to: [{podSelector: {}}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: [{podSelector: {}}]\n",
    covers: &["CAL096"],
};

pub static NO_EGRESS_ISOLATION: Rule = Rule {
    code: "P5107",
    name: "empty-egress-ignored",
    level: Level::Warning,
    summary: "an empty `egress` without `policyTypes` isolates nothing",
    explanation: "Where `policyTypes` is missing the API server puts Egress there only if there is at least one egress rule. So \
                  `egress: []` denies all egress together with `policyTypes: [Egress]`, and nothing at all without it.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  egress: []\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n",
    covers: &[],
};

pub static EMPTY_FROM: Rule = Rule {
    code: "P5108",
    name: "empty-from",
    level: Level::Warning,
    summary: "an ingress rule that lets everybody in says so by leaving `from` out",
    explanation: "`from: []` and a rule without `from` mean the same: everybody, pods of all namespaces and every address. Who \
                  writes the list most often means nobody, or a template put no item into it, which opens what it was to \
                  close. Nobody is let in by a policy without ingress rules.",
    fails: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - from: []\n    ports: [{protocol: TCP, port: 80}]\n",
    passes: "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: web}\n---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a, namespace: web}\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n  ingress:\n  - ports: [{protocol: TCP, port: 80}]\n",
    covers: &[],
};
