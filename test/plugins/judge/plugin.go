package main

// Placed beside the sources of a plugin and built with them: the plugin's own code answers ADD for
// one configuration after the other, a JSON string a line on stdin, an answer a line on stdout, all in
// one process. To be run where it may make network namespaces and packet filter rules: see the sandbox.
// Arguments: judge PLUGIN CONTAINER_ID POD_ADDRESS real|stand-ins (the packet filter's programs).

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/containernetworking/cni/pkg/skel"
	"github.com/containernetworking/cni/pkg/version"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

type judgedAnswer struct {
	// 0 or 1, as the plugin would have ended.
	ExitCode int    `json:"exitCode"`
	Code     uint   `json:"code,omitempty"`
	Message  string `json:"message"`
}

// Has the plugin forget what it keeps in a variable until its process ends.
var judgedForget = func() {}

// What a configuration that was not decoded has left unchanged.
const judgedDecodingFailed = "json: cannot unmarshal"

func init() {
	if len(os.Args) != 6 || os.Args[1] != "judge" {
		return
	}
	// Rules last only where the programs that make them are real.
	leavesRules := os.Args[5] == "real" && (os.Args[2] == "portmap" || os.Args[2] == "firewall")
	if err := judgeAll(os.Args[2], os.Args[3], net.ParseIP(os.Args[4]), leavesRules); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func judgeAll(plugin, containerID string, address net.IP, leavesRules bool) error {
	runtime.LockOSThread()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	// What the plugin prints when it succeeds.
	quiet, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	stdin, err := os.CreateTemp(".", "judge-")
	if err != nil {
		return err
	}
	os.Stdin, os.Stdout = stdin, quiet
	for name, value := range map[string]string{
		"CNI_COMMAND": "ADD", "CNI_CONTAINERID": containerID, "CNI_IFNAME": "eth0", "CNI_PATH": "/",
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	encoder := json.NewEncoder(out)
	var pod *judgedPod
	isHostClean := false
	for in.Scan() {
		var config string
		if err := json.Unmarshal(in.Bytes(), &config); err != nil {
			return err
		}
		if leavesRules && !isHostClean {
			if err := resetHost(); err != nil {
				return err
			}
		}
		if pod == nil {
			if pod, err = createPod(address); err != nil {
				return err
			}
			if err := os.Setenv("CNI_NETNS", fmt.Sprintf("/proc/self/fd/%d", pod.namespace.Fd())); err != nil {
				return err
			}
		}
		if err := rewrite(stdin, config); err != nil {
			return err
		}
		judgedForget()
		answer := add(plugin)
		if err := pod.unlock(); err != nil {
			return err
		}
		if err := encoder.Encode(answer); err != nil {
			return err
		}
		hasActed := !strings.Contains(answer.Message, judgedDecodingFailed)
		isHostClean = !hasActed
		changesPod := plugin == "tuning" || plugin == "sbr" || plugin == "vrf"
		if hasActed && changesPod && pod.tidy() != nil {
			pod.remove()
			pod = nil
		}
	}
	return in.Err()
}

func rewrite(file *os.File, text string) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	if _, err := file.WriteAt([]byte(text), 0); err != nil {
		return err
	}
	_, err := file.Seek(0, 0)
	return err
}

func add(plugin string) (answer judgedAnswer) {
	defer func() {
		if cause := recover(); cause != nil {
			answer = judgedAnswer{ExitCode: 2, Message: fmt.Sprintf("panic: %v", cause)}
		}
	}()
	if err := skel.PluginMainWithError(cmdAdd, cmdCheck, cmdDel, supported(plugin), ""); err != nil {
		return judgedAnswer{ExitCode: 1, Code: err.Code, Message: err.Msg}
	}
	return judgedAnswer{}
}

// What the plugin's main says that it supports.
func supported(plugin string) version.PluginInfo {
	switch plugin {
	case "bandwidth":
		return version.VersionsStartingFrom("0.3.0")
	case "firewall":
		return version.VersionsStartingFrom("0.4.0")
	case "vrf":
		return version.VersionsStartingFrom("0.3.1")
	}
	return version.All
}

// Of kube-proxy's rules only its chain for masquerading matters; restoring drops all others.
func resetHost() error {
	if output, err := exec.Command("nft", "flush", "ruleset").CombinedOutput(); err != nil {
		return fmt.Errorf("nft: %w: %s", err, output)
	}
	restore := exec.Command("iptables-restore", "--wait")
	restore.Stdin = strings.NewReader("*nat\n:KUBE-MARK-MASQ - [0:0]\nCOMMIT\n*filter\nCOMMIT\n")
	if output, err := restore.CombinedOutput(); err != nil {
		return fmt.Errorf("iptables-restore: %w: %s", err, output)
	}
	return nil
}

// A pod as terway's ADD leaves it on the veth datapath: eth0 with address and default route by the
// link-local gateway, the peer on the host.
type judgedPod struct {
	address   *net.IPNet
	host      *os.File
	namespace *os.File
}

var judgedGateway = host32(net.IPv4(169, 254, 1, 1))

// Names are not used twice: the kernel takes its time to remove a namespace.
var judgedPods int

func createPod(address net.IP) (*judgedPod, error) {
	host, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, err
	}
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return nil, err
	}
	namespace, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return nil, err
	}
	pod := &judgedPod{host32(address), host, namespace}
	judgedPods++
	name := fmt.Sprintf("c%d-%d", os.Getpid(), judgedPods)
	err = pod.addLinks(name)
	if err == nil {
		err = pod.addAddresses()
	}
	if err := enter(host); err != nil {
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	peer, err := netlink.LinkByName(name)
	if err != nil {
		return nil, err
	}
	if err := netlink.LinkSetUp(peer); err != nil {
		return nil, err
	}
	return pod, netlink.RouteReplace(&netlink.Route{LinkIndex: peer.Attrs().Index, Dst: pod.address})
}

// Takes away what a plugin may have left: links, rules, routes, the interface's settings. An error
// says that the pod can't be used again.
func (p *judgedPod) tidy() error {
	if err := enter(p.namespace); err != nil {
		return err
	}
	err := p.tidyInside()
	if err := enter(p.host); err != nil {
		return err
	}
	return err
}

// sbr locks the namespace's file; when it fails the lock stays until the process ends.
func (p *judgedPod) unlock() error {
	const folder = "/proc/self/fd"
	files, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, file := range files {
		number, err := strconv.Atoi(file.Name())
		isOurs := number == int(p.host.Fd()) || number == int(p.namespace.Fd())
		if err != nil || isOurs {
			continue
		}
		target, err := os.Readlink(filepath.Join(folder, file.Name()))
		if err == nil && strings.HasPrefix(target, "net:[") {
			_ = unix.Close(number)
		}
	}
	return nil
}

func (p *judgedPod) remove() {
	_ = p.namespace.Close()
	_ = p.host.Close()
}

func enter(namespace *os.File) error {
	return unix.Setns(int(namespace.Fd()), unix.CLONE_NEWNET)
}

// The peer is moved to the host; its end in the pod is called eth0.
func (p *judgedPod) addLinks(peerName string) error {
	eth0 := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "eth0"}, PeerName: peerName}
	if err := netlink.LinkAdd(eth0); err != nil {
		return err
	}
	peer, err := netlink.LinkByName(peerName)
	if err != nil {
		return err
	}
	return netlink.LinkSetNsFd(peer, int(p.host.Fd()))
}

func (p *judgedPod) addAddresses() error {
	link, err := netlink.LinkByName("eth0")
	if err != nil {
		return err
	}
	if err := netlink.LinkSetUp(link); err != nil {
		return err
	}
	if err := netlink.AddrReplace(link, &netlink.Addr{IPNet: p.address}); err != nil {
		return err
	}
	index := link.Attrs().Index
	onLink := netlink.Route{LinkIndex: index, Scope: netlink.SCOPE_LINK, Dst: judgedGateway}
	if err := netlink.RouteReplace(&onLink); err != nil {
		return err
	}
	return netlink.RouteReplace(&netlink.Route{LinkIndex: index, Gw: judgedGateway.IP})
}

func (p *judgedPod) tidyInside() error {
	links, err := netlink.LinkList()
	if err != nil {
		return err
	}
	for _, link := range links {
		if name := link.Attrs().Name; name != "eth0" && name != "lo" {
			if err := netlink.LinkDel(link); err != nil {
				return err
			}
		}
	}
	rules, err := netlink.RuleList(netlink.FAMILY_V4)
	if err != nil {
		return err
	}
	for _, rule := range rules {
		if rule.Priority > 0 && rule.Priority < 32766 {
			if err := netlink.RuleDel(&rule); err != nil {
				return err
			}
		}
	}
	link, err := netlink.LinkByName("eth0")
	if err != nil {
		return err
	}
	// Everything that stands in a table hangs on the interface.
	if err := netlink.LinkSetDown(link); err != nil {
		return err
	}
	if err := netlink.LinkSetMTU(link, 1500); err != nil {
		return err
	}
	return p.addAddresses()
}

func host32(address net.IP) *net.IPNet {
	return &net.IPNet{IP: address.To4(), Mask: net.CIDRMask(32, 32)}
}
