package pcl

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// node is a part of a condition: it has a value, a bool where it is a condition
// and nil where there is none.
type node interface{ value(scope) any }

type (
	constant struct{ is any } // a string, float64, bool or time.Time
	clock    struct{}         // now
	count    struct{}         // of events
	path     struct{ steps string }
	presence struct{ of path }
	negation struct{ of node }
	both     struct{ left, right node }
	either   struct{ left, right node }
	ordering struct {
		left, right node
		operator    string
	}
	matching struct {
		left, right   node
		part, exactly bool
	}
	expression struct {
		of      node
		pattern *regexp.Regexp
	}
)

func (c constant) value(scope) any { return c.is }

func (clock) value(in scope) any { return in.now }

func (count) value(scope) any { return 1.0 }

func (n negation) value(in scope) any { return n.of.value(in) != true }

func (b both) value(in scope) any { return b.left.value(in) == true && b.right.value(in) == true }

func (e either) value(in scope) any { return e.left.value(in) == true || e.right.value(in) == true }

func (p path) value(in scope) any {
	found, _ := p.find(in)
	return found
}

func (p presence) value(in scope) any {
	_, ok := p.of.find(in)
	return ok
}

// find follows a path from event; raw_event and cache_var hold nothing here
// unless the event has members of these names.
func (p path) find(in scope) (any, bool) {
	var at any = in.event
	for n, step := range strings.Split(p.steps, "\x00") {
		if n == 0 && step == "event" {
			continue
		}
		switch holder := at.(type) {
		case map[string]any:
			member, ok := holder[step]
			if !ok {
				return nil, false
			}
			at = member
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(holder) {
				return nil, false
			}
			at = holder[i]
		default:
			return nil, false
		}
	}
	return at, true
}

func (m matching) value(in scope) any {
	left, right := m.left.value(in), m.right.value(in)
	if left == nil || right == nil {
		return false
	}
	a, b := written(left), written(right)
	if !m.exactly {
		a, b = strings.ToLower(a), strings.ToLower(b)
	}
	if m.part {
		return strings.Contains(a, b)
	}
	return a == b
}

func (e expression) value(in scope) any {
	left := e.of.value(in)
	return left != nil && e.pattern.MatchString(written(left))
}

func (o ordering) value(in scope) any {
	left, right := o.left.value(in), o.right.value(in)
	if x, ok := number(left); ok {
		y, ok := number(right)
		return ok && o.holds(cmp.Compare(x, y))
	}
	if x, ok := left.(time.Time); ok {
		y, ok := right.(time.Time)
		return ok && o.holds(x.Compare(y))
	}
	return o.operator == "==" && written(left) == written(right) && sameKind(left, right)
}

func (o ordering) holds(order int) bool {
	switch o.operator {
	case ">":
		return order > 0
	case ">=":
		return order >= 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	}
	return order == 0
}

func sameKind(a, b any) bool {
	_, text := a.(string)
	_, other := b.(string)
	return text == other
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int:
		return float64(v), true
	case json.Number:
		f, err := v.Float64()
		return f, err == nil
	}
	return 0, false
}

// written is a value as the text that it is compared as.
func written(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	data, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(data)
}
