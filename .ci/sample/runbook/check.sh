#!/usr/bin/env bash
set -euo pipefail
kubectl get services --namespace "${1:-mlflow}"
