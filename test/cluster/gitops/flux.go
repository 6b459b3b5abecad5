package main

// Built in the module of Flux's engine for server-side apply: applies or prunes one manifest by the
// engine's own code and with the options that kustomize-controller gives it.

import (
	"context"
	"flag"
	"fmt"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/utils"
)

const (
	controller = "kustomize-controller"
	group      = "kustomize.toolkit.fluxcd.io"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("apply or prune?")
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	force := flags.Bool("force", false, "spec.force of the Kustomization")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	object, err := manifest(flags.Arg(0))
	if err != nil {
		return err
	}
	// Flux logs warnings of the API server.
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	cluster, err := client.New(config, client.Options{})
	if err != nil {
		return err
	}
	manager := ssa.NewResourceManager(cluster, nil, ssa.Owner{Field: controller, Group: group})
	objects := []*unstructured.Unstructured{object}
	var changes *ssa.ChangeSet
	switch args[0] {
	case "apply":
		changes, err = manager.ApplyAllStaged(ctx, objects, applyOptions(*force))
	case "prune":
		changes, err = manager.DeleteAll(ctx, objects, pruneOptions())
	default:
		return fmt.Errorf("%s: apply or prune?", args[0])
	}
	if err != nil {
		return err
	}
	fmt.Println(changes)
	return nil
}

func manifest(path string) (*unstructured.Unstructured, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return utils.ReadObject(file)
}

// kustomize-controller takes over what kubectl wrote, and removes its annotation.
func applyOptions(force bool) ssa.ApplyOptions {
	chosen := ssa.DefaultApplyOptions()
	chosen.Force = force
	chosen.Cleanup = ssa.ApplyCleanupOptions{
		Annotations: []string{corev1.LastAppliedConfigAnnotation},
		FieldManagers: []ssa.FieldManager{
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationApply},
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: "before-first-apply", OperationType: metav1.ManagedFieldsOperationUpdate},
		},
	}
	return chosen
}

func pruneOptions() ssa.DeleteOptions {
	return ssa.DeleteOptions{
		PropagationPolicy: metav1.DeletePropagationBackground,
		Exclusions:        map[string]string{group + "/prune": "disabled"},
	}
}
