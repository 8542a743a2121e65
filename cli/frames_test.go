package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestBinaryWithRecordedFrames has the program read what real clients wrote, byte by
// byte (see package server's test of the same frames): each request has one answer, a
// result, and the program ends when its input does.
func TestBinaryWithRecordedFrames(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "server", "testdata", "frames", "*.jsonl"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".jsonl"), func(t *testing.T) {
			t.Parallel()
			frames, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			program := exec.CommandContext(t.Context(), built(t), "all", "--sandbox", "--enable-write-tools")
			program.Env, program.Stdin = bare(), bytes.NewReader(frames)
			out, err := program.Output()
			if err != nil {
				t.Fatal(err)
			}
			type message struct{ ID, Result json.RawMessage }
			answered := map[string]int{}
			for line := range bytes.Lines(out) {
				var answer message
				if err := json.Unmarshal(line, &answer); err != nil || answer.Result == nil || bytes.Contains(answer.Result, []byte(`"isError":true`)) {
					t.Errorf("%v: %s", err, line)
				}
				answered[string(answer.ID)]++
			}
			requests := 0
			for line := range bytes.Lines(frames) {
				var request message
				if err := json.Unmarshal(line, &request); err != nil {
					t.Fatal(err)
				}
				if request.ID == nil {
					continue
				}
				if requests++; answered[string(request.ID)] != 1 {
					t.Errorf("%d answers to %s", answered[string(request.ID)], line)
				}
			}
			if len(answered) != requests || requests < 3 {
				t.Errorf("%d requests, %d ids in answers", requests, len(answered))
			}
		})
	}
}
