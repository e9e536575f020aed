{{- define "turnd.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end -}}
{{- end }}

{{- define "turnd.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "turnd.labels" -}}
{{ include "turnd.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "turnd.secret" -}}
{{ .Values.auth.existingSecret | default (include "turnd.name" .) }}
{{- end }}

{{/* Where nobody but the node should see metrics and health, and the node can: loopback. */}}
{{- define "turnd.onLoopback" -}}
{{- if and .Values.hostNetwork (not .Values.metrics.enabled) }}yes{{ end -}}
{{- end }}

{{/* The configuration as JSON, which is HOCON. */}}
{{- define "turnd.config" -}}
{{- $stun := printf ":%d" (int .Values.ports.stun) }}
{{- $tls := printf ":%d" (int .Values.ports.tls) }}
{{- $listeners := dict "udp" (list (print "0.0.0.0" $stun) (print "[::]" $stun)) "tcp" (list (print "0.0.0.0" $stun) (print "[::]" $stun)) }}
{{- $config := dict "realm" .Values.realm "listeners" $listeners }}
{{- $_ := set $config "relay" (dict "min-port" (int .Values.relayPorts.min) "max-port" (int .Values.relayPorts.max)) }}
{{- $_ := set $config "drain-timeout" (printf "%ds" (int .Values.drainSeconds)) }}
{{- $_ := set $config "http" (dict "address" (printf "%s:%d" (ternary "127.0.0.1" "0.0.0.0" (eq (include "turnd.onLoopback" .) "yes")) (int .Values.metrics.port))) }}
{{- if .Values.tls.secretName }}
{{- $_ := set $listeners "tls" (list (print "0.0.0.0" $tls) (print "[::]" $tls)) }}
{{- $_ := set $listeners "dtls" (list (print "0.0.0.0" $tls) (print "[::]" $tls)) }}
{{- $_ := set $config "tls" (dict "certificate" "/etc/turnd-tls/tls.crt" "key" "/etc/turnd-tls/tls.key") }}
{{- end }}
{{- mergeOverwrite $config .Values.config | toPrettyJson }}
{{- end }}
