// Package pcl reads PagerDuty's Condition Language, in which the rules of event
// orchestrations say which events they are for:
//
//	event.summary matches part 'disk' and not (event.severity matches 'info')
//	now in Mon,Tue,Wed,Thu,Fri 09:00:00 to 17:00:00 America/New_York
//
// https://developer.pagerduty.com/docs/pcl-overview
package pcl

import (
	"errors"
	"fmt"
	"time"
)

// deepest is how many parentheses and nots may be inside each other. PagerDuty
// documents no limit; this one bounds the reader's recursion.
const deepest = 100

// Expression is a condition that was read.
type Expression struct{ root node }

// Parse reads a condition. Its error says what is wrong, at which character, and
// how to write it instead.
func Parse(s string) (*Expression, error) {
	tokens, err := scan(s)
	if err != nil {
		return nil, err
	}
	if len(tokens) == 0 {
		return nil, errors.New("the condition is empty; write one such as event.summary matches part 'database'")
	}
	p := &parser{tokens: tokens}
	root, err := p.or()
	if err != nil {
		return nil, err
	}
	if t, more := p.peek(); more {
		return nil, t.wrong("what came before is a whole condition; join conditions with and, or")
	}
	return &Expression{root}, nil
}

// Match reports whether an event fits the condition at a time. Of what the event
// does not hold, nothing fits. Counts of events know only this one.
func (e *Expression) Match(event map[string]any, now time.Time) bool {
	fits, _ := e.root.value(scope{event, now}).(bool)
	return fits
}

// scope is what a condition is evaluated in.
type scope struct {
	event map[string]any
	now   time.Time
}

// wrong is an error about a token.
func (t token) wrong(format string, args ...any) error {
	return fmt.Errorf("at character %d, %s: %s", t.at, t.shown(), fmt.Sprintf(format, args...))
}

func (t token) shown() string {
	if t.kind == text {
		return "'" + t.text + "'"
	}
	return fmt.Sprintf("%q", t.text)
}
