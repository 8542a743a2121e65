package wording

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression that is compiled when it is first used, so that the
// start of the program waits for none.
func Pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
