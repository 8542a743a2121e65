package sandbox

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shape checks a value of a body and adds what is wrong with it to problems.
type shape func(at string, value any, problems *[]string)

// member is a key of an object.
type member struct {
	shape    shape
	required bool
}

func req(s shape) member { return member{s, true} }
func opt(s shape) member { return member{s, false} }

// object allows the members named and no others.
func object(members map[string]member) shape {
	return func(at string, value any, problems *[]string) {
		o, ok := value.(obj)
		if !ok {
			wrong(problems, at, "an object", value)
			return
		}
		for _, name := range slices.Sorted(maps.Keys(o)) {
			if m, ok := members[name]; ok {
				m.shape(at+"."+name, o[name], problems)
			} else {
				*problems = append(*problems, fmt.Sprintf("sandbox: %s.%s is not a key of this operation's body", at, name))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			if _, ok := o[name]; members[name].required && !ok {
				*problems = append(*problems, fmt.Sprintf("%s.%s is required", at, name))
			}
		}
	}
}

// envelope is the object with one member that bodies come in.
func envelope(name string, s shape) shape { return object(map[string]member{name: req(s)}) }

// list is a list of one to so many items.
func list(most int, item shape) shape {
	return func(at string, value any, problems *[]string) {
		items, ok := value.([]any)
		if !ok {
			wrong(problems, at, "a list", value)
			return
		}
		if len(items) < 1 || len(items) > most {
			*problems = append(*problems, fmt.Sprintf("%s has %d items, not 1 to %d", at, len(items), most))
		}
		for i, v := range items {
			item(fmt.Sprintf("%s[%d]", at, i), v, problems)
		}
	}
}

// text is a string of up to so many characters; empty and null are refused.
func text(most int) shape {
	return func(at string, value any, problems *[]string) {
		s, ok := value.(string)
		switch n := len([]rune(s)); {
		case !ok:
			wrong(problems, at, "a string", value)
		case n < 1 || n > most:
			*problems = append(*problems, fmt.Sprintf("%s has %d characters, not 1 to %d", at, n, most))
		}
	}
}

func enum(values ...string) shape {
	return func(at string, value any, problems *[]string) {
		if s, ok := value.(string); !ok || !slices.Contains(values, s) {
			wrong(problems, at, "one of "+strings.Join(values, ", "), value)
		}
	}
}

// integer is a whole number from 1 to most.
func integer(most int) shape {
	return func(at string, value any, problems *[]string) {
		if f, ok := value.(float64); !ok || f != float64(int(f)) || int(f) < 1 || int(f) > most {
			wrong(problems, at, fmt.Sprintf("an integer from 1 to %d", most), value)
		}
	}
}

// reference is {"id", "type"}, as PagerDuty wants every reference sent.
func reference(types ...string) shape {
	return object(map[string]member{"id": req(text(64)), "type": req(enum(types...))})
}

func wrong(problems *[]string, at, want string, got any) {
	*problems = append(*problems, fmt.Sprintf("%s is not %s: %.60v", at, want, got))
}

// param checks the values of one query parameter.
type param func(values []string) string

// params are the query parameters of an operation; no others are allowed.
type params map[string]param

func (p params) with(more params) params {
	all := maps.Clone(p)
	maps.Copy(all, more)
	return all
}

func (p params) check(q url.Values) []string {
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(q)) {
		check, ok := p[name]
		if !ok {
			problems = append(problems, fmt.Sprintf("sandbox: %q is not a query parameter of this operation", name))
			continue
		}
		if !strings.HasSuffix(name, "[]") && len(q[name]) > 1 {
			problems = append(problems, fmt.Sprintf("sandbox: %q is given %d times", name, len(q[name])))
		}
		if problem := check(q[name]); problem != "" {
			problems = append(problems, fmt.Sprintf("%s %s", name, problem))
		}
	}
	return problems
}

var classicPaging = params{"limit": whole(1, 100), "offset": whole(0, 10_000), "total": among("true", "false")}

// each makes a param of a check of one value.
func each(check func(string) string) param {
	return func(values []string) string {
		for _, v := range values {
			if problem := check(v); problem != "" {
				return problem
			}
		}
		return ""
	}
}

func among(allowed ...string) param {
	return each(func(v string) string {
		if !slices.Contains(allowed, v) {
			return fmt.Sprintf("is %q, not one of %s", v, strings.Join(allowed, ", "))
		}
		return ""
	})
}

func whole(least, most int) param {
	return each(func(v string) string {
		if n, err := strconv.Atoi(v); err != nil || n < least || n > most {
			return fmt.Sprintf("is %q, not an integer from %d to %d", v, least, most)
		}
		return ""
	})
}

func ids() param {
	return each(func(v string) string {
		if v == "" || strings.ContainsAny(v, " /?#") {
			return fmt.Sprintf("is %q, not an id", v)
		}
		return ""
	})
}

func words() param {
	return each(func(v string) string {
		if v == "" {
			return "is empty"
		}
		return ""
	})
}

// moment is a time with an offset: without one PagerDuty guesses the zone.
func moment() param {
	return each(func(v string) string {
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return fmt.Sprintf("is %q, not an RFC 3339 time with an offset", v)
		}
		return ""
	})
}

// maybeEmpty is a string of up to so many characters, or none; null is refused.
func maybeEmpty(most int) shape {
	return func(at string, value any, problems *[]string) {
		if value != "" {
			text(most)(at, value, problems)
		}
	}
}

func orNull(s shape) shape {
	return func(at string, value any, problems *[]string) {
		if value != nil {
			s(at, value, problems)
		}
	}
}

// oneOf is a value that one of several shapes fits.
func oneOf(what string, shapes ...shape) shape {
	return func(at string, value any, problems *[]string) {
		for _, s := range shapes {
			var wrong []string
			if s(at, value, &wrong); len(wrong) == 0 {
				return
			}
		}
		wrong(problems, at, "any form of "+what, value)
	}
}

func zone(at string, value any, problems *[]string) {
	name, ok := value.(string)
	if _, err := time.LoadLocation(name); !ok || name == "" || err != nil {
		wrong(problems, at, "a time zone", value)
	}
}

func timeOfDay(at string, value any, problems *[]string) {
	s, ok := value.(string)
	if _, err := time.Parse(time.TimeOnly, s); !ok || err != nil {
		wrong(problems, at, "a time of day such as 09:00:00", value)
	}
}

// instant is a time with an offset.
func instant(at string, value any, problems *[]string) {
	s, ok := value.(string)
	if _, err := time.Parse(time.RFC3339, s); !ok || err != nil {
		wrong(problems, at, "an RFC 3339 time with an offset", value)
	}
}

func zones() param {
	return each(func(v string) string {
		if _, err := time.LoadLocation(v); err != nil || v == "" {
			return fmt.Sprintf("is %q, not a time zone", v)
		}
		return ""
	})
}
