// Package doctor finds out what will not work, and says how to mend it: the key, the
// way to PagerDuty, what the account allows, and the configurations of MCP clients.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/cli/clients"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// State is how a check came out.
type State string

// The states of checks. A warning is something that works and could be better, or that
// can't be found out.
const (
	OK      State = "ok"
	Warning State = "warning"
	Failed  State = "failed"
	Skipped State = "skipped" // because of what failed before
)

// A Line is one check and what it found.
type Line struct {
	Check string `json:"check"`
	State State  `json:"state"`
	Found string `json:"found"`
	Fix   string `json:"fix,omitzero"`
}

// A Setting is a value that was asked for, and why it can't be used.
type Setting struct {
	Value string
	Err   error
}

// Options say what to examine.
type Options struct {
	// Key is the key, with the name of where it is from, or why there is none.
	Key     pdapi.Key
	KeyFrom Setting
	// KeyNotes are what else there is to say about it.
	KeyNotes []string
	// Host is the API's base URL; Other is another region's, to which the key may
	// belong instead, or empty.
	Host  Setting
	Other string
	// From is the login e-mail of who acts, if one is set.
	From Setting
	// Proxy is what HTTPS_PROXY names, without a password. Certificates is the file
	// that SSL_CERT_FILE names.
	Proxy, Certificates Setting
	// Config is the rest of what clients of the API need.
	Config pdapi.Config
	// Simulated is set for a simulated account.
	Simulated bool
	// Sets are the toolsets that have to work, with the tools that are wanted.
	Sets []tool.Set
	// Write is set if changes have to work, too.
	Write bool
	// System says where the configurations of clients are.
	System clients.System
	// Explain says what an error of a call means, and what to do.
	Explain func(error) string
	// Now is the clock of this computer; nil is [time.Now].
	Now func() time.Time
}

// examination is a run of all checks.
type examination struct {
	Options
	mu    sync.Mutex
	lines []Line
}

// Examine checks everything. It changes nothing at PagerDuty, and none of the lines
// shows the key.
func Examine(ctx context.Context, o Options) []Line {
	if o.Now == nil {
		o.Now = time.Now
	}
	x := &examination{Options: o}
	x.key()
	x.network()
	if reader, ok := x.reader(); ok {
		x.account(ctx, reader)
	}
	x.clients()
	for i := range x.lines { // whatever an error may have said
		x.lines[i].Found, x.lines[i].Fix = x.Key.Redact(x.lines[i].Found), x.Key.Redact(x.lines[i].Fix)
	}
	return x.lines
}

// Healthy reports whether all that was examined will work.
func Healthy(lines []Line) bool {
	for _, l := range lines {
		if l.State == Failed {
			return false
		}
	}
	return true
}

func (x *examination) say(check string, state State, found, fix string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.lines = append(x.lines, Line{check, state, found, fix})
}

// newKey says how to come by a key.
const newKey = "make one in PagerDuty under My Profile > User Settings > Create API User Token, and store it: pagerduty-mcp auth login"

func (x *examination) key() {
	switch {
	case x.Simulated:
		x.say("key", OK, "none is needed: the account is a simulated one", "")
	case x.KeyFrom.Err != nil:
		found, _, _ := strings.Cut(x.KeyFrom.Err.Error(), "\n")
		x.say("key", Failed, found, newKey+". What works without one: pagerduty-mcp doctor --sandbox")
	default:
		x.say("key", OK, fmt.Sprintf("%s, from %s", x.Key.Kind(), x.KeyFrom.Value), "")
	}
	for _, note := range x.KeyNotes {
		found, fix, _ := strings.Cut(note, "; ")
		x.say("key", Warning, found, fix)
	}
}

// network looks at what stands between here and PagerDuty.
func (x *examination) network() {
	switch {
	case x.Proxy.Err != nil:
		x.say("proxy", Failed, x.Proxy.Err.Error(), "correct HTTPS_PROXY, or unset it")
	case x.Proxy.Value != "":
		x.say("proxy", OK, "requests go through "+x.Proxy.Value, "")
	}
	if file := x.Certificates.Value; file != "" {
		text, err := os.ReadFile(file)
		switch {
		case err != nil:
			x.say("certificates", Failed, "SSL_CERT_FILE can't be read: "+err.Error(), "correct SSL_CERT_FILE, or unset it to trust the system's certificates")
		case !strings.Contains(string(text), "-----BEGIN CERTIFICATE-----"):
			x.say("certificates", Failed, "SSL_CERT_FILE names "+file+", which has no certificate in PEM form", "name a file that begins with -----BEGIN CERTIFICATE-----")
		default:
			x.say("certificates", OK, "those in "+file+" are trusted, too (Linux)", "")
		}
	}
}

// reader is a client of the API, unless a setting is in its way.
func (x *examination) reader() (pdapi.Reader, bool) {
	if x.Host.Err != nil {
		x.say("host", Failed, x.Host.Err.Error(), "correct PAGERDUTY_API_HOST, or unset it for accounts in the US")
		return pdapi.Reader{}, false
	}
	reader, err := x.at(x.Host.Value)
	if err != nil {
		x.say("host", Failed, err.Error(), "")
		return pdapi.Reader{}, false
	}
	return reader, true
}

// at is a client of the API at a host. Without a key it uses one that PagerDuty
// refuses: whether it can be reached shows all the same.
func (x *examination) at(host string) (pdapi.Reader, error) {
	config := x.Config
	config.Host, config.Key = host, x.Key
	if config.Key.IsZero() {
		var err error
		if config.Key, err = pdapi.ParseKey("none-is-set"); err != nil {
			return pdapi.Reader{}, err
		}
	}
	if x.From.Err == nil {
		config.From = x.From.Value
	}
	client, err := pdapi.New(config)
	return client.Reader, err
}

// account asks PagerDuty who the key's owner is, and what the account allows.
func (x *examination) account(ctx context.Context, pd pdapi.Reader) {
	owner, contact, err := pd.Owner(ctx)
	var answer *pdapi.Error
	reached := err == nil || errors.As(err, &answer) && !answer.Foreign && !answer.Transient()
	if !reached {
		x.say("host", Failed, x.Host.Value+": "+x.Explain(err), "")
		x.say("account", Skipped, "PagerDuty could not be asked", "")
		return
	}
	x.say("host", OK, fmt.Sprintf("%s answers in %v", x.Host.Value, contact.Took.Round(time.Millisecond)), "")
	x.clock(contact)
	if x.Key.IsZero() {
		x.say("account", Skipped, "there is no key to ask with", "")
		return
	}
	if !x.whose(ctx, pd, owner, err) {
		return
	}
	x.allowed(ctx, pd)
}

// tolerance is how far apart clocks may be. PagerDuty's is known to the second, and
// half of the time that an answer took.
const tolerance = 30 * time.Second

func (x *examination) clock(c pdapi.Contact) {
	if c.Clock.IsZero() {
		return
	}
	off := x.Now().Add(-c.Took / 2).Sub(c.Clock).Round(time.Second)
	switch {
	case off.Abs() <= tolerance:
		x.say("clock", OK, "as PagerDuty's", "")
	case off > 0:
		x.say("clock", Warning, fmt.Sprintf("%v ahead of PagerDuty's, so that \"the last hour\" is not the last hour", off), "set this computer's clock by a time server")
	default:
		x.say("clock", Warning, fmt.Sprintf("%v behind PagerDuty's, so that \"the last hour\" misses the newest", -off), "set this computer's clock by a time server")
	}
}
