#!/bin/sh
# The checks of the stage "cutover" of production, on the cluster "production-v2".
#
# It asks nothing, changes nothing that it does not name, and leaves no pod behind. Its answers are lines that begin with
# PASS, FAIL or UNKNOWN, and the same as JSON lines in $RESULTS. The exit status is 0 when all pass, 1 when one fails, and 2
# when something could not be asked.
#
# KUBECTL   the command, with arguments if need be: "k3s kubectl"                       kubectl
# CONTEXT   the context of the cluster "production-v2", if it is not the current one
# RUN_DIR   where backups and results are kept; nobody else may read it               $HOME/production-runbook
# RESULTS   the file with the results                                                   $RUN_DIR/results/05-cutover.check.jsonl
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
RESULTS=${RESULTS:-$RUN_DIR/results/05-cutover.check.jsonl}
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
resolves() { # NAME ADDRESSES
    if command -v getent >/dev/null 2>&1; then
        found=$(limited 20 getent ahosts "$1" | cut -d ' ' -f 1)
    elif command -v nslookup >/dev/null 2>&1; then
        found=$(limited 20 nslookup "$1" | awk '/^Name:/ { name = 1 } name && /^Address/ { print $NF }')
    else
        unknown "$1" 'this machine has neither getent nor nslookup'
        return
    fi
    same "$1" "$found" "$2"
}
resolves ingress-nginx.local 192.168.1.249
resolves ml-api.local 192.168.1.249
}

part_2() {
ask 'node ports' get services -A -o 'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name}{range .spec.ports[*]} {.nodePort}{end}{"\n"}{end}' || return
printf '%s\n' "$answer" >"$scratch/services"
left=0
while read -r name ports <&3; do
    case " ingress-nginx/ingress-nginx-controller " in
    *" $name "*) continue ;;
    esac
    if [ -n "$ports" ]; then
        left=$((left + 1))
        fail "$name" "has the node ports $ports"
    fi
done 3<"$scratch/services"
[ "$left" -gt 0 ] || pass 'node ports' 'no Service has any that the plan does not keep'
}

run 'names-resolve' part_1
run 'no-nodeport-left' part_2
finish
