{{/*
By what the API server trusts the webhooks. Where the operator or cert-manager writes it, it is not mentioned here at
all, so that no upgrade and no rollback takes it away.
*/}}
{{- define "optipath.caBundle" -}}
{{- with .Values.webhook.certs -}}
{{- if eq .mode "provided" -}}
caBundle: {{ required "webhook.certs.caBundle is needed where webhook.certs.mode is provided" .caBundle | b64enc }}
{{- end }}
{{- end }}
{{- end }}

{{- define "optipath.injectedCA" -}}
{{- if eq .Values.webhook.certs.mode "certManager" -}}
annotations:
  cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/{{ include "optipath.fullname" . }}-webhook
{{- end }}
{{- end }}
