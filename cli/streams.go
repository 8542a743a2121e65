package cli

import (
	"context"
	"fmt"
	"io"
	"log"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/PagerDuty/pagerduty-mcp/server"
)

// flushPatience is how long the program stays for whoever reads its stderr.
const flushPatience = time.Second

// Run runs the program and returns its exit code. Neither a stderr that nobody
// reads nor a closed one stops it. A stdout that can't be written is an error,
// whatever the command.
func Run(ctx context.Context, p Process) int {
	ignoreBrokenPipes()
	stderr, stdout := server.NewLineQueue(p.Stderr), &output{to: p.Stdout}
	p.Stderr, p.Stdout = stderr, stdout
	defer stderr.Flush(flushPatience)
	// Libraries such as net/http log to a logger of the whole process.
	defer log.SetOutput(log.Writer())
	log.SetOutput(stderr)
	code := run(ctx, p)
	if err := stdout.failure(); err != nil && code == exitOK {
		_, _ = fmt.Fprintf(p.Stderr, "pagerduty-mcp: writing to standard output failed: %v. If the command changed something, that was done.\n", err)
		return exitFailed
	}
	return code
}

// output is a stdout that remembers the first write that failed, since most of
// what writes there, such as the help, looks at no error.
type output struct {
	to io.Writer

	mu  sync.Mutex
	err error
}

func (o *output) Write(p []byte) (int, error) {
	n, err := o.to.Write(p)
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.err == nil {
			o.err = err
		}
	}
	return n, err
}

func (o *output) failure() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// Fd is the file descriptor of stdout, so that [isTerminal] knows a terminal.
func (o *output) Fd() uintptr { return server.FileDescriptor(o.to) }

// terminal is the file behind stdout: what fills a screen wants to know its size.
func terminal(stream io.Writer) io.Writer {
	if o, ok := stream.(*output); ok {
		return o.to
	}
	return stream
}

// isTerminal reports whether a person sits at the other end of stream.
func isTerminal(stream any) bool { return term.IsTerminal(int(server.FileDescriptor(stream))) }
