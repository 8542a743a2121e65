package tool

import "strings"

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

// Partial is a write of several parts, of which the first took effect before
// one failed.
type Partial struct {
	Done string // what took effect and what did not, without a final period
	Err  error  // why the rest did not
}

func (e *Partial) Error() string { return e.Done + ": " + e.Err.Error() }
func (e *Partial) Unwrap() error { return e.Err }

// Meanwhile is the note on an update during which somebody else changed other
// fields; empty if nobody did.
func Meanwhile(others []string) string {
	if len(others) == 0 {
		return ""
	}
	return "In between somebody else changed " + strings.Join(others, ", ") + "; that was kept, and is what is shown here."
}
