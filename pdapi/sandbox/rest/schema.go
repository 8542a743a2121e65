package rest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Schema says what a value of a body must be like.
type Schema struct {
	check    func(at string, value any, problems *[]string) // adds what is wrong
	required bool
}

// Fields are the keys of an object. They may be left out unless [Schema.Required].
type Fields map[string]*Schema

// With is the fields and more, or others in their place.
func (f Fields) With(more Fields) Fields {
	all := maps.Clone(f)
	maps.Copy(all, more)
	return all
}

func custom(check func(at string, value any, problems *[]string)) *Schema {
	return &Schema{check: check}
}

// Required is the schema of a key that may not be left out.
func (s *Schema) Required() *Schema { return &Schema{s.check, true} }

// OrNull is the schema of a value that may be null.
func (s *Schema) OrNull() *Schema {
	return &Schema{required: s.required, check: func(at string, value any, problems *[]string) {
		if value != nil {
			s.check(at, value, problems)
		}
	}}
}

// OrEmpty is the schema of a value that may be "".
func (s *Schema) OrEmpty() *Schema {
	return &Schema{required: s.required, check: func(at string, value any, problems *[]string) {
		if value != "" {
			s.check(at, value, problems)
		}
	}}
}

// Anything is any value: a handler checks it.
func Anything() *Schema { return custom(func(string, any, *[]string) {}) }

// Map is an object with the fields named and no others.
func Map(fields Fields) *Schema {
	return custom(func(at string, value any, problems *[]string) {
		o, ok := value.(Object)
		if !ok {
			wrong(problems, at, "an object", value)
			return
		}
		for _, name := range slices.Sorted(maps.Keys(o)) {
			if s, ok := fields[name]; ok {
				s.check(at+"."+name, o[name], problems)
			} else {
				*problems = append(*problems, fmt.Sprintf("sandbox: %s.%s is not a key of this operation's body", at, name))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if _, ok := o[name]; fields[name].required && !ok {
				*problems = append(*problems, fmt.Sprintf("%s.%s is required", at, name))
			}
		}
	})
}

// Envelope is the object with one member that bodies come in.
func Envelope(name string, s *Schema) *Schema { return Map(Fields{name: s.Required()}) }

// List is a list of one to so many items.
func List(most int, item *Schema) *Schema { return ListOf(1, most, item) }

// ListOf is a list of least to most items.
func ListOf(least, most int, item *Schema) *Schema {
	return custom(func(at string, value any, problems *[]string) {
		items, ok := value.([]any)
		if !ok {
			wrong(problems, at, "a list", value)
			return
		}
		if len(items) < least || len(items) > most {
			*problems = append(*problems, fmt.Sprintf("%s has %d items, not %d to %d", at, len(items), least, most))
		}
		for i, v := range items {
			item.check(fmt.Sprintf("%s[%d]", at, i), v, problems)
		}
	})
}

// String is a text of one to so many characters.
func String(most int) *Schema {
	return custom(func(at string, value any, problems *[]string) {
		s, ok := value.(string)
		switch n := len([]rune(s)); {
		case !ok:
			wrong(problems, at, "a string", value)
		case n < 1 || n > most:
			*problems = append(*problems, fmt.Sprintf("%s has %d characters, not 1 to %d", at, n, most))
		}
	})
}

// Enum is one of the texts named.
func Enum(values ...string) *Schema {
	return custom(func(at string, value any, problems *[]string) {
		if s, ok := value.(string); !ok || !slices.Contains(values, s) {
			wrong(problems, at, "one of "+strings.Join(values, ", "), value)
		}
	})
}

// Integer is a whole number from 1 to most.
func Integer(most int) *Schema {
	return custom(func(at string, value any, problems *[]string) {
		if f, ok := value.(float64); !ok || f != float64(int(f)) || int(f) < 1 || int(f) > most {
			wrong(problems, at, fmt.Sprintf("an integer from 1 to %d", most), value)
		}
	})
}

// Number is a number that is allowed.
func Number(what string, allowed func(float64) bool) *Schema {
	return custom(func(at string, value any, problems *[]string) {
		if f, ok := value.(float64); !ok || !allowed(f) {
			wrong(problems, at, what, value)
		}
	})
}

// Reference is {"id", "type"}, as PagerDuty wants every reference sent.
func Reference(types ...string) *Schema {
	return Map(Fields{"id": String(64).Required(), "type": Enum(types...).Required()})
}

// OneOf is a value that one of several schemas fits.
func OneOf(what string, schemas ...*Schema) *Schema {
	return custom(func(at string, value any, problems *[]string) {
		for _, s := range schemas {
			var wrong []string
			if s.check(at, value, &wrong); len(wrong) == 0 {
				return
			}
		}
		wrong(problems, at, "any form of "+what, value)
	})
}

// ZoneName is the name of a time zone.
func ZoneName() *Schema {
	return parsed("a time zone", func(s string) error {
		if s == "" {
			return fmt.Errorf("empty")
		}
		_, err := time.LoadLocation(s)
		return err
	})
}

// TimeOfDay is a time of day such as 09:00:00.
func TimeOfDay() *Schema {
	return parsed("a time of day such as 09:00:00", func(s string) error {
		_, err := time.Parse(time.TimeOnly, s)
		return err
	})
}

// Instant is a time with an offset.
func Instant() *Schema {
	return parsed("an RFC 3339 time with an offset", func(s string) error {
		_, err := time.Parse(time.RFC3339, s)
		return err
	})
}

// parsed is a text that can be parsed.
func parsed(what string, parse func(string) error) *Schema {
	return custom(func(at string, value any, problems *[]string) {
		if s, ok := value.(string); !ok || parse(s) != nil {
			wrong(problems, at, what, value)
		}
	})
}

func wrong(problems *[]string, at, want string, got any) {
	*problems = append(*problems, fmt.Sprintf("%s is not %s: %.60v", at, want, got))
}
