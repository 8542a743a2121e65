package input

import (
	"strings"
	"unicode"
)

// snake writes a name with underscores: serviceIds, service-ids, "service ids" and
// service_ids[] are service_ids.
func snake(name string) string {
	var out []rune
	var before rune
	for _, r := range strings.TrimSuffix(strings.TrimSpace(name), "[]") {
		switch {
		case unicode.IsUpper(r) && (unicode.IsLower(before) || unicode.IsDigit(before)):
			out = append(out, '_', unicode.ToLower(r))
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			out = append(out, unicode.ToLower(r))
		case len(out) > 0 && out[len(out)-1] != '_':
			out = append(out, '_')
		}
		before = r
	}
	return strings.TrimSuffix(string(out), "_")
}

// singular is a snake name with its last word in the singular.
func singular(name string) string {
	switch {
	case strings.HasSuffix(name, "ies") && len(name) > 4:
		return strings.TrimSuffix(name, "ies") + "y"
	case strings.HasSuffix(name, "statuses"):
		return strings.TrimSuffix(name, "es")
	case strings.HasSuffix(name, "ss"), strings.HasSuffix(name, "us"), strings.HasSuffix(name, "is"), len(name) < 3:
		return name
	}
	return strings.TrimSuffix(name, "s")
}

// subject is what a snake name of a reference refers to: service_ids, service_name
// and services are service.
func subject(name string) string {
	name = singular(name)
	for _, suffix := range []string{"_list", "_id", "_name", "_email", "_number", "_reference", "_ref", "_url"} {
		if cut, ok := strings.CutSuffix(name, suffix); ok && cut != "" {
			return subject(cut)
		}
	}
	return name
}
