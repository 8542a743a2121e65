package when

import (
	"strconv"
	"strings"
)

func notDigit(r rune) bool { return r < '0' || r > '9' }

// atoi reads a number of at most so many digits and nothing else.
func atoi(s string, digits int) (n int, ok bool) {
	if s == "" || len(s) > digits || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func cutNumber(s string) (digits, rest string) {
	rest = strings.TrimLeft(s, "0123456789")
	return s[:len(s)-len(rest)], rest
}

// maxTime is how long a time can be, in bytes.
const maxTime = 100
