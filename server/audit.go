package server

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// Audit is a file with a line of JSON for the beginning and for the end of each call that
// changes something. A line is on disk before the call goes on: where one has a beginning
// and no end, the server was stopped in between, and nobody knows what became of the
// change.
type Audit struct {
	path string // "" for standard error

	mu   sync.Mutex
	out  io.Writer
	file *os.File // nil for standard error
	torn bool     // the last line may have been written in part
}

// OpenAudit opens an audit log for appending and makes it if it isn't there, readable by
// its owner. The path - is standard error.
func OpenAudit(path string, stderr io.Writer) (*Audit, error) {
	if path == "-" {
		return &Audit{out: stderr}, nil
	}
	a := &Audit{path: path}
	return a, a.Reopen()
}

// Reopen opens the file anew, after another program has moved it away.
func (a *Audit) Reopen() error {
	if a.path == "" {
		return nil
	}
	file, err := os.OpenFile(a.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.file != nil {
		_ = a.file.Close() // each line is on disk already
	}
	a.file, a.out = file, file
	return nil
}

// auditLine is a line of the audit log.
type auditLine struct {
	Time      string        `json:"time"`  // RFC 3339, UTC
	Event     string        `json:"event"` // begin or end
	Call      string        `json:"call"`  // the same for the two lines of a call
	Caller    string        `json:"caller,omitzero"`
	Tool      string        `json:"tool"`
	Would     string        `json:"would,omitzero"`
	Objects   []auditObject `json:"objects,omitempty"`
	Confirmed string        `json:"confirmed,omitzero"`
	Writes    []pdapi.Write `json:"writes,omitempty"`
	Outcome   string        `json:"outcome,omitzero"` // done, failed or unknown
	Error     string        `json:"error,omitzero"`
}

type auditObject struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Name string `json:"name,omitzero"`
}

var errAudit = errors.New("nothing was done: the audit log can't be written, and without it this server changes nothing. Whoever runs the server has to look at the log's file and disk")

// write appends a line, in which hide has replaced keys, and waits until it is on disk.
func (a *Audit) write(line auditLine, hide func(string) string) error {
	data, err := json.Marshal(line)
	if err != nil {
		return err
	}
	data = []byte(hide(string(data)))
	a.mu.Lock()
	defer a.mu.Unlock()
	data = append(data, '\n')
	if a.torn {
		data = append([]byte{'\n'}, data...)
	}
	_, err = a.out.Write(data)
	if a.torn = err != nil; a.torn {
		return err
	}
	if a.file == nil {
		return nil // a terminal or a pipe has no disk
	}
	return a.file.Sync()
}

// audited carries out a change, whose writes are collected, between its two lines in the
// audit log, which name who calls.
func (s *Server) audited(ctx context.Context, by *caller, p *tool.Prepared, who, how string, writes *pdapi.Writes) (*tool.Result, error) {
	line := auditLine{Event: "begin", Call: newCallID(), Caller: who, Tool: p.Tool().Name(), Would: p.Sentence(), Confirmed: how}
	for _, o := range p.Objects() {
		line.Objects = append(line.Objects, auditObject(o))
	}
	line.Time = auditTime()
	if err := s.opts.Audit.write(line, by.session.Client.Redact); err != nil {
		return nil, fmt.Errorf("%w (%w)", errAudit, err)
	}
	result, err := p.Run(ctx)
	end := auditLine{Time: auditTime(), Event: "end", Call: line.Call, Caller: who, Tool: line.Tool, Writes: writes.Made(), Outcome: "done"}
	if err != nil {
		var unknown *tool.UnknownOutcome
		if end.Outcome = "failed"; errors.As(err, &unknown) || pdapi.MaybeDone(err) {
			end.Outcome = "unknown"
		}
		end.Error = explain(err)
	}
	if failure := s.opts.Audit.write(end, by.session.Client.Redact); failure != nil {
		s.opts.Logger.Error("the end of a change could not be written to the audit log", "call", line.Call, "error", failure)
		if err == nil {
			return nil, fmt.Errorf("the change was made, don't repeat it; but that it was could not be written to the audit log, and until it can this server changes nothing more (%w)", failure)
		}
	}
	return result, err
}

// newCallID names a call in the audit log.
func newCallID() string { return rand.Text()[:12] }

func auditTime() string { return time.Now().UTC().Format(time.RFC3339Nano) }
