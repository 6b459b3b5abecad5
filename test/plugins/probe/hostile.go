// A program in the node's CNI directory that means no good. What it does goes by its name.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const supported = `{"cniVersion":"1.0.0","supportedVersions":["0.4.0","1.0.0"]}`

func main() {
	self := os.Args[0]
	// The proof that it was run.
	os.WriteFile(self+".was-run", nil, 0o666)
	isVersion := os.Getenv("CNI_COMMAND") == "VERSION"
	switch filepath.Base(self) {
	case "hangs":
		time.Sleep(time.Hour)
	case "hangs-later":
		if isVersion {
			fmt.Println(supported)
			return
		}
		time.Sleep(time.Hour)
	case "crashes":
		panic("on purpose")
	case "floods":
		for {
			os.Stdout.WriteString(strings.Repeat("x", 1<<16))
		}
	case "forks":
		linger(self, false)
	case "escapes":
		linger(self, true)
	case "child":
		time.Sleep(time.Hour)
	case "talks-nonsense":
		fmt.Println("[2J nonsense")
	case "lies":
		if isVersion {
			fmt.Println(`{"supportedVersions":["1.0.0\u001b[2J","1.0.0"]}`)
		}
		os.Stderr.WriteString("CNI lies plugin v1.0.0\u001b[2J\n")
	default:
		if isVersion {
			fmt.Println(supported)
		}
		fmt.Fprintln(os.Stderr, "CNI", filepath.Base(self), "plugin v9.9.9")
	}
}

// Answers, and leaves children behind that hold its output.
func linger(self string, ownSession bool) {
	for range 20 {
		child := exec.Command(self)
		child.Args[0] = "child"
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: ownSession}
		child.Start()
		if ownSession {
			break
		}
	}
	fmt.Println(supported)
	fmt.Fprintln(os.Stderr, "CNI", filepath.Base(self), "plugin v6.6.6")
}
