package show

import "slices"

// paint is a style of a terminal.
type paint string

const (
	plain  paint = ""
	bold   paint = "1"
	faint  paint = "2"
	red    paint = "31"
	green  paint = "32"
	yellow paint = "33"
	cyan   paint = "36"
)

// on paints a text, if colors are wanted.
func (p paint) on(s string, wanted bool) string {
	if !wanted || p == plain || s == "" {
		return s
	}
	return "\x1b[" + string(p) + "m" + s + "\x1b[0m"
}

// stateNames are the members that tell a state.
var stateNames = []string{"status", "state", "urgency", "severity"}

// stateOf is the color of a state, in a member of such a name.
func stateOf(name, value string) paint {
	if !slices.Contains(stateNames, name) {
		return plain
	}
	switch value {
	case "triggered", "critical", "high", "error":
		return red
	case "acknowledged", "warning":
		return yellow
	case "resolved", "active", "ok":
		return green
	case "maintenance", "snoozed", "info":
		return cyan
	case "disabled", "low":
		return faint
	}
	return plain
}
