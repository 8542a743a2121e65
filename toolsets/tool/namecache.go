package tool

import (
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

const (
	// nameMemory is how long tools that only read believe what was looked up. Tools
	// that write look up anew.
	nameMemory = time.Minute
	// rareMemory is the same for kinds of objects that hardly ever change.
	rareMemory = 10 * time.Minute
	// maxNameMemory bounds what is remembered, in bytes.
	maxNameMemory = 4 << 20
	// maxSaidName is how much of a name is said or remembered with an id, in characters.
	maxSaidName = 80
)

// nameCache is what a session has learned of names and ids. Its zero value is
// ready to use.
type nameCache struct {
	mu       sync.Mutex
	searches map[searchKey]foundBefore
	ids      map[string]knownObject // by the ids that PagerDuty knows
	size     int                    // of both, in bytes, about
	epoch    int                    // counts the writes: what was asked before one is not kept after it
}

// knownObject is an object that PagerDuty is known to have.
type knownObject struct {
	kind *kind.Kind
	name string // as it was shown last, cut; "" if it was not shown
}

type searchKey struct {
	kind *kind.Kind
	text string
}

type foundBefore struct {
	found []kind.Candidate
	whole bool
	at    time.Time
}

// search returns what a search found lately, if it was made.
func (c *nameCache) search(k *kind.Kind, text string, now time.Time) (f foundBefore, ok bool) {
	memory := nameMemory
	if k.Rare {
		memory = rareMemory
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	f, ok = c.searches[searchKey{k, text}]
	return f, ok && now.Sub(f.at) < memory
}

// now returns the epoch, to be handed to [nameCache.keep].
func (c *nameCache) now() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.epoch
}

// keep remembers a search that began in an epoch.
func (c *nameCache) keep(epoch int, k *kind.Kind, text string, f foundBefore) {
	size := len(text) + 100
	for _, found := range f.found {
		size += len(found.ID) + len(found.Name) + len(found.Email) + len(found.About) + 100
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if epoch != c.epoch || !c.makeRoom(size) {
		return
	}
	if c.searches == nil {
		c.searches = map[searchKey]foundBefore{}
	}
	c.searches[searchKey{k, text}] = f
}

// hasID reports whether PagerDuty is known to know an object of a kind by an id. That
// it knows the id of something else is no reason to take it for this.
func (c *nameCache) hasID(k *kind.Kind, id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return k != nil && c.ids[id].kind == k
}

// nameOf is the name that an object was last shown with; "" if it is not known. It may
// have another one by now, so that it is for people to read and decides nothing.
func (c *nameCache) nameOf(id string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ids[id].name
}

// known is an object that PagerDuty is known to have by an id; of others it has no kind.
func (c *nameCache) known(id string) knownObject {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ids[id]
}

// keepID remembers that PagerDuty knows an object of a kind by an id, and its name if
// that is known.
func (c *nameCache) keepID(k *kind.Kind, id, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(k, id, name)
}

func (c *nameCache) add(k *kind.Kind, id, name string) {
	name = strings.Clone(wording.Shorten(name, maxSaidName)) // not to keep alive what it was cut from
	before, known := c.ids[id]
	if k == nil || known && (before.kind != k || name == "" || name == before.name) {
		return
	}
	if !c.makeRoom(idSize(id, name)) {
		return
	}
	if c.ids == nil {
		c.ids = map[string]knownObject{}
	}
	c.ids[id] = knownObject{k, name}
}

// makeRoom reports whether so many bytes fit in, if need be after everything else
// is forgotten.
func (c *nameCache) makeRoom(size int) bool {
	if size > maxNameMemory/4 {
		return false
	}
	if c.size+size > maxNameMemory {
		c.searches, c.ids, c.size = nil, nil, 0
	}
	c.size += size
	return true
}

// forget drops what was found by name: a write may have changed it. Ids stay what
// they are, and PagerDuty never gives one out again.
func (c *nameCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.searches = nil
	c.size = 0
	for id, known := range c.ids {
		c.size += idSize(id, known.name)
	}
	c.epoch++
}

// learn remembers the ids in a result: what PagerDuty sent as the id of a record is
// one, whatever it looks like. JSON that is shown as it came does not count, since
// strangers write it: the details of an event may have a member "id", too.
func (c *nameCache) learn(result any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.learnFrom(nil, reflect.ValueOf(result))
}

// learnFrom goes through a value that stands for an object of a kind, or nil if that is
// not known.
func (c *nameCache) learnFrom(k *kind.Kind, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			c.learnFrom(k, v.Elem())
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			c.learnFrom(k, v.Index(i))
		}
	case reflect.Struct:
		t := v.Type()
		if t.PkgPath() == "time" {
			return
		}
		id, label := "", ""
		for i := range v.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			switch field := v.Field(i); {
			case field.Kind() != reflect.String:
				c.learnFrom(inside(k, name, v, i), field)
			case name == "id":
				id = field.String()
			case name == "name" || name == "title" || name == "summary":
				label = field.String()
			}
		}
		if id != "" && len(id) <= 36 {
			c.add(k, id, label)
		}
	}
}

func idSize(id, name string) int { return len(id) + len(name) + 70 }

// memberKind is the kind of the objects that a member of a result stands for, by its
// name; nil if it is not known.
func memberKind(name string) *kind.Kind {
	switch name {
	case "incident", "incidents":
		return &kind.Incident
	case "service", "services":
		return &kind.Service
	case "user", "users", "assigned_to", "members", "responders": // what somebody did may be an integration's doing
		return &kind.User
	case "team", "teams":
		return &kind.Team
	case "schedule", "schedules":
		return &kind.Schedule
	case "escalation_policy", "escalation_policies":
		return &kind.EscalationPolicy
	case "priority":
		return &kind.Priority
	case "orchestrations":
		return &kind.Orchestration
	case "alert_grouping_settings":
		return &kind.GroupingSetting
	}
	return nil
}

// inside is the kind of what a field of a struct stands for: what its name says; for an
// embedded struct, what the struct itself stands for; for the items of a list, what the
// list's name says.
func inside(k *kind.Kind, name string, v reflect.Value, field int) *kind.Kind {
	switch {
	case name != "":
		return memberKind(name)
	case v.Type().Field(field).Anonymous:
		return k
	case v.Type().Field(field).Name == "Items":
		if of := v.FieldByName("Name"); of.IsValid() && of.Kind() == reflect.String {
			return memberKind(of.String())
		}
	}
	return nil
}
