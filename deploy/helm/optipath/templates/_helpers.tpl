{{/* The part of names that tells releases apart. */}}
{{- define "optipath.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride }}
{{- else if contains .Chart.Name .Release.Name }}
{{- .Release.Name | trunc 45 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 45 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "optipath.operator" -}}
{{ include "optipath.fullname" . }}-operator
{{- end }}

{{/* Also its Service, and the webhook configuration that calls it. */}}
{{- define "optipath.injector" -}}
{{ include "optipath.fullname" . }}-injector
{{- end }}

{{/* The Service of the operator's webhook, which warns and refuses nothing. */}}
{{- define "optipath.operatorWebhook" -}}
{{ include "optipath.operator" . }}-webhook
{{- end }}

{{- define "optipath.warnings" -}}
{{ include "optipath.fullname" . }}-warnings
{{- end }}

{{/* Who the operator is to the API server. */}}
{{- define "optipath.user" -}}
system:serviceaccount:{{ .Release.Namespace }}:{{ include "optipath.serviceAccount" (list . "operator") }}
{{- end }}

{{/* Takes the context, and which part: the name of its ServiceAccount. */}}
{{- define "optipath.serviceAccount" -}}
{{- $context := index . 0 }}
{{- $part := index . 1 }}
{{- $account := (index $context.Values $part).serviceAccount }}
{{- if $account.create }}
{{- $account.name | default (printf "%s-%s" (include "optipath.fullname" $context) $part) }}
{{- else }}
{{- required (printf "%s.serviceAccount.name is needed where %s.serviceAccount.create is false" $part $part) $account.name }}
{{- end }}
{{- end }}

{{- define "optipath.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{/* What each router is made of, in the injector's words. */}}
{{- define "optipath.injection" -}}
{{- $router := .Values.injection -}}
{{- $resources := $router.resources | default dict }}
{{- $requests := $resources.requests | default dict }}
{{- $limits := $resources.limits | default dict }}
{{- /* Also what a null has taken away, or the injector would take its own default instead. */}}
{{- dict
  "image" (include "optipath.image" .)
  "imagePullPolicy" .Values.image.pullPolicy
  "resources" (dict
    "requests" (dict "cpu" $requests.cpu "memory" $requests.memory)
    "limits" (dict "cpu" $limits.cpu "memory" $limits.memory))
  "runAsUser" $router.runAsUser
  "runAsGroup" $router.runAsGroup
  "env" $router.env
  "logLevel" .Values.logLevel
  | toJson }}
{{- end }}

{{/*
The Secret with the webhooks' certificate. Cert-manager's has another name than the operator's: Helm would not take over
what cert-manager leaves behind, nor cert-manager what Helm is about to delete.
*/}}
{{- define "optipath.webhookSecret" -}}
{{- if eq .Values.webhook.certs.mode "provided" -}}
{{- required "webhook.certs.secretName is needed where webhook.certs.mode is provided" .Values.webhook.certs.secretName }}
{{- else if eq .Values.webhook.certs.mode "certManager" -}}
{{ include "optipath.fullname" . }}-webhook
{{- else -}}
optipath-webhook-tls
{{- end }}
{{- end }}

{{/* Takes the context, and which part. What never changes over a release's life: a Deployment's selector cannot. */}}
{{- define "optipath.selector" -}}
app.kubernetes.io/name: optipath
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* Takes the context, and which part. */}}
{{- define "optipath.labels" -}}
{{- $context := index . 0 -}}
{{ include "optipath.selector" . }}
app.kubernetes.io/part-of: optipath
app.kubernetes.io/version: {{ $context.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $context.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $context.Chart.Name $context.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* What a container of ours may do: nothing. */}}
{{- define "optipath.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* Takes the context, and which part: where its pods may run, and how they spread. */}}
{{- define "optipath.placement" -}}
{{- $context := index . 0 -}}
{{- with index $context.Values (index . 1) -}}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
topologySpreadConstraints:
  {{- with (index $context.Values (index . 1)).topologySpreadConstraints }}
  {{- toYaml . | nindent 2 }}
  {{- else }}
  - topologyKey: kubernetes.io/hostname
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "optipath.selector" . | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}

{{/* Takes the context, and which part: a pod's metadata. */}}
{{- define "optipath.podMetadata" -}}
{{- $part := index (index . 0).Values (index . 1) -}}
labels:
  {{- with $part.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- include "optipath.labels" . | nindent 2 }}
{{- with $part.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Takes the context, and which part: one of them is spared while nodes are drained. */}}
{{- define "optipath.disruption" -}}
{{- $context := index . 0 }}
{{- $part := index . 1 }}
{{- if and $context.Values.podDisruptionBudget.enabled (gt (int (index $context.Values $part).replicas) 1) -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "optipath.fullname" $context }}-{{ $part }}
  namespace: {{ $context.Release.Namespace }}
  labels:
    {{- include "optipath.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  # A pod that is not ready keeps no node from being drained.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "optipath.selector" . | nindent 6 }}
{{- end }}
{{- end }}

{{/* Takes the context, and which part. The pods that need its token ask for it; any other that borrows it has none. */}}
{{- define "optipath.account" -}}
{{- $context := index . 0 }}
{{- $account := (index $context.Values (index . 1)).serviceAccount }}
{{- if $account.create -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "optipath.serviceAccount" . }}
  namespace: {{ $context.Release.Namespace }}
  labels:
    {{- include "optipath.labels" . | nindent 4 }}
  {{- with $account.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
automountServiceAccountToken: false
{{- end }}
{{- end }}

{{/* Takes the context, and which part: for Prometheus, which asks each pod: /metrics on the port of the probes. */}}
{{- define "optipath.metricsService" -}}
{{- $context := index . 0 -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "optipath.fullname" $context }}-{{ index . 1 }}-metrics
  namespace: {{ $context.Release.Namespace }}
  labels:
    {{- include "optipath.labels" . | nindent 4 }}
spec:
  clusterIP: None
  # One that is not ready is the one to look at.
  publishNotReadyAddresses: true
  ports:
    - name: metrics
      port: 8080
      targetPort: probes
  selector:
    {{- include "optipath.selector" . | nindent 4 }}
{{- end }}
