package server

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Auth says whose PagerDuty credential a server over HTTP uses, and how callers prove who
// they are.
type Auth string

const (
	// AuthCaller uses the credential that each request brings.
	AuthCaller Auth = "caller"
	// AuthSecret uses the server's own key, for callers who have a secret.
	AuthSecret Auth = "secret"
	// AuthNone uses the server's own key for whoever can reach it.
	AuthNone Auth = "none"
)

// Auths are the values of [Auth].
var Auths = []string{string(AuthCaller), string(AuthSecret), string(AuthNone)}

const (
	headerCredential    = "X-Pagerduty-Token"
	headerAuthorization = "Authorization"
	challengeSecret     = `Bearer realm="pagerduty-mcp"`
	challengeCredential = `Token realm="pagerduty-mcp"`
)

// access is who calls, and what keeps them from changing anything.
type access struct {
	by       *caller
	readOnly string // see [narrowing]
}

// refusal is why a request is not taken.
type refusal struct {
	status  int
	message string
	reason  string // a word for the log and for metrics
	header  http.Header
}

func refuse(status int, reason, format string, args ...any) *refusal {
	return &refusal{status: status, reason: reason, message: fmt.Sprintf(format, args...)}
}

// with adds a header to a refusal's answer.
func (r *refusal) with(name, value string) *refusal {
	if r.header == nil {
		r.header = http.Header{}
	}
	r.header.Set(name, value)
	return r
}

// doorman tells who sends a request.
type doorman interface {
	admit(header http.Header) (access, *refusal)
}

// single is the value of a header that may be there once.
func single(header http.Header, name string) (string, *refusal) {
	values := header.Values(name)
	switch len(values) {
	case 0:
		return "", nil
	case 1:
		return strings.TrimSpace(values[0]), nil
	}
	return "", refuse(http.StatusBadRequest, "header twice", "the header %s is there %d times; send it once", name, len(values))
}

// credentials are what a request brings to prove itself with.
func credentials(header http.Header) (own, scheme, authorization string, refused *refusal) {
	if own, refused = single(header, headerCredential); refused != nil {
		return "", "", "", refused
	}
	if authorization, refused = single(header, headerAuthorization); refused != nil {
		return "", "", "", refused
	}
	scheme, _, _ = strings.Cut(authorization, " ")
	return own, strings.ToLower(scheme), authorization, nil
}

// byCredential admits callers by the PagerDuty credential that each request brings. Only
// PagerDuty can tell whether it is good.
type byCredential struct{ sessions *Sessions }

func (d byCredential) admit(header http.Header) (access, *refusal) {
	const how = "send a PagerDuty API key or OAuth access token in the header X-PagerDuty-Token, or an API key as Authorization: Token token=…"
	own, scheme, authorization, refused := credentials(header)
	switch {
	case refused != nil:
		return access{}, refused
	case scheme == "bearer":
		return access{}, refuse(http.StatusUnauthorized, "bearer", "a Bearer token in Authorization is not taken: MCP forbids a server to pass on a token "+
			"that was issued for somebody else, and this server issues none; %s", how).with("WWW-Authenticate", challengeCredential)
	case authorization != "" && scheme != "token":
		return access{}, refuse(http.StatusUnauthorized, "scheme", "the scheme of Authorization is not known; %s", how).with("WWW-Authenticate", challengeCredential)
	case own == "" && authorization == "":
		return access{}, refuse(http.StatusUnauthorized, "no credential", "no PagerDuty credential came with the request; %s", how).with("WWW-Authenticate", challengeCredential)
	case own != "" && authorization != "":
		return access{}, refuse(http.StatusBadRequest, "two credentials", "X-PagerDuty-Token and Authorization are both there; send one of them")
	}
	key, err := pdapi.ParseKey(own + authorization)
	switch {
	case err != nil:
		return access{}, refuse(http.StatusUnauthorized, "no key", "%v; %s", err, how).with("WWW-Authenticate", challengeCredential)
	case authorization != "" && key.IsOAuth():
		return access{}, refuse(http.StatusUnauthorized, "oauth", "an OAuth access token is not taken in Authorization; send it in the header X-PagerDuty-Token").with("WWW-Authenticate", challengeCredential)
	}
	by, err := d.sessions.caller(key)
	if err != nil {
		return access{}, refuse(http.StatusUnauthorized, "no key", "%s", key.Redact(err.Error()))
	}
	return access{by: by}, nil
}

// callersByCredential keeps what belongs to the callers who bring their own credential.
// The name of one in logs is a part of the hash of the credential.
func callersByCredential(o Options, h HTTPOptions) *Sessions {
	return newCallers(h.APIHost, func(key pdapi.Key) (*caller, error) {
		client, err := h.NewClient(key)
		if err != nil {
			return nil, err
		}
		fingerprint := key.Fingerprint(h.APIHost)
		return o.newCaller("key "+hex.EncodeToString(fingerprint[:6]), o.newSession(client), key.Derive("confirm tokens")), nil
	}, h.MaxSessions, h.SessionIdle, nil)
}

// bySecret admits callers by a secret of theirs. They share the server's own credential,
// and so all that was learned with it: it is of the same account, for the same user.
type bySecret struct {
	options Options
	secrets *Secrets
	session *tool.Session
	key     pdapi.Key

	mu    *sync.Mutex
	known map[string]*caller // by name
}

func (d bySecret) admit(header http.Header) (access, *refusal) {
	own, scheme, authorization, refused := credentials(header)
	_, presented, _ := strings.Cut(authorization, " ")
	switch {
	case refused != nil:
		return access{}, refused
	case own != "" || scheme == "token":
		return access{}, errOwnCredential(`send the secret you were given as Authorization: Bearer …`)
	case scheme != "bearer":
		return access{}, refuse(http.StatusUnauthorized, "no secret", "no secret came with the request; send the one you were given as Authorization: Bearer …").
			with("WWW-Authenticate", challengeSecret)
	}
	found, ok := d.secrets.find(strings.TrimSpace(presented))
	if !ok {
		return access{}, refuse(http.StatusUnauthorized, "wrong secret", "this server does not know the secret; it may have been replaced: ask whoever runs the server").
			with("WWW-Authenticate", challengeSecret+`, error="invalid_token"`)
	}
	readOnly := ""
	if !found.writes {
		readOnly = "the secret of " + wording.Quote(found.name) + " may only read"
	}
	return access{d.caller(found.name), readOnly}, nil
}

// caller is what is kept for the caller with a name, whatever secret they have now.
func (d bySecret) caller(name string) *caller {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known[name] == nil {
		d.known[name] = d.options.newCaller(name, d.session, d.key.Derive("confirm tokens of "+name))
	}
	return d.known[name]
}

// errOwnCredential refuses a PagerDuty credential where the server's own is used: the
// caller would think that they act as themselves.
func errOwnCredential(instead string) *refusal {
	return refuse(http.StatusBadRequest, "own credential", "this server uses a PagerDuty key of its own and takes no other, so that nobody acts as somebody else by mistake; %s", instead)
}

// byNothing admits everybody, to the server's own credential.
type byNothing struct{ by *caller }

func (d byNothing) admit(header http.Header) (access, *refusal) {
	own, scheme, _, refused := credentials(header)
	switch {
	case refused != nil:
		return access{}, refused
	case own != "" || scheme == "token":
		return access{}, errOwnCredential("leave the credential out, or have the server started with --auth caller")
	}
	return access{by: d.by}, nil
}

// doorman returns who tells callers apart.
func (h HTTPOptions) doorman(s *Server) (doorman, *Sessions, error) {
	switch h.Auth {
	case AuthCaller:
		sessions := callersByCredential(s.opts, h)
		return byCredential{sessions}, sessions, nil
	case AuthSecret:
		return bySecret{s.opts, h.Secrets, s.own.session, h.Key, &sync.Mutex{}, map[string]*caller{}}, nil, nil
	case AuthNone:
		return byNothing{s.own}, nil, nil
	}
	return nil, nil, errors.New("whose PagerDuty credential is used must be said: caller, secret or none")
}
