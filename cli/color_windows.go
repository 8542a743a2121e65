package cli

import (
	"golang.org/x/sys/windows"

	"github.com/PagerDuty/pagerduty-mcp/server"
)

// showsColors reports whether a stream is a terminal that shows colors, and has older
// consoles show them.
func showsColors(stream any) bool {
	console := windows.Handle(server.FileDescriptor(stream))
	var mode uint32
	if windows.GetConsoleMode(console, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
