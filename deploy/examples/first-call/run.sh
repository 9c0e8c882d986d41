#!/usr/bin/env bash
# From a cluster without OptiPath to an answer in a pod. What is given here is given to `helm install`.
#
#   OPENAI_API_KEY=sk-... APP_IMAGE=REGISTRY/optipath-app:0.1.0 ./run.sh --set image.repository=REGISTRY/optipath
set -euo pipefail
cd "$(dirname "$0")"
: "${OPENAI_API_KEY:?is not set; it goes into a Secret of the namespace first-call, and nowhere else}"
APP_IMAGE=${APP_IMAGE:-optipath-app:0.1.0}

# The administrator installs OptiPath, and opts a namespace in.
helm upgrade --install optipath ../../helm/optipath --namespace optipath-system --create-namespace --wait "$@"
kubectl create namespace first-call
kubectl label namespace first-call optipath.io/inject=enabled

# A tenant brings its key, its models, and an app that knows nothing of all this.
kubectl -n first-call create secret generic optipath-credentials --from-literal=openai="$OPENAI_API_KEY"
kubectl -n first-call apply -f models.yaml
kubectl -n first-call wait --for=condition=Programmed routingpolicy/assistant --timeout=60s
sed "s|image: optipath-app:.*|image: $APP_IMAGE|" app.yaml | kubectl -n first-call apply -f -
kubectl -n first-call rollout status deployment/app --timeout=120s

# The first call, by OpenAI's own SDK.
kubectl -n first-call exec deployment/app -c app -- python3 -c '
from openai import OpenAI

question = {"role": "user", "content": "Say hello in one sentence."}
answer = OpenAI().chat.completions.create(model="assistant", messages=[question])
print(f"{answer.model}: {answer.choices[0].message.content}")'
