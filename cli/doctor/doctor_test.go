package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/cli/clients"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
	"github.com/PagerDuty/pagerduty-mcp/server"
	"github.com/PagerDuty/pagerduty-mcp/toolsets"
)

// patient is a computer and an account that nothing is wrong with.
type patient struct {
	Options
	account *sandbox.Server
	home    string
	env     map[string]string
}

func healthy(t *testing.T, change ...func(*sandbox.Options)) *patient {
	t.Helper()
	var o sandbox.Options
	for _, c := range change {
		c(&o)
	}
	account, err := sandbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(account.Close)
	home := t.TempDir()
	p := &patient{account: account, home: home, env: map[string]string{"HOME": home, "USERPROFILE": home}}
	p.Options = Options{
		KeyFrom: Setting{Value: "PAGERDUTY_USER_API_KEY"}, Host: Setting{Value: account.URL()}, Sets: toolsets.All(), Explain: server.Explain,
		Config: pdapi.Config{AttemptTimeout: 20 * time.Second, CallTimeout: 20 * time.Second},
		System: clients.System{OS: runtime.GOOS, Getenv: func(name string) string { return p.env[name] }, Dir: filepath.Join(home, "shop")},
	}
	p.use(t, sandbox.UserKey)
	p.configured(t, clients.Server{Command: program(t), Args: []string{"all"}, Key: clients.Stored})
	return p
}

// program is the path of a program: the tests' own.
func program(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func (p *patient) use(t *testing.T, secret string) {
	t.Helper()
	var err error
	if p.Key, err = pdapi.ParseKey(secret); err != nil {
		t.Fatal(err)
	}
}

// configured writes a server into the configuration of Cursor.
func (p *patient) configured(t *testing.T, s clients.Server) {
	t.Helper()
	cursor, _ := clients.Named("cursor")
	text, err := cursor.Add(nil, s)
	if err != nil {
		t.Fatal(err)
	}
	p.holds(t, clients.User, string(text))
}

// holds makes text the configuration of Cursor.
func (p *patient) holds(t *testing.T, scope clients.Scope, text string) string {
	t.Helper()
	cursor, _ := clients.Named("cursor")
	path := cursor.Files(p.System, scope)[0]
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestLines has what can be wrong, one thing at a time, and the line that says so.
func TestLines(t *testing.T) {
	t.Parallel()
	const secret = "u+aBcDeFgHiJkLmNoPqR"
	entry := func(command, env string) string {
		text, err := json.Marshal(command)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf(`{"mcpServers": {"pagerduty": {"command": %s, "env": {%s}}}}`, text, env)
	}
	for name, c := range map[string]struct {
		account func(*sandbox.Options)
		ill     func(*testing.T, *patient)
		check   string
		state   State
		found   string
		fix     string
	}{
		"nothing":               {ill: func(*testing.T, *patient) {}, check: "account", state: OK, found: "Ana Souza (ana.souza@northwind.example), Global Admin"},
		"the simulated account": {ill: func(_ *testing.T, p *patient) { p.Simulated = true }, check: "key", state: OK, found: "simulated"},
		"no key": {ill: func(_ *testing.T, p *patient) {
			p.Key, p.KeyFrom = pdapi.Key{}, Setting{Err: fmt.Errorf("no PagerDuty API key\nmore")}
		}, check: "key", state: Failed, found: "no PagerDuty API key", fix: "auth login"},
		"no key, host": {ill: func(_ *testing.T, p *patient) {
			p.Key, p.KeyFrom = pdapi.Key{}, Setting{Err: fmt.Errorf("no PagerDuty API key")}
		}, check: "host", state: OK, found: "answers in"},
		"kind and source": {ill: func(t *testing.T, p *patient) { p.use(t, "Bearer "+sandbox.UserKey) }, check: "key", state: OK, found: "an OAuth access token, from PAGERDUTY_USER_API_KEY"},

		"a proxy":            {ill: func(_ *testing.T, p *patient) { p.Proxy.Value = "proxy.example:3128" }, check: "proxy", state: OK, found: "proxy.example:3128"},
		"no proxy's address": {ill: func(_ *testing.T, p *patient) { p.Proxy.Err = pdapi.CheckProxy("ftp://x") }, check: "proxy", state: Failed, found: "begins with http://", fix: "HTTPS_PROXY"},
		"no certificates":    {ill: func(_ *testing.T, p *patient) { p.Certificates.Value = filepath.Join(p.home, "none.pem") }, check: "certificates", state: Failed, found: "can't be read", fix: "SSL_CERT_FILE"},
		"not certificates":   {ill: func(t *testing.T, p *patient) { p.Certificates.Value = p.holds(t, clients.User, "{}") }, check: "certificates", state: Failed, found: "no certificate in PEM form", fix: "BEGIN CERTIFICATE"},
		"certificates": {ill: func(t *testing.T, p *patient) {
			p.Certificates.Value = filepath.Join(p.home, "ca.pem")
			if err := os.WriteFile(p.Certificates.Value, []byte("-----BEGIN CERTIFICATE-----"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, check: "certificates", state: OK, found: "ca.pem"},

		"no host":               {ill: func(_ *testing.T, p *patient) { _, p.Host.Err = pdapi.CheckHost("https://acme.pagerduty.com") }, check: "host", state: Failed, found: "web app", fix: "PAGERDUTY_API_HOST"},
		"nobody there":          {ill: func(_ *testing.T, p *patient) { p.account.Close() }, check: "host", state: Failed, found: "could not be reached"},
		"nobody there, account": {ill: func(_ *testing.T, p *patient) { p.account.Close() }, check: "account", state: Skipped, found: "could not be asked"},
		"a login page":          {ill: func(t *testing.T, p *patient) { p.Host.Value = page(t).URL }, check: "host", state: Failed, found: "Something other than PagerDuty's API answered"},
		"a certificate that nobody knows": {ill: func(t *testing.T, p *patient) {
			p.Host.Value = selfSigned(t).URL
		}, check: "host", state: Failed, found: "TLS certificate is not trusted"},
		"PagerDuty is down": {ill: func(_ *testing.T, p *patient) {
			p.Config.CallTimeout = 100 * time.Millisecond
			p.account.Inject(sandbox.Fault{Status: 503})
		}, check: "host", state: Failed, found: "did not answer in time"},

		"a clock ahead":  {ill: func(_ *testing.T, p *patient) { p.Now = func() time.Time { return time.Now().Add(10 * time.Minute) } }, check: "clock", state: Warning, found: "ahead of PagerDuty's", fix: "time server"},
		"a clock behind": {ill: func(_ *testing.T, p *patient) { p.Now = func() time.Time { return time.Now().Add(-time.Hour) } }, check: "clock", state: Warning, found: "behind PagerDuty's", fix: "time server"},

		"another region's key": {ill: func(t *testing.T, p *patient) {
			other := healthy(t)
			p.Other = other.Host.Value
			p.account.Inject(sandbox.Fault{Status: 401})
		}, check: "account", state: Failed, found: "but of http://127.0.0.1", fix: "export PAGERDUTY_API_HOST=http://127.0.0.1"},
		"a key of no region": {ill: func(t *testing.T, p *patient) {
			p.Other = healthy(t).Host.Value
			p.use(t, secret)
		}, check: "account", state: Failed, found: "neither at", fix: "auth login"},
		"a wrong key":      {ill: func(t *testing.T, p *patient) { p.use(t, secret) }, check: "account", state: Failed, found: "does not accept the key (401)", fix: "Create API User Token"},
		"an account's key": {ill: func(t *testing.T, p *patient) { p.use(t, sandbox.AccountKey) }, check: "account", state: Warning, found: "belongs to no user", fix: "PAGERDUTY_FROM_EMAIL"},
		"an account's key, changes": {ill: func(t *testing.T, p *patient) {
			p.use(t, sandbox.AccountKey)
			p.Write = true
		}, check: "account", state: Failed, found: "changes are refused", fix: "PAGERDUTY_FROM_EMAIL"},
		"who acts": {ill: func(t *testing.T, p *patient) {
			p.use(t, sandbox.AccountKey)
			p.From.Value = "ben.carter@northwind.example"
		}, check: "who acts", state: OK, found: "Ben Carter"},
		"who acts, perhaps read-only": {ill: func(t *testing.T, p *patient) {
			p.use(t, sandbox.ReadOnlyKey)
			p.From.Value = "ben.carter@northwind.example"
		}, check: "changes", state: Warning, found: "shows only when something is changed"},
		"nobody acts": {ill: func(t *testing.T, p *patient) {
			p.use(t, sandbox.AccountKey)
			p.From.Value = "nobody@northwind.example"
		}, check: "who acts", state: Failed, found: "nobody@northwind.example"},
		"no e-mail address": {ill: func(t *testing.T, p *patient) {
			p.use(t, sandbox.AccountKey)
			_, p.From.Err = pdapi.CheckFrom("Ana")
		}, check: "who acts", state: Failed, found: `"Ana"`, fix: "PAGERDUTY_FROM_EMAIL"},

		"may change":           {ill: func(*testing.T, *patient) {}, check: "changes", state: OK, found: "Global Admins may make them"},
		"may change by scopes": {ill: func(t *testing.T, p *patient) { p.use(t, "Bearer "+sandbox.UserKey) }, check: "changes", state: Warning, found: "scopes"},
		"may read":             {ill: func(t *testing.T, p *patient) { p.use(t, sandbox.KeyOf(withRole(t, "read_only_user"))) }, check: "changes", state: OK, found: "may make none, and none are asked for"},
		"may read, has to change": {ill: func(t *testing.T, p *patient) {
			p.use(t, sandbox.KeyOf(withRole(t, "read_only_user")))
			p.Write = true
		}, check: "changes", state: Failed, found: "Full Stakeholders may make none", fix: "--enable-write-tools"},
		"may by the team": {ill: func(t *testing.T, p *patient) { p.use(t, sandbox.KeyOf(withRole(t, "observer"))) }, check: "changes", state: Warning, found: "their role in a team"},

		"rate":                 {ill: func(_ *testing.T, p *patient) { p.account.Limit(960, time.Minute) }, check: "rate limit", state: OK, found: "of 960 requests"},
		"rate, nearly used up": {ill: func(_ *testing.T, p *patient) { p.account.Limit(18, time.Minute) }, check: "rate limit", state: Warning, found: "of 18 requests", fix: "a key of its own"},

		"a small plan": {
			account: func(o *sandbox.Options) { o.Without = []string{"priorities"} }, ill: func(*testing.T, *patient) {},
			check: "denied", state: Failed, found: "priorities: the plan lacks it. It touches list_incident_options", fix: "--exclude-tools",
		},
		"a small plan, abilities": {
			account: func(o *sandbox.Options) { o.Without = []string{"coordinated_responding", "event_intelligence"} }, ill: func(_ *testing.T, p *patient) { p.Write = true },
			check: "denied", state: Failed, found: "responder requests, similar incidents: the plan lacks it. It touches add_responders",
		},
		"a small plan, few tools": {
			account: func(o *sandbox.Options) { o.Without = []string{"event_orchestrations"} }, ill: func(_ *testing.T, p *patient) { p.Sets = toolsets.All()[1:2] },
			check: "denied", state: OK, found: "no tool that is asked for needs it",
		},
		"scopes": {ill: func(t *testing.T, p *patient) { p.use(t, sandbox.ScopedKey) }, check: "denied", state: Failed, found: "services: the token lacks the scope services.read. It touches "},

		"no clients": {ill: func(t *testing.T, p *patient) { p.holds(t, clients.User, "{}") }, check: "clients", state: Warning, found: "no MCP client", fix: "configure CLIENT"},
		"a client":   {ill: func(*testing.T, *patient) {}, check: "Cursor", state: OK, found: "starts " + program(t)},
		"broken":     {ill: func(t *testing.T, p *patient) { p.holds(t, clients.User, "{\n,}") }, check: "Cursor", state: Failed, found: "line 2, column 1", fix: "mend it"},
		"a key in the command": {ill: func(t *testing.T, p *patient) {
			p.holds(t, clients.User, entry("PAGERDUTY_USER_API_KEY="+secret+" pagerduty-mcp", ""))
		}, check: "Cursor", state: Failed, found: "not the path of a program"},
		"gone": {ill: func(t *testing.T, p *patient) { p.holds(t, clients.User, entry(filepath.Join(p.home, "gone"), "")) }, check: "Cursor", state: Failed, found: "does not exist", fix: "configure cursor"},
		"gone, by another name": {ill: func(t *testing.T, p *patient) {
			p.holds(t, clients.User, strings.Replace(entry(filepath.Join(p.home, "gone"), ""), `"pagerduty"`, `"pagerduty-mcp"`, 1))
		}, check: "Cursor", state: Failed, found: "does not exist", fix: `take "pagerduty-mcp" out of the file, then pagerduty-mcp configure cursor`},
		"not in PATH": {ill: func(t *testing.T, p *patient) { p.holds(t, clients.User, entry("no-such-pagerduty-mcp", "")) }, check: "Cursor", state: Failed, found: "does not exist"},
		"relative":    {ill: func(t *testing.T, p *patient) { p.holds(t, clients.User, entry("./pagerduty-mcp", "")) }, check: "Cursor", state: Failed, found: "in every directory"},
		"by its name": {ill: func(t *testing.T, p *patient) { p.holds(t, clients.User, entry("go", "")) }, check: "Cursor", state: Warning, found: "may not find"},
		"no program":  {ill: func(t *testing.T, p *patient) { p.holds(t, clients.User, entry(p.holds(t, clients.Project, "{}"), "")) }, check: "Cursor", state: Failed, found: "not a program"},
		"a placeholder": {ill: func(t *testing.T, p *patient) {
			p.holds(t, clients.User, entry(program(t), `"PAGERDUTY_USER_API_KEY": "your-api-key"`))
		}, check: "Cursor", state: Failed, found: "has no key", fix: "configure cursor"},
		"a reference": {ill: func(t *testing.T, p *patient) {
			p.holds(t, clients.User, entry(program(t), `"PAGERDUTY_USER_API_KEY": "${env:PAGERDUTY_USER_API_KEY}"`))
		}, check: "Cursor", state: OK, found: "starts"},
		"another client's reference": {ill: func(t *testing.T, p *patient) {
			p.holds(t, clients.User, entry(program(t), `"PAGERDUTY_USER_API_KEY": "${input:pagerduty-key}"`))
		}, check: "Cursor", state: Failed, found: "has no key"},
		"a key": {ill: func(t *testing.T, p *patient) {
			p.holds(t, clients.User, entry(program(t), `"PAGERDUTY_USER_API_KEY": "`+secret+`"`))
		}, check: "Cursor", state: Warning, found: "holds the key in plain text", fix: "auth login"},
		"a key, in a project": {ill: func(t *testing.T, p *patient) {
			p.holds(t, clients.User, "{}")
			p.holds(t, clients.Project, entry(program(t), `"PAGERDUTY_USER_API_KEY": "`+secret+`"`))
		}, check: "Cursor", state: Warning, found: "shared with the project", fix: "--scope project"},
		"a key file": {ill: func(t *testing.T, p *patient) {
			p.holds(t, clients.User, entry(program(t), `"PAGERDUTY_USER_API_KEY_FILE": "/no/such/file"`))
		}, check: "Cursor", state: Failed, found: "/no/such/file", fix: "configure cursor"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "no program" && runtime.GOOS == "windows" {
				t.Skip("on Windows the name says what is a program")
			}
			change := func(*sandbox.Options) {}
			if c.account != nil {
				change = c.account
			}
			p := healthy(t, change)
			c.ill(t, p)
			lines := Examine(t.Context(), p.Options)
			text, err := json.Marshal(lines)
			if err != nil {
				t.Fatal(err)
			}
			for _, key := range []string{secret, sandbox.UserKey, sandbox.AccountKey, sandbox.ScopedKey} {
				if strings.Contains(string(text), key) {
					t.Errorf("a key is shown: %s", text)
				}
			}
			hit := false
			for _, l := range lines {
				hit = hit || l.Check == c.check && l.State == c.state && strings.Contains(l.Found, c.found) && strings.Contains(l.Fix, c.fix)
				if l.State == Failed && c.state != Failed && c.state != Skipped && !strings.HasPrefix(name, "no key") {
					t.Errorf("%+v failed, which should not", l)
				}
			}
			if !hit {
				t.Errorf("no line %q, %q with %q and the fix %q:\n%s", c.check, c.state, c.found, c.fix, strings.ReplaceAll(string(text), "},", "},\n"))
			}
			if Healthy(lines) != (c.state != Failed && c.state != Skipped && !strings.HasPrefix(name, "no key")) {
				t.Errorf("healthy: %v", Healthy(lines))
			}
			for _, request := range p.account.Requests() {
				if request.Method != http.MethodGet {
					t.Errorf("it sends %v", request)
				}
			}
		})
	}
}

// TestOthersRead has a configuration with a key that others can read.
func TestOthersRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such permissions")
	}
	p := healthy(t)
	path := p.holds(t, clients.User, fmt.Sprintf(`{"mcpServers": {"pd": {"command": %q, "env": {"PAGERDUTY_USER_API_KEY": "u+aBcDeFgHiJkLmNoPqR"}}}}`, program(t)))
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	lines := Examine(t.Context(), p.Options)
	if last := lines[len(lines)-1]; last.State != Warning || !strings.Contains(last.Found, "others on this computer can read") {
		t.Errorf("%+v", last)
	}
}

// withRole is the e-mail address of a user of the simulated account who has a role.
func withRole(t *testing.T, role string) string {
	t.Helper()
	p := healthy(t)
	reader, _ := (&examination{Options: p.Options}).reader()
	for page, err := range reader.Users(t.Context(), pdapi.UserFilter{}, pdapi.Window{Limit: 100}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range page.Items {
			if u.Role == role {
				return u.Email
			}
		}
	}
	t.Fatalf("no user has the role %s", role)
	return ""
}

// page is a server that answers everything with a web page, as the login of a network.
func page(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<html><title>Log in</title></html>"))
	}))
	t.Cleanup(s.Close)
	return s
}

// selfSigned is a server with a certificate that nobody signed.
func selfSigned(t *testing.T) *httptest.Server {
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}
