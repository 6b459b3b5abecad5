package main

// Built in the module of Terway, so with the json-patch that its release uses: merges pairs of texts,
// one JSON object a line on stdin, one answer a line on stdout.

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

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
		if err := encoder.Encode(reply); err != nil {
			return err
		}
	}
	return in.Err()
}
