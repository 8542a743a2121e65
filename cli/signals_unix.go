//go:build unix

package cli

import (
	"os/signal"
	"syscall"
)

// ignoreBrokenPipes has a write to a closed stdout or stderr fail, so that the
// program can end in order. Without it the SIGPIPE of that write would kill the
// process.
func ignoreBrokenPipes() { signal.Ignore(syscall.SIGPIPE) }
