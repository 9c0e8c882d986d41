{{/* Takes the context, and a name: a policy's labels and name, and what binds it to everything. */}}
{{- define "optipath.policyMetadata" -}}
name: {{ include "optipath.fullname" (index . 0) }}-{{ index . 1 }}
labels:
  {{- include "optipath.labels" (list (index . 0) "admission") | nindent 2 }}
{{- end }}

{{- define "optipath.policyBinding" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  {{- include "optipath.policyMetadata" . | nindent 2 }}
spec:
  policyName: {{ include "optipath.fullname" (index . 0) }}-{{ index . 1 }}
  validationActions: [Deny]
{{- end }}

{{/* Who may repair by hand what only the operator writes. */}}
{{- define "optipath.breakGlass" -}}
{{- with .Values.admission.breakGlassGroups -}}
- name: not-break-glass
  expression: "!request.userInfo.groups.exists(group, group in ['{{ join "', '" . }}'])"
{{- end }}
{{- end }}
