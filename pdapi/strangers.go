package pdapi

import (
	"reflect"
	"strings"
)

// WithLockdown returns a reader of whose answers the free texts are left out that people
// wrote whom nobody knows: whoever has an integration's key or e-mail address can send an
// event. These are the bodies of incidents, the details of alerts, changes and log entries, and
// notes that no user wrote, or that came in by e-mail. Titles and summaries stay. The
// function is called for each record that something was left out of, from the goroutine
// that makes the call. There is no way back: a reader that has it keeps it.
func (r Reader) WithLockdown(report func()) Reader {
	if before := r.lockdown; before != nil {
		inner := report
		report = func() { before(); inner() }
	}
	r.lockdown = report
	return r
}

// WithLockdown is [Reader.WithLockdown] for a client.
func (c Client) WithLockdown(report func()) Client { return Client{c.Reader.WithLockdown(report)} }

// fromStrangers is implemented by records that have such texts. It takes them out and
// reports whether there were any.
type fromStrangers interface{ withoutStrangers() bool }

func (i *Incident) withoutStrangers() bool {
	had := i.Body != nil
	i.Body = nil
	return had
}

func (a *Alert) withoutStrangers() bool {
	had := a.Body != nil
	a.Body = nil
	return had
}

func (c *ChangeEvent) withoutStrangers() bool {
	had := len(c.Details) > 0 || len(c.Links) > 0
	c.Details, c.Links = nil, nil
	return had
}

func (e *LogEntry) withoutStrangers() bool {
	had := e.EventDetails != nil
	e.EventDetails = nil
	if strings.HasPrefix(e.Type, "annotate") && !isOfUser(e.Agent, e.Channel.Type) {
		had = had || e.Note != "" || e.Channel.Summary != ""
		e.Note, e.Channel.Summary = "", ""
	}
	return had
}

func (n *Note) withoutStrangers() bool {
	had := n.Content != "" && !isOfUser(&n.User, n.Channel.Summary)
	if had {
		n.Content = ""
	}
	return had
}

// isOfUser reports whether what came by a channel was written by a user: not by a rule or
// an integration, nor by e-mail, where anybody can be written as the sender.
func isOfUser(by *Reference, channel string) bool {
	byMail := strings.Contains(strings.ToLower(strings.ReplaceAll(channel, "-", "")), "email")
	return by != nil && strings.TrimSuffix(by.Type, "_reference") == "user" && !byMail
}

// seal takes out of what was read what [Reader.WithLockdown] leaves out.
func (r Reader) seal(target any) {
	if r.lockdown != nil {
		r.sealValue(reflect.ValueOf(target))
	}
}

func (r Reader) sealValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			r.sealValue(v.Elem())
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			r.sealValue(v.Index(i))
		}
	case reflect.Struct:
		if record, ok := v.Addr().Interface().(fromStrangers); ok && record.withoutStrangers() {
			r.lockdown()
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				r.sealValue(v.Field(i))
			}
		}
	}
}
