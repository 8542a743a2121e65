package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interruption ends a run that a signal cut short.
type interruption struct {
	signal  os.Signal
	writing bool // a call that changes PagerDuty was in flight
}

func (i interruption) Error() string {
	if i.writing {
		return "interrupted; PagerDuty may have carried out the change all the same: look at the result before you repeat it"
	}
	return "interrupted"
}

// exitCode is the one that shells give to a program that a signal ended: 130
// for SIGINT.
func (i interruption) exitCode() int {
	if number, ok := i.signal.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return 130
}

// untilSignal returns a context that SIGINT or SIGTERM cancels, with an
// [interruption] as its cause. A second signal ends the process.
func untilSignal(parent context.Context) (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			cancel(interruption{signal: s})
		case <-ctx.Done():
		}
		signal.Stop(signals)
	}()
	return ctx, func() { cancel(nil) }
}
