package main

// Placed beside the sources of Terway's cmd/terway-cli and built with them: Terway's own code judges
// documents, one JSON object a line on stdin, one verdict a line on stdout, all in one process.
// To be run where it may write /etc/eni and change eth0, rules and routes: see the sandbox. `merge`
// instead of `judge` only merges the chain, and answers with the list.

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/AliyunContainerService/terway/daemon"
	driver "github.com/AliyunContainerService/terway/plugin/driver/types"
	daemonconfig "github.com/AliyunContainerService/terway/types/daemon"
	"github.com/Jeffail/gabs/v2"
	"github.com/containernetworking/cni/libcni"
	cniversion "github.com/containernetworking/cni/pkg/version"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

type judgedDocument struct {
	// What a volume of the ConfigMap holds, by file name.
	Data map[string]string `json:"data"`
	Node judgedNode        `json:"node"`
}

// How the node differs from what setUpNode makes.
type judgedNode struct {
	LacksIPv6Gateway bool `json:"lacksIPv6Gateway"`
	// Plugins that have an executable; with any, a pod is added.
	Plugins []string `json:"plugins"`
}

type judgedFailure struct {
	// Whose step it is that fails.
	Stage   string `json:"stage"`
	Message string `json:"message"`
}

type judgedVerdict struct {
	Failures []judgedFailure `json:"failures"`
	// What the container runtime reads; of `merge` only.
	List string `json:"list,omitempty"`
}

func init() {
	if len(os.Args) != 2 || (os.Args[1] != "judge" && os.Args[1] != "merge") {
		return
	}
	judgeDocument := judgeOne
	if os.Args[1] == "merge" {
		judgeDocument = mergeOne
	}
	if err := judgeAll(judgeDocument); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func judgeAll(judgeDocument func(judgedDocument) (judgedVerdict, error)) error {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	// Terway says what it does on stdout.
	quiet, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	os.Stdout = quiet

	_checkKernelVersion = checkKernelVersion
	_switchDataPathV2 = switchDataPathV2
	readFunc = os.ReadFile
	outPutPath = cniFilePath
	if err := setUpNode(); err != nil {
		return err
	}

	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	encoder := json.NewEncoder(out)
	for in.Scan() {
		var document judgedDocument
		if err := json.Unmarshal(in.Bytes(), &document); err != nil {
			return err
		}
		verdict, err := judgeDocument(document)
		if err != nil {
			return err
		}
		if err := encoder.Encode(verdict); err != nil {
			return err
		}
	}
	return in.Err()
}

func mergeOne(document judgedDocument) (judgedVerdict, error) {
	verdict := judgedVerdict{Failures: []judgedFailure{}}
	if err := writeVolume(document.Data); err != nil {
		return verdict, err
	}
	if err := withoutPanic(processInput); err != nil {
		verdict.Failures = append(verdict.Failures, judgedFailure{"cni", err.Error()})
		return verdict, nil
	}
	list, err := os.ReadFile(cniFilePath)
	verdict.List = string(list)
	return verdict, err
}

func judgeOne(document judgedDocument) (judgedVerdict, error) {
	failures, err := failuresOf(document)
	return judgedVerdict{Failures: failures}, err
}

// Every step of a start that can be taken; one that needs what an earlier one failed to make is not.
func failuresOf(document judgedDocument) ([]judgedFailure, error) {
	if err := writeVolume(document.Data); err != nil {
		return nil, err
	}
	failures := []judgedFailure{}
	step := func(stage string, run func() error) bool {
		err := withoutPanic(run)
		if err != nil {
			failures = append(failures, judgedFailure{stage, err.Error()})
		}
		return err == nil
	}

	eniCfg = nil
	hasENIConfig := step("nodeconfig", func() error { return getENIConfig(nil, nil) })
	step("daemon", startDaemon)

	if !step("cni", processInput) {
		return failures, nil
	}
	list, err := os.ReadFile(cniFilePath)
	if err != nil {
		return nil, err
	}
	parsed, err := gabs.ParseJSON(list)
	if err != nil {
		return nil, err
	}
	step("cni", func() error { return storeRuntimeConfig(nodeCapabilitiesFile, parsed) })
	if hasENIConfig {
		if document.Node.LacksIPv6Gateway {
			if err := ip("-6 route del default dev eth0"); err != nil {
				return nil, err
			}
		}
		step("nodeconfig", func() error { return setSymmetricRouting(cniFilePath) })
		if document.Node.LacksIPv6Gateway {
			if err := ip(ipv6DefaultRoute); err != nil {
				return nil, err
			}
		}
		if strings.Contains(string(list), `"symmetric_routing": true`) {
			if err := tidyNode(); err != nil {
				return nil, err
			}
		}
	}
	step("policy", func() error { return policy(parsed) })
	step("runtime", func() error {
		config, err := libcni.ConfListFromBytes(list)
		if err != nil {
			return err
		}
		for _, plugin := range config.Plugins {
			if plugin.Network.Type == pluginTypeTerway {
				step("plugin", func() error { return startPlugin(plugin) })
			}
		}
		if plugins := document.Node.Plugins; len(plugins) > 0 {
			step("pod", func() error { return addPod(config, plugins) })
		}
		return nil
	})
	return failures, nil
}

// As terwayd reads the file at its start, as far as that goes without a cloud.
func startDaemon() error {
	eniConf, err := os.ReadFile(filepath.Join(eniConfBasePath, "eni_conf"))
	if err != nil {
		return err
	}
	config, err := daemonconfig.MergeConfigAndUnmarshal(nil, eniConf)
	if err != nil {
		return err
	}
	config.Populate()
	if err := config.Validate(); err != nil {
		return err
	}
	return daemon.JudgePool(config)
}

// The policy container asks for its arguments only where it starts cilium-agent (initPolicy).
func policy(list *gabs.Container) error {
	config, err := getPolicyConfig(nodeCapabilitiesFile)
	if err != nil {
		return err
	}
	switch config.Datapath {
	case dataPathDefault, dataPathVeth:
		if config.PolicyProvider != NetworkPolicyProviderEBPF || !config.HasCiliumChainer {
			return nil
		}
	}
	_, err = policyConfig(list)
	return err
}

// What the plugin does with its entry before it asks the daemon or the system: skel's checks, then
// getCmdArgs, and the loop over the field in parseSetupConf. Both are part of another program.
func startPlugin(plugin *libcni.NetworkConfig) error {
	injected, err := libcni.InjectConf(plugin, map[string]any{"name": "terway-chainer", "cniVersion": "0.4.0"})
	if err != nil {
		return err
	}
	version, err := (&cniversion.ConfigDecoder{}).Decode(injected.Bytes)
	if err != nil {
		return err
	}
	supported := cniversion.PluginSupports("0.3.0", "0.3.1", "0.4.0", "1.0.0")
	if incompatible := (&cniversion.Reconciler{}).Check(version, supported); incompatible != nil {
		return incompatible
	}
	var config driver.CNIConf
	if err := json.Unmarshal(injected.Bytes, &config); err != nil {
		return err
	}
	for _, cidr := range config.HostStackCIDRs {
		if _, _, err := net.ParseCIDR(cidr); err != nil {
			return err
		}
	}
	return nil
}

// As the container runtime has libcni add a pod, with stand-ins that have nothing to say for these
// plugins.
func addPod(config *libcni.NetworkConfigList, plugins []string) error {
	folder, err := os.MkdirTemp(".", "plugins")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	const silent = "#!/bin/sh\necho '{\"cniVersion\": \"0.4.0\"}'\n"
	for _, name := range plugins {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(silent), 0o755); err != nil {
			return err
		}
	}
	runtime := libcni.NewCNIConfigWithCacheDir([]string{folder}, filepath.Join(folder, "cache"), nil)
	pod := &libcni.RuntimeConf{ContainerID: "pod", NetNS: "/proc/self/ns/net", IfName: "eth0"}
	_, err = runtime.AddNetworkList(context.Background(), config, pod)
	return err
}

func withoutPanic(run func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return run()
}

// A new node's volume: it has no history.
func writeVolume(data map[string]string) error {
	_ = os.Remove(nodeCapabilitiesFile)
	if err := os.RemoveAll(eniConfBasePath); err != nil {
		return err
	}
	if err := os.MkdirAll(eniConfBasePath, 0o755); err != nil {
		return err
	}
	for name, text := range data {
		if err := os.WriteFile(filepath.Join(eniConfBasePath, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

const ipv6DefaultRoute = "-6 route add default via fd00::1 dev eth0"

// A node's eth0 with default gateways of both families.
func setUpNode() error {
	for _, line := range []string{
		"link add eth0 type veth peer name gateway",
		"link set gateway up",
		"link set eth0 up",
		"address add 10.0.0.2/24 dev eth0",
		"route add default via 10.0.0.1 dev eth0",
		"address add fd00::2/64 dev eth0 nodad",
		ipv6DefaultRoute,
	} {
		if err := ip(line); err != nil {
			return err
		}
	}
	return nil
}

func ip(line string) error {
	output, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", line, err, output)
	}
	return nil
}

// Takes away what symmetric routing leaves: its packet filter rules, ip rules and default routes.
func tidyNode() error {
	if output, err := exec.Command("nft", "flush", "ruleset").CombinedOutput(); err != nil {
		return fmt.Errorf("nft: %w: %s", err, output)
	}
	for _, family := range []int{netlink.FAMILY_V4, netlink.FAMILY_V6} {
		rules, err := netlink.RuleList(family)
		if err != nil {
			return err
		}
		for _, rule := range rules {
			isKernels := rule.Priority <= 0 || rule.Priority == 32766 || rule.Priority == 32767
			if isKernels && rule.Mark <= 0 {
				continue
			}
			rule.Family = family
			_ = netlink.RuleDel(&rule)
		}
		routes, err := netlink.RouteListFiltered(family, &netlink.Route{}, netlink.RT_FILTER_TABLE)
		if err != nil {
			return err
		}
		for _, route := range routes {
			isDefault := route.Dst == nil || route.Dst.IP.IsUnspecified()
			if isDefault && route.Table != unix.RT_TABLE_MAIN {
				_ = netlink.RouteDel(&route)
			}
		}
	}
	return nil
}
