// main.go DIRECTORY PORT: a webhook on controller-runtime that decodes the ConfigMap, parses its two
// texts and compares the first entry of the chain with 10-terway.conf.
package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"strconv"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

type handler struct{ decoder admission.Decoder }

func (h handler) Handle(_ context.Context, request admission.Request) admission.Response {
	configMap := &corev1.ConfigMap{}
	if err := h.decoder.Decode(request, configMap); err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	var conf map[string]any
	if err := json.Unmarshal([]byte(configMap.Data["10-terway.conf"]), &conf); err != nil {
		return admission.Denied(err.Error())
	}
	var chain struct{ Plugins []map[string]any }
	if err := json.Unmarshal([]byte(configMap.Data["10-terway.conflist"]), &chain); err != nil {
		return admission.Denied(err.Error())
	}
	if len(chain.Plugins) == 0 || !reflect.DeepEqual(chain.Plugins[0], conf) {
		return admission.Denied("the first entry of 10-terway.conflist differs from 10-terway.conf")
	}
	return admission.Allowed("")
}

func main() {
	log.SetLogger(zap.New())
	port, err := strconv.Atoi(os.Args[2])
	if err != nil {
		panic(err)
	}
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		panic(err)
	}
	server := webhook.NewServer(webhook.Options{Host: "127.0.0.1", Port: port, CertDir: os.Args[1]})
	for _, path := range []string{"/validate", "/mutate"} {
		server.Register(path, &webhook.Admission{Handler: handler{admission.NewDecoder(scheme)}})
	}
	if err := server.Start(context.Background()); err != nil {
		panic(err)
	}
}
