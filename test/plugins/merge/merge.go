package main

// Built in the module of Terway, so with the json-patch that its release uses: merges pairs of texts,
// one JSON object a line on stdin, one answer a line on stdout. Terway's own configuration code then says
// whether its daemon starts on the result.

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/AliyunContainerService/terway/types/daemon"
	jsonpatch "github.com/evanphx/json-patch"
)

// Base64 on the way, as a text may be no valid UTF-8 of its own.
type pair struct {
	Base  []byte `json:"base"`
	Patch []byte `json:"patch"`
}

type answer struct {
	Merged []byte `json:"merged,omitempty"`
	Error  string `json:"error,omitempty"`
	// Why the daemon does not start, in its words; empty where it does.
	Start string `json:"start,omitempty"`
}

func main() {
	if err := mergeAll(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func mergeAll() error {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var one pair
		if err := json.Unmarshal(in.Bytes(), &one); err != nil {
			return err
		}
		merged, err := jsonpatch.MergePatch(one.Base, one.Patch)
		reply := answer{Merged: merged}
		if err != nil {
			reply = answer{Error: err.Error()}
		}
		if err := start(one); err != nil {
			reply.Start = err.Error()
		}
		if err := encoder.Encode(reply); err != nil {
			return err
		}
	}
	return in.Err()
}

// As LoadDynamicConfig in daemon/builder.go, from the texts on.
func start(one pair) error {
	config, err := daemon.MergeConfigAndUnmarshal(one.Patch, one.Base)
	if err != nil {
		return fmt.Errorf("failed parse config: %v", err)
	}
	config.Populate()
	return config.Validate()
}
