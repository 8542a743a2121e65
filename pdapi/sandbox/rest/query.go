package rest

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Param checks the values of one query parameter, and says what is wrong or "".
type Param func(values []string) string

// Query are the query parameters of an operation; no others are allowed.
type Query map[string]Param

// With is the query parameters and more.
func (q Query) With(more Query) Query {
	all := maps.Clone(q)
	maps.Copy(all, more)
	return all
}

// check says what is wrong with query parameters, by their names.
func (q Query) check(values url.Values) Wrong {
	wrong := Wrong{}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		check, ok := q[name]
		if !ok {
			wrong[name] = append(wrong[name], "sandbox: it is not a query parameter of this operation")
			continue
		}
		if !strings.HasSuffix(name, "[]") && len(values[name]) > 1 {
			wrong[name] = append(wrong[name], fmt.Sprintf("sandbox: it is given %d times", len(values[name])))
		}
		if problem := check(values[name]); problem != "" {
			wrong[name] = append(wrong[name], problem)
		}
	}
	return wrong
}

// details are the messages as a list of texts, each with its field.
func (w Wrong) details() []string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(w)) {
		for _, text := range w[name] {
			if rest, ours := strings.CutPrefix(text, "sandbox: it "); ours {
				out = append(out, fmt.Sprintf("sandbox: %q %s", name, rest))
			} else {
				out = append(out, name+" "+text)
			}
		}
	}
	return out
}

// Each makes a parameter of a check of one value.
func Each(check func(string) string) Param {
	return func(values []string) string {
		for _, v := range values {
			if problem := check(v); problem != "" {
				return problem
			}
		}
		return ""
	}
}

// Among is a parameter that takes the values named.
func Among(allowed ...string) Param {
	return Each(func(v string) string {
		if !slices.Contains(allowed, v) {
			return fmt.Sprintf("is %q, not one of %s", v, strings.Join(allowed, ", "))
		}
		return ""
	})
}

// Bool is a parameter that is true or false.
func Bool() Param { return Among("true", "false") }

// Whole is a parameter that takes the whole numbers from least to most.
func Whole(least, most int) Param {
	return Each(func(v string) string {
		if n, err := strconv.Atoi(v); err != nil || n < least || n > most {
			return fmt.Sprintf("is %q, not an integer from %d to %d", v, least, most)
		}
		return ""
	})
}

// IDs is a parameter that takes ids.
func IDs() Param {
	return Each(func(v string) string {
		if v == "" || strings.ContainsAny(v, " /?#") {
			return fmt.Sprintf("is %q, not an id", v)
		}
		return ""
	})
}

// Words is a parameter that takes any text but none.
func Words() Param {
	return Each(func(v string) string {
		if v == "" {
			return "is empty"
		}
		return ""
	})
}

// Moment is a parameter that takes a time with an offset: without one PagerDuty
// guesses the zone.
func Moment() Param {
	return Each(func(v string) string {
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return fmt.Sprintf("is %q, not an RFC 3339 time with an offset", v)
		}
		return ""
	})
}

// MomentUTC is a parameter that takes a time in UTC, which ends in Z.
func MomentUTC() Param {
	return Each(func(v string) string {
		if _, err := time.Parse("2006-01-02T15:04:05Z", v); err != nil {
			return fmt.Sprintf("is %q, not a time in UTC", v)
		}
		return ""
	})
}

// Zone is a parameter that takes the name of a time zone.
func Zone() Param {
	return Each(func(v string) string {
		if _, err := time.LoadLocation(v); err != nil || v == "" {
			return fmt.Sprintf("is %q, not a time zone", v)
		}
		return ""
	})
}
