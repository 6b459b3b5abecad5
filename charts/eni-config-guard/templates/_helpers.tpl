{{/* Every object has one fixed name: there is one guard in a cluster. */}}
{{- define "eni-config-guard.name" -}}eni-config-guard{{- end }}

{{- define "eni-config-guard.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: eni-config-guard
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* What the webhook pods are found by; it must never change. */}}
{{- define "eni-config-guard.selector" -}}
app.kubernetes.io/name: eni-config-guard
app.kubernetes.io/component: webhook
{{- end }}

{{/* What the pod is found by that keeps the API server's trust. */}}
{{- define "eni-config-guard.trustSelector" -}}
app.kubernetes.io/name: eni-config-guard
app.kubernetes.io/component: trust
{{- end }}

{{/* Whether caBundle is the chart's business: cert-manager writes it by itself. */}}
{{- define "eni-config-guard.keepsTrust" -}}
{{- if ne .Values.certificates.source "cert-manager" }}yes{{ end -}}
{{- end }}

{{- define "eni-config-guard.image" -}}
{{- $image := .Values.image -}}
{{- $repository := required "image.repository is not set: --set image.repository=<your registry>/eni-config-guard names where the nodes pull the image from" $image.repository -}}
{{- printf "%s:%s" $repository ($image.tag | default .Chart.AppVersion) -}}
{{- with $image.digest }}@{{ . }}{{ end -}}
{{- end }}

{{/*
The Secret with the serving certificate, where it is mounted. cert-manager's is not that of the
self-signed one: an upgrade from that source removes it.
*/}}
{{- define "eni-config-guard.tlsSecret" -}}
{{- if eq .Values.certificates.source "cert-manager" -}}
eni-config-guard-cert-manager-tls
{{- else -}}
{{- required "certificates.existingSecret must name a Secret when certificates.source is files" .Values.certificates.existingSecret -}}
{{- end -}}
{{- end }}

{{- define "eni-config-guard.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "eni-config-guard.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/*
Every taint is tolerated: a node that is not ready for want of a pod network is where the guard is
needed. Virtual nodes have neither a host network nor a CNI directory.
*/}}
{{- define "eni-config-guard.realLinuxNodes" -}}
nodeAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    nodeSelectorTerms:
      - matchExpressions:
          - key: kubernetes.io/os
            operator: In
            values: [linux]
          - key: type
            operator: NotIn
            values: [virtual-kubelet]
{{- end }}

{{/* Taints that the pods stand: every one unless told otherwise. */}}
{{- define "eni-config-guard.tolerations" -}}
{{- .Values.tolerations | default (list (dict "operator" "Exists")) | toYaml }}
{{- end }}

{{/*
Where pods may run: `list $ <the chart's own affinity, as YAML>`. What the values say goes over it; a list
replaces the chart's.
*/}}
{{- define "eni-config-guard.affinity" -}}
{{- mustMergeOverwrite (last . | fromYaml) (deepCopy (first .).Values.affinity) | toYaml }}
{{- end }}

{{/*
Whether there is to be a floor. Without a cluster to ask (`helm template`) no kind is known to Helm
at all, ConfigMap neither; the API has been served since Kubernetes 1.30, the oldest supported.
*/}}
{{- define "eni-config-guard.hasFloor" -}}
{{- $served := .Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy" -}}
{{- $unknown := not (.Capabilities.APIVersions.Has "v1/ConfigMap") -}}
{{- if and .Values.floor.enabled (or $served $unknown) }}yes{{ end -}}
{{- end }}
