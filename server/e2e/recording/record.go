// Package recording plays a session at a terminal with the built program, on a simulated
// account in whose shop an outage begins, and draws it as an animated picture. Clock,
// account and typist are always the same, and so is the picture until what the program
// prints changes.
//
//	go test ./recording -update        # draw docs/outage.svg anew
//	go test ./recording -frames DIR    # each frame as a picture of its own, to look at
package recording

import (
	"context"
	"fmt"
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

// Record builds the program in a directory, plays the session there, and returns what was
// to be seen. Path is where programs are found, as in the variable PATH.
func Record(ctx context.Context, dir, path string) ([]Frame, error) {
	program := filepath.Join(dir, "pagerduty-mcp")
	build := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/PagerDuty/pagerduty-mcp/server/e2e/recording/testdata/clocked")
	if out, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("building the program: %w: %s", err, out)
	}
	p := player{program: program, dir: dir, path: path, screen: newScreen(columns, lines)}
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
