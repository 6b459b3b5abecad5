// A stand-in for Terway's CNI plugin, which works only with Alibaba Cloud's network behind it: whatever
// it is asked it has the plugin ptp do, with addresses of the node's own range. ptp makes what Terway's
// veth datapath makes: a veth into the pod, its address, a default route, a host route to it. Its result is
// shaped like Terway's: the pod's interface alone, and the gateway of the vSwitch.
// Source: cmdAdd in plugin/terway/cni.go of Terway 1.17.5.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// What the node's pods may be called in the network, as text.
const rangeFile = "/var/lib/cni/terway-stand-in-range"

func main() {
	if os.Getenv("CNI_COMMAND") == "" {
		// As Terway's own build, which is given no version.
		fmt.Fprintln(os.Stderr, "CNI terway (stand-in on ptp) plugin version unknown")
		return
	}
	if err := delegate(); err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			os.Exit(exit.ExitCode())
		}
		json.NewEncoder(os.Stdout).Encode(map[string]any{"code": 100, "msg": err.Error()})
		os.Exit(1)
	}
}

func delegate() error {
	input, err := io.ReadAll(os.Stdin)
	if err != nil {
		return err
	}
	if os.Getenv("CNI_COMMAND") != "VERSION" {
		if input, err = forPtp(input); err != nil {
			return err
		}
	}
	for _, folder := range filepath.SplitList(os.Getenv("CNI_PATH")) {
		ptp := filepath.Join(folder, "ptp")
		if _, err := os.Stat(ptp); err != nil {
			continue
		}
		command := exec.Command(ptp)
		command.Stdin = strings.NewReader(string(input))
		command.Stderr = os.Stderr
		output, err := command.Output()
		if err == nil && os.Getenv("CNI_COMMAND") == "ADD" {
			output, err = likeTerways(output)
		}
		os.Stdout.Write(output)
		return err
	}
	return fmt.Errorf("there is no ptp in %q", os.Getenv("CNI_PATH"))
}

func forPtp(input []byte) ([]byte, error) {
	var conf map[string]any
	if err := json.Unmarshal(input, &conf); err != nil {
		return nil, err
	}
	subnet, err := os.ReadFile(rangeFile)
	if err != nil {
		return nil, err
	}
	conf["type"] = "ptp"
	conf["ipam"] = map[string]any{
		"type":   "host-local",
		"ranges": []any{[]any{map[string]any{"subnet": strings.TrimSpace(string(subnet))}}},
		"routes": []any{map[string]any{"dst": "0.0.0.0/0"}},
	}
	return json.Marshal(conf)
}

func likeTerways(output []byte) ([]byte, error) {
	var result struct {
		CNIVersion string `json:"cniVersion"`
		IPs        []struct {
			Address string `json:"address"`
		} `json:"ips"`
	}
	if err := json.Unmarshal(output, &result); err != nil {
		return nil, err
	}
	ips := []any{}
	for _, ip := range result.IPs {
		_, subnet, err := net.ParseCIDR(ip.Address)
		if err != nil {
			return nil, err
		}
		gateway := subnet.IP.To4()
		gateway[3] = 253
		ips = append(ips, map[string]any{
			"version":   "4",
			"interface": 0,
			"address":   ip.Address,
			"gateway":   gateway,
		})
	}
	return json.Marshal(map[string]any{
		"cniVersion": result.CNIVersion,
		"interfaces": []any{map[string]any{
			"name":    os.Getenv("CNI_IFNAME"),
			"sandbox": os.Getenv("CNI_CONTAINERID"),
		}},
		"ips": ips,
		"dns": map[string]any{},
	})
}
