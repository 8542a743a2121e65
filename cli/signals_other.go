//go:build !unix

package cli

// ignoreBrokenPipes does nothing where a write to a closed pipe raises no signal.
func ignoreBrokenPipes() {}
