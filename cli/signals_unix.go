//go:build unix

package cli

import (
	"os"
	"os/signal"
	"syscall"

	"github.com/PagerDuty/pagerduty-mcp/server"
)

// ignoreBrokenPipes has a write to a closed stdout or stderr fail, so that the
// program can end in order. Without it the SIGPIPE of that write would kill the
// process.
func ignoreBrokenPipes() { signal.Ignore(syscall.SIGPIPE) }

// reopenOnHangup has an audit log opened anew at each SIGHUP, which is how programs that
// rotate logs say that they have moved the file.
func reopenOnHangup(log *server.Audit, failed func(error)) {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	go func() {
		for range hangups {
			if err := log.Reopen(); err != nil {
				failed(err)
			}
		}
	}()
}
