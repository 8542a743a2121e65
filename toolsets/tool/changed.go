package tool

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// maxChangedText bounds a text that was changed, in characters, before and after.
const maxChangedText = 300

// ShowChange returns an object as it is after a change, and has the result say which
// of the fields that are shown changed, from what to what, and what else is to know.
func ShowChange[T, S any](c *Call, change pdapi.Change[T], show func(T) S) S {
	before, after := reflect.ValueOf(show(change.Before)), show(change.After)
	changed := 0
	for name, f := range shownFields(before.Type()) {
		from, to := before.FieldByIndex(f.Index), reflect.ValueOf(after).FieldByIndex(f.Index)
		if name != "id" && name != "url" && !reflect.DeepEqual(from.Interface(), to.Interface()) {
			c.Changed(name, from.Interface(), to.Interface())
			changed++
		}
	}
	if changed == 0 {
		c.NothingChanged()
	}
	c.Meanwhile(change.Others)
	if len(change.NotAsSent) > 0 {
		c.Note("PagerDuty shows %s otherwise than it was sent; what is shown here is what PagerDuty has.", strings.Join(change.NotAsSent, ", "))
	}
	if change.Reread {
		c.Note("PagerDuty's answer to the change was lost or empty; it was read again and is shown as it is now.")
	}
	return after
}

// Changed has the result say that a field changed, from what to what.
func (c *Call) Changed(field string, from, to any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed = append(c.changed, changedField{"", field, brief(reflect.ValueOf(from)), brief(reflect.ValueOf(to))})
}

// NothingChanged notes that a change was not needed.
func (c *Call) NothingChanged() { c.Note("It was like that before: nothing has changed.") }

// brief is a value of a result, texts in it cut. What is not there is "".
func brief(v reflect.Value) any {
	if !v.IsValid() || v.IsZero() && v.Kind() != reflect.Int && v.Kind() != reflect.Bool {
		return ""
	}
	data, err := json.Marshal(v.Interface())
	if err != nil {
		return fmt.Sprint(v.Interface())
	}
	return wording.ExcerptJSON(data, maxChangedText)
}
