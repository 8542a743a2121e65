package input

import (
	"fmt"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// ArgumentError is a call whose arguments are wrong. Nothing was done.
type ArgumentError struct {
	// Problems says for each wrong argument what is wrong and what is allowed.
	Problems []string
	// Know is what to know for the next call besides; may be empty.
	Know string
}

func (e *ArgumentError) Error() string {
	problems, more, know := e.Problems, "", ""
	if e.Know != "" {
		know = "\n" + e.Know
	}
	if len(problems) == 1 {
		return problems[0] + know
	}
	if len(problems) > maxProblems {
		more = fmt.Sprintf("\n- and %s more", wording.Thousands(len(problems)-maxProblems))
		problems = problems[:maxProblems]
	}
	return fmt.Sprintf("%s arguments are wrong:\n- %s%s%s", wording.Thousands(len(e.Problems)), strings.Join(problems, "\n- "), more, know)
}

// Wrong is the error for arguments that only the tool itself can judge: what is
// wrong and what is allowed, starting with the argument's name.
func Wrong(format string, args ...any) error {
	return &ArgumentError{Problems: []string{fmt.Sprintf(format, args...)}}
}
