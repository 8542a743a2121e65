//go:build !windows

package cli

// showsColors reports whether a stream is a terminal that shows colors.
func showsColors(stream any) bool { return isTerminal(stream) }
