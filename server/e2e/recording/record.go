// Command recording plays a session at a terminal with the built program, on a simulated
// account in whose shop an outage begins, and writes it as an animated picture. Clock,
// account and typist are always the same, and so is the picture until what the program
// prints changes.
//
//	go run ./recording -o ../../docs/outage.svg
//	go run ./recording -frame 3 -o frame.svg    # one frame, to look at
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// The size of the terminal, in cells.
const columns, lines = 100, 30

// account is the file of the simulated account, in the directory of the recording.
const account = "outage.json"

// A step is a command of the session.
type step struct {
	clock string   // what time it is, as 03:09
	words []string // as they are typed
	// shows is what to wait for before keys are pressed; without it the command ends by
	// itself.
	shows, keys string
}

// session is what is played: somebody is woken, looks at what burns, has the worst of it
// explained, and says what they do about it.
var session = []step{
	{clock: "03:09", words: []string{"pagerduty-mcp", "watch", "--sandbox=" + account}, shows: "taken by nobody", keys: "q"},
	{clock: "03:10", words: []string{"pagerduty-mcp", "call", "triage_incident", "4711", "--sandbox=" + account}},
	{
		clock: "03:12", words: []string{"pagerduty-mcp", "call", "add_note_to_incident", "4711", `"Rolling back payments-api 412"`, "--sandbox=" + account, "--enable-write-tools"},
		shows: "[y/N]", keys: "y\r",
	},
}

func main() {
	out := flag.String("o", "", "the file to write; standard output if empty")
	frame := flag.Int("frame", 0, "write this frame alone, counted from 1")
	flag.Parse()
	if err := write(context.Background(), *out, *frame); err != nil {
		fmt.Fprintln(os.Stderr, "recording:", err)
		os.Exit(1)
	}
}

func write(ctx context.Context, path string, frame int) error {
	frames, err := record(ctx)
	if err != nil {
		return err
	}
	if frame > 0 && frame <= len(frames) {
		frames = frames[frame-1 : frame]
	}
	picture := draw(frames)
	if path == "" {
		_, err = os.Stdout.Write(picture)
		return err
	}
	return os.WriteFile(path, picture, 0o644)
}

// record builds the program, plays the session, and returns what was to be seen.
func record(ctx context.Context) (frames []frame, err error) {
	dir, err := os.MkdirTemp("", "recording")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	program := filepath.Join(dir, "pagerduty-mcp")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/PagerDuty/pagerduty-mcp/server/e2e/recording/clocked")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("building the program: %w", err)
	}
	p := player{program: program, dir: dir, screen: newScreen(columns, lines)}
	if err := p.openAccount(ctx); err != nil {
		return nil, err
	}
	for _, s := range session {
		if err := p.play(ctx, s); err != nil {
			return nil, fmt.Errorf("%v: %w", s.words, err)
		}
	}
	p.prompt()
	p.hold(4 * time.Second)
	return p.frames, nil
}
