// Package pdapi is a client for PagerDuty's REST API v2, written by hand for
// the calls this project makes. It knows nothing of tools or of MCP.
//
// A [Reader] can only read; a [Client] is a Reader that can also write. Every
// call takes a context, is retried where repeating it is safe, and fails with
// an [*Error] (PagerDuty answered) or a [*TransportError] (it did not).
//
// A client belongs to one credential: what it remembers, the requests it shares
// and the rate limit it keeps to are its own. Connections, and the locks on what
// is being changed, belong to a [Pool], which all clients of a process may share.
package pdapi

import (
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// EUHost is the base URL of the API for accounts in PagerDuty's EU service region.
const EUHost = "https://api.eu.pagerduty.com"

// What a client goes by unless its Config says otherwise.
const (
	DefaultHost           = "https://api.pagerduty.com"
	DefaultAttemptTimeout = 20 * time.Second
	DefaultCallTimeout    = 45 * time.Second
)

// Config says which account to talk to, as whom, and how patiently.
type Config struct {
	// Host is the base URL of the API, [DefaultHost] when empty. EU accounts
	// use https://api.eu.pagerduty.com. See [CheckHost] for what is allowed.
	Host string
	// AllowedHosts are hosts besides PagerDuty's that Host may name, each with its
	// port unless that is 443: proxies of one's own, which get to see the key.
	AllowedHosts []string
	// Key authenticates every request.
	Key Key
	// From is the login e-mail of the user who acts. PagerDuty wants it with
	// account-level keys, which name no user; see [Reader.Me].
	From string
	// UserAgent names this program and its version to PagerDuty.
	UserAgent string
	// AttemptTimeout bounds one HTTP exchange, answer read included;
	// CallTimeout one call with all its retries and waits.
	AttemptTimeout, CallTimeout time.Duration
	// Logger gets a debug line for each request: method, path without ids and
	// query, status, duration. Nil logs nothing.
	Logger *slog.Logger
	// Waiting is told when a request waits for a second or longer, and why: PagerDuty's
	// rate limit, or a failure after which it is sent again. It may be nil, and must not
	// block.
	Waiting func(why string, wait time.Duration)
	// Observe is told of every HTTP exchange. It may be nil.
	Observe Observer
	// Transport sends the requests. Clients that share a [Pool] share its
	// connections and its locks. Nil is a pool of the client's own.
	Transport http.RoundTripper
	// Now is the clock for ranges of time that a filter leaves open; nil is
	// [time.Now].
	Now func() time.Time
}

// A Reader makes the calls that change nothing. It is a small value: copies
// talk to the same account as the same user.
type Reader struct {
	*conn
	progress func(done, of int)
	odd      func(Odd)
	lockdown func()  // see [Reader.WithLockdown]; nil leaves nothing out
	remember *Memory // gets the answers to reads; may be nil
	recall   *Memory // has answers that need not be read again; may be nil
	writes   *Writes // gets what is written; may be nil
}

// A Client makes every call.
type Client struct{ Reader }

// conn is what all copies of a Reader or Client share.
type conn struct {
	base           string
	key            Key
	from           string
	agent          string
	callTimeout    time.Duration
	attemptTimeout time.Duration
	log            *slog.Logger
	transport      http.RoundTripper
	now            func() time.Time
	locks          *locks
	budget         budget
	flights        flights
	me             identity
	observer       Observer                             // may be nil
	waiting        func(why string, wait time.Duration) // never nil
	epoch          atomic.Uint64                        // see [Reader.Epoch]
}

// New returns a client, or an error that says what is wrong with cfg. It opens
// no connection: the first call does.
func New(cfg Config) (Client, error) {
	if cfg.Host == "" {
		cfg.Host = DefaultHost
	}
	base, err := CheckHost(cfg.Host, cfg.AllowedHosts...)
	if err != nil {
		return Client{}, err
	}
	if cfg.Key.IsZero() {
		return Client{}, errors.New("no PagerDuty API key")
	}
	if cfg.AttemptTimeout == 0 {
		cfg.AttemptTimeout = DefaultAttemptTimeout
	}
	if cfg.CallTimeout == 0 {
		cfg.CallTimeout = DefaultCallTimeout
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Waiting == nil {
		cfg.Waiting = func(string, time.Duration) {}
	}
	if cfg.Transport == nil {
		cfg.Transport = NewPool()
	}
	shared := &locks{}
	if pool, ok := cfg.Transport.(*Pool); ok {
		shared = &pool.locks
	}
	return Client{Reader{conn: &conn{
		base: base, key: cfg.Key, from: cfg.From, agent: cfg.UserAgent, log: cfg.Logger,
		callTimeout: cfg.CallTimeout, attemptTimeout: cfg.AttemptTimeout,
		transport: cfg.Transport, locks: shared, now: cfg.Now, waiting: cfg.Waiting, observer: cfg.Observe,
		budget: budget{waits: func(wait time.Duration) { tellWait(cfg.Waiting, rateLimit, wait) }},
	}}}, nil
}

// WithProgress returns a reader whose lists of several pages report how many
// records they are through with, of how many. The function is called from the
// goroutine that walks the list.
func (r Reader) WithProgress(report func(done, of int)) Reader {
	r.progress = report
	return r
}

// WithProgress is [Reader.WithProgress] for a client.
func (c Client) WithProgress(report func(done, of int)) Client {
	return Client{c.Reader.WithProgress(report)}
}

// Progress reports how far a call of several requests is, to the function that
// was given to [Reader.WithProgress].
func (r Reader) Progress(done, of int) {
	if r.progress != nil {
		r.progress(done, of)
	}
}

// Room is how many calls may be under way side by side, out of as many as a caller
// would make: two when little is left of PagerDuty's rate limit, so that they don't
// take it from others.
func (r Reader) Room(most int) int {
	if r.budget.low() {
		return min(most, 2)
	}
	return most
}

// WithOdd returns a reader that reports the fields of answers that it could not
// read, because their values are of an unexpected type. The function is called
// from the goroutine that makes the call.
func (r Reader) WithOdd(report func(Odd)) Reader {
	r.odd = report
	return r
}

// WithOdd is [Reader.WithOdd] for a client.
func (c Client) WithOdd(report func(Odd)) Client {
	return Client{c.Reader.WithOdd(report)}
}

func (r Reader) reportOdd(fields []Odd) {
	if r.odd == nil {
		return
	}
	for _, f := range fields {
		r.odd(f)
	}
}

// Epoch counts the writes that this client has been through with, those that
// failed included: what was read while it was another number may be outdated.
func (r Reader) Epoch() uint64 { return r.epoch.Load() }
