package tool

import (
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// UnknownOutcome is a write that may or may not have taken effect, after
// whatever could be done to find out.
type UnknownOutcome struct {
	Check string // what is known, and how to be sure before trying again
	Err   error  // how the write failed
}

func (e *UnknownOutcome) Error() string {
	return "it is not known whether this took effect: " + e.Err.Error() + ". " + e.Check
}

func (e *UnknownOutcome) Unwrap() error { return e.Err }

// Unsure returns err as an [*UnknownOutcome] if the write that failed with it may
// have taken effect. Check says how to find out before trying again.
func Unsure(err error, check string) error {
	if !pdapi.MaybeDone(err) {
		return err
	}
	return &UnknownOutcome{Check: check, Err: err}
}

// Partial is a write of several parts, of which the first took effect before
// one failed.
type Partial struct {
	Done string // what took effect and what did not, without a final period
	Err  error  // why the rest did not
}

func (e *Partial) Error() string { return e.Done + ": " + e.Err.Error() }
func (e *Partial) Unwrap() error { return e.Err }

// Meanwhile notes that somebody else changed other fields while an update was
// under way, if anybody did.
func (c *Call) Meanwhile(others []string) {
	if len(others) > 0 {
		c.Note("In between somebody else changed %s; that was kept, and is what is shown here.", strings.Join(others, ", "))
	}
}
