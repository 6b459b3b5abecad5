{{/*
The guard's configuration file: `config` of the values and what the chart itself decides. YAML as Helm
reads it makes false of an unquoted `off`, which the guard wants as a word.
*/}}
{{- define "eni-config-guard.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- $_ := set $config "restartGate" (include "eni-config-guard.restartGate" .) -}}
{{- range $rule, $severity := $config.rules -}}
{{- $_ := set $config.rules $rule ($severity | default "off") -}}
{{- end -}}
{{- if hasKey ($config.defaults | default dict) "mode" -}}
{{- $_ := set $config.defaults "mode" ($config.defaults.mode | default "off") -}}
{{- end -}}
{{- $server := $config.server | default dict -}}
{{- $_ := set $config "server" $server -}}
{{- $_ := set $server "metricsPort" (int .Values.metricsPort) -}}
{{- $_ := set $server "probePort" (int .Values.probePort) -}}
{{- with include "eni-config-guard.probeHost" . -}}
{{- $_ := set $server "probeHost" . -}}
{{- end -}}
{{- $_ := set $server "pathTokensFile" "/etc/eni-config-guard/paths/tokens" -}}
{{- if (include "eni-config-guard.features" . | fromYaml).overlayCheck -}}
{{- $_ := set $config "audit" (set ($config.audit | default dict) "overlays" true) -}}
{{- end -}}
{{- $_ := set $config "floor" (include "eni-config-guard.hasFloor" . | not | not) -}}
{{- $tls := set ($config.tls | default dict) "source" .Values.certificates.source -}}
{{- if eq .Values.certificates.source "self-signed" -}}
{{- $_ := set $tls "secret" "eni-config-guard-ca" -}}
{{- $_ := set $tls "servingSecret" "eni-config-guard-tls" -}}
{{- $_ := set $tls "names" (list (printf "eni-config-guard.%s.svc" .Release.Namespace)) -}}
{{- else -}}
{{- $_ := set $tls "directory" "/etc/eni-config-guard/tls" -}}
{{- end -}}
{{- $_ := set $config "tls" $tls -}}
{{- toYaml $config -}}
{{- end }}

{{/* Where probes are answered, unless it is the pod's own address. */}}
{{- define "eni-config-guard.probeHost" -}}
{{- if .Values.hostNetwork }}127.0.0.1{{ end -}}
{{- end }}

{{- define "eni-config-guard.restartGate" -}}
{{- $gate := .Values.config.restartGate -}}
{{- if kindIs "bool" $gate }}off{{ else }}{{ $gate | default "warn" }}{{ end -}}
{{- end }}

{{/*
What a pod is told of the file besides its path: who may edit ConfigMaps can't have it read another one.
*/}}
{{- define "eni-config-guard.configDigest" -}}
{{- printf "%s\n" (include "eni-config-guard.config" .) | sha256sum -}}
{{- end }}

{{/*
Which features the configuration turns on, with the guard's own defaults; rights and webhooks follow
them. Use with fromYaml.
*/}}
{{- define "eni-config-guard.features" -}}
{{- $config := .Values.config -}}
{{- $audit := $config.audit | default dict -}}
{{- $cluster := eq (dig "source" "static" ($config.facts | default dict)) "cluster" -}}
{{- $background := hasKey $audit "background" | ternary $audit.background $cluster -}}
{{- $enforced := eq ($config.mode | default "enforce") "enforce" -}}
cluster: {{ $cluster }}
events: {{ hasKey $audit "events" | ternary $audit.events $cluster }}
overlays: {{ .Values.overlays.enabled }}
overlayCheck: {{ and .Values.overlays.enabled .Values.overlays.backgroundCheck $background }}
history: {{ $background }}
stored: {{ or $cluster .Values.overlays.enabled $background (ne (include "eni-config-guard.restartGate" .) "off") }}
breakGlass: {{ dig "enabled" true ($config.breakGlass | default dict) }}
enforced: {{ $enforced }}
restartGate: {{ ne (include "eni-config-guard.restartGate" .) "off" }}
{{- end }}

{{/* What a rule does under the configuration: `list <rule id> <severity> $`. */}}
{{- define "eni-config-guard.severity" -}}
{{- $override := get ((last .).Values.config.rules | default dict) (first .) -}}
{{- if kindIs "bool" $override }}off{{ else }}{{ $override | default (index . 1) }}{{ end -}}
{{- end }}
