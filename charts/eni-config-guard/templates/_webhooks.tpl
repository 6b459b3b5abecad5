{{/*
Exactly one object, and all writes of it. Its own name is looked at: the request has none when it is
a create with generateName or a delete of a collection.
*/}}
{{- define "eni-config-guard.isEniConfig" -}}
- name: is-eni-config
  expression: '(request.operation == "DELETE" ? oldObject : object).?metadata.?name.orValue("") == "eni-config"'
{{- end }}

{{- define "eni-config-guard.writesOfConfigMaps" -}}
- apiGroups: ['']
  apiVersions: [v1]
  resources: [configmaps]
  operations: [CREATE, UPDATE, DELETE]
  scope: Namespaced
{{- end }}

{{/* What both webhooks for eni-config have in common. */}}
{{- define "eni-config-guard.scope" -}}
rules:
  {{- include "eni-config-guard.writesOfConfigMaps" . | nindent 2 }}
namespaceSelector:
  matchLabels:
    kubernetes.io/metadata.name: kube-system
matchConditions:
  {{- include "eni-config-guard.isEniConfig" . | nindent 2 }}
{{ include "eni-config-guard.commonWebhookFields" . }}
{{- end }}

{{/* What all webhooks have in common. Denials become Events, never those of a dry run. */}}
{{- define "eni-config-guard.commonWebhookFields" -}}
{{- $on := include "eni-config-guard.features" . | fromYaml -}}
matchPolicy: Equivalent
admissionReviewVersions: [v1]
timeoutSeconds: 3
sideEffects: {{ $on.events | ternary "NoneOnDryRun" "None" }}
{{- end }}

{{/*
Whom the API server calls: `list <path> $`. caBundle is never rendered: `trust`, or cert-manager,
writes that one field, and an upgrade must not touch it.
*/}}
{{- define "eni-config-guard.client" -}}
clientConfig:
  service:
    name: eni-config-guard
    namespace: {{ (last .).Release.Namespace }}
    path: {{ first . }}{{ include "eni-config-guard.pathSuffix" (last .) }}
    port: 443
{{- end }}

{{- define "eni-config-guard.webhookMetadata" -}}
name: eni-config-guard
labels:
  {{- include "eni-config-guard.labels" . | nindent 2 }}
{{- if eq .Values.certificates.source "cert-manager" }}
annotations:
  cert-manager.io/inject-ca-from: {{ .Release.Namespace }}/eni-config-guard
{{- end }}
{{- end }}

{{/*
The tokens that webhook paths may end in, one a line, the one to render first: those of the values, else
those of an earlier release, else a new one. Where nothing can be looked up there are none: each
rendering would make another. Kept in .Values, since every template must see the same.
*/}}
{{- define "eni-config-guard.pathTokens" -}}
{{- if not (hasKey .Values "renderedPathTokens") -}}
{{- $stored := lookup "v1" "Secret" .Release.Namespace "eni-config-guard-paths" -}}
{{- $tokens := list -}}
{{- if .Values.pathTokens -}}
{{- $tokens = .Values.pathTokens -}}
{{- else if $stored -}}
{{- $tokens = get ($stored.data | default dict) "tokens" | b64dec | trim | splitList "\n" | compact -}}
{{- end -}}
{{- if and (not $tokens) (lookup "v1" "Namespace" "" "kube-system") -}}
{{- $tokens = list (randAlphaNum 32 | lower) -}}
{{- end -}}
{{- $_ := set .Values "renderedPathTokens" $tokens -}}
{{- end -}}
{{- join "\n" .Values.renderedPathTokens -}}
{{- end }}

{{- define "eni-config-guard.pathSuffix" -}}
{{- with include "eni-config-guard.pathTokens" . }}/{{ splitList "\n" . | first }}{{ end -}}
{{- end }}
