{{/* Made from src/engine/rules by `npm run chart`; edits here are lost. */}}
{{- define "eni-config-guard.floor" }}
{{- if eq (include "eni-config-guard.severity" (list "object-deleted" "deny" .)) "deny" }}
- expression: "!(request.operation == \"DELETE\")"
  message: "eni-config must not be deleted. Every Terway pod mounts this ConfigMap. Without it none can start, and a node that joins or reboots gets no pod network. fix: keep the object; to go back to the default chain, remove only the key 10-terway.conflist. rule: eni-config-guard/object-deleted. Let through: programs in config.exempt of the chart, people with break-glass. Held by the API server itself; to lift it: kubectl delete validatingadmissionpolicybinding eni-config-guard"
{{- end }}
{{- if eq (include "eni-config-guard.severity" (list "binary-data" "deny" .)) "deny" }}
- expression: "request.operation == \"DELETE\" || !object.?binaryData[?\"10-terway.conf\"].hasValue() || object.?binaryData[?\"10-terway.conf\"] == oldObject.?binaryData[?\"10-terway.conf\"]"
  message: "Guarded keys stand in data, not in binaryData. A key in binaryData becomes a file in the Terway pod just like one in data, but people and tools no longer see its text. kubectl puts a file there that is not UTF-8, for example one saved as UTF-16. fix: save the file as UTF-8 without a byte-order mark and put its text under data. rule: eni-config-guard/binary-data. Let through: programs in config.exempt of the chart, people with break-glass. Held by the API server itself; to lift it: kubectl delete validatingadmissionpolicybinding eni-config-guard"
{{- end }}
{{- if eq (include "eni-config-guard.severity" (list "conf-changed" "deny" .)) "deny" }}
- expression: "request.operation == \"DELETE\" || !oldObject.?data[?\"10-terway.conf\"].hasValue() || !object.?data[?\"10-terway.conf\"].hasValue() || object.?data[?\"10-terway.conf\"] == oldObject.?data[?\"10-terway.conf\"]"
  message: "10-terway.conf is not to be edited. ACK owns 10-terway.conf and documents it as not to be modified. A change switches datapath or policy engine under running nodes. fix: leave 10-terway.conf out of the file, or keep the stored text where it was applied before; in an editor quit without saving; symmetric_routing goes into plugins[0] of 10-terway.conflist, other members that the vendor documents as well with firstEntry: documented; else break-glass. rule: eni-config-guard/conf-changed. Let through: programs in config.exempt of the chart, people with break-glass. Held by the API server itself; to lift it: kubectl delete validatingadmissionpolicybinding eni-config-guard"
{{- end }}
{{- if eq (include "eni-config-guard.severity" (list "conf-missing" "deny" .)) "deny" }}
- expression: "request.operation == \"DELETE\" || !(oldObject.?data[?\"10-terway.conf\"].hasValue() || oldObject.?binaryData[?\"10-terway.conf\"].hasValue()) || object.?data[?\"10-terway.conf\"].hasValue() || object.?binaryData[?\"10-terway.conf\"].hasValue()"
  message: "10-terway.conf must be there. The init and policy containers of every Terway pod fail without the file, even when a chain exists. fix: keep the key 10-terway.conf with the stored text, also in a file that was applied with it before; apply, patch and an editor keep keys that they leave alone; else break-glass. rule: eni-config-guard/conf-missing. Let through: programs in config.exempt of the chart, people with break-glass. Held by the API server itself; to lift it: kubectl delete validatingadmissionpolicybinding eni-config-guard"
{{- end }}
{{- end }}
