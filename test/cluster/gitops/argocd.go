package main

// Built in the module of Argo CD's engine: compares, syncs and prunes one manifest by the engine's own code
// and with the options that Argo CD's application controller gives it.

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/go-logr/logr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/sync"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/tracing"
)

// Under which Argo CD compares, and owns what it applies.
const manager = "argocd-controller"

// What an Application chooses, by Argo CD's names.
type settings struct {
	serverSide      bool
	includeMutation bool
	structuredMerge bool
	force           bool
	replace         bool
}

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("diff, sync or prune?")
	}
	var chosen settings
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	flags.BoolVar(&chosen.serverSide, "server-side", false, "ServerSideDiff=true or ServerSideApply=true")
	flags.BoolVar(&chosen.includeMutation, "include-mutation-webhook", false, "IncludeMutationWebhook=true")
	flags.BoolVar(&chosen.structuredMerge, "structured-merge", false, "compares so where ServerSideApply=true")
	flags.BoolVar(&chosen.force, "force", false, "Force=true")
	flags.BoolVar(&chosen.replace, "replace", false, "Replace=true")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	// In Argo CD warnings of the API server go to the controller's log.
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	target, err := manifest(flags.Arg(0))
	if err != nil {
		return err
	}
	kubectl := &kube.KubectlCmd{Log: logr.Discard(), Tracer: tracing.NopTracer{}}
	live, err := kubectl.GetResource(ctx, config, target.GroupVersionKind(), target.GetName(), target.GetNamespace())
	if apierrors.IsNotFound(err) {
		live = nil
	} else if err != nil {
		return err
	}
	switch args[0] {
	case "diff":
		return compare(kubectl, config, target, live, chosen)
	case "sync":
		return apply(kubectl, config, target, live, chosen)
	case "prune":
		return apply(kubectl, config, nil, live, chosen)
	default:
		return fmt.Errorf("%s: diff, sync or prune?", args[0])
	}
}

func manifest(path string) (*unstructured.Unstructured, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	objects, err := kube.SplitYAML(text)
	if err != nil {
		return nil, err
	}
	if len(objects) != 1 {
		return nil, fmt.Errorf("%s has %d objects", path, len(objects))
	}
	return objects[0], nil
}

// Prints Argo CD's word for the outcome, and the keys under data that differ.
func compare(kubectl kube.Kubectl, config *rest.Config, target, live *unstructured.Unstructured, chosen settings) error {
	_, parser, err := kubectl.LoadOpenAPISchema(config)
	if err != nil {
		return err
	}
	applier, cleanup, err := kubectl.ManageServerSideDiffDryRuns(config)
	if err != nil {
		return err
	}
	defer cleanup()
	result, err := diff.Diff(target, live,
		diff.WithLogr(logr.Discard()),
		diff.WithGVKParser(parser),
		diff.WithManager(manager),
		diff.WithStructuredMergeDiff(chosen.structuredMerge),
		diff.WithServerSideDiff(chosen.serverSide),
		diff.WithServerSideDryRunner(diff.NewK8sServerSideDryRunner(applier)),
		diff.WithIgnoreMutationWebhook(!chosen.includeMutation),
	)
	if err != nil {
		return err
	}
	if !result.Modified {
		fmt.Println("Synced")
		return nil
	}
	keys, err := differing(result)
	if err != nil {
		return err
	}
	fmt.Println("OutOfSync")
	for _, key := range keys {
		fmt.Printf("data.%s differs\n", key)
	}
	return nil
}

func differing(result *diff.DiffResult) ([]string, error) {
	var predicted, live struct {
		Data map[string]string `json:"data"`
	}
	if err := json.Unmarshal(result.PredictedLive, &predicted); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(result.NormalizedLive, &live); err != nil {
		return nil, err
	}
	all := map[string]string{}
	maps.Copy(all, predicted.Data)
	maps.Copy(all, live.Data)
	maps.DeleteFunc(all, func(key, _ string) bool { return predicted.Data[key] == live.Data[key] })
	return slices.Sorted(maps.Keys(all)), nil
}

// Without a target, what is live is pruned.
func apply(kubectl kube.Kubectl, config *rest.Config, target, live *unstructured.Unstructured, chosen settings) error {
	result := sync.ReconciliationResult{
		Target: []*unstructured.Unstructured{target},
		Live:   []*unstructured.Unstructured{live},
	}
	operation, cleanup, err := sync.NewSyncContext("", result, config, config, kubectl, "",
		sync.WithLogr(logr.Discard()),
		sync.WithOperationSettings(false, true, chosen.force, false),
		sync.WithReplace(chosen.replace),
		sync.WithServerSideApply(chosen.serverSide),
		sync.WithServerSideApplyManager(manager),
	)
	if err != nil {
		return err
	}
	defer cleanup()
	for {
		operation.Sync()
		phase, message, resources := operation.GetState()
		if !phase.Completed() {
			continue
		}
		if !phase.Successful() {
			// The message holds what the resource says.
			return fmt.Errorf("%s: %s", phase, message)
		}
		fmt.Printf("%s: %s\n", phase, message)
		for _, one := range resources {
			fmt.Printf("%s: %s\n", one.Status, one.Message)
		}
		return nil
	}
}
