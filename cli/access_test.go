package cli_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// launch runs the built program until it ends, which it must do soon.
func launch(t *testing.T, env []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	command := exec.CommandContext(ctx, built(t), args...)
	var out, errs bytes.Buffer
	command.Env, command.Stdin, command.Stdout, command.Stderr = bare(env...), strings.NewReader(hello), &out, &errs
	err := command.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("%v, %v\n%s", err, ctx.Err(), errs.String())
	}
	return command.ProcessState.ExitCode(), out.String(), errs.String()
}

// TestPlaceholdersAreRefused starts the program with values that nobody replaced.
func TestPlaceholdersAreRefused(t *testing.T) {
	t.Parallel()
	const key = "PAGERDUTY_USER_API_KEY=u+SeCrEt12345"
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return "PAGERDUTY_USER_API_KEY_FILE=" + path
	}
	for _, c := range []struct {
		env  []string
		want []string
	}{
		{[]string{"PAGERDUTY_USER_API_KEY=${input:pagerduty-key}"}, []string{"PAGERDUTY_USER_API_KEY: ", "${input:…}", "VS Code"}},
		{[]string{"PAGERDUTY_USER_API_KEY=${PAGERDUTY_KEY}"}, []string{"PAGERDUTY_USER_API_KEY: ", "${…}", "client did not replace"}},
		{[]string{"PAGERDUTY_USER_API_KEY=$PAGERDUTY_KEY"}, []string{"PAGERDUTY_USER_API_KEY: ", "variable"}},
		{[]string{"PAGERDUTY_USER_API_KEY={{PAGERDUTY_KEY}}"}, []string{"PAGERDUTY_USER_API_KEY: ", "brackets"}},
		{[]string{"PAGERDUTY_USER_API_KEY=%PAGERDUTY_KEY%"}, []string{"PAGERDUTY_USER_API_KEY: ", "Windows"}},
		{[]string{"PAGERDUTY_USER_API_KEY=<your key>"}, []string{"PAGERDUTY_USER_API_KEY: ", "angle brackets"}},
		{[]string{"PAGERDUTY_USER_API_KEY=undefined"}, []string{"PAGERDUTY_USER_API_KEY: ", "no value"}},
		{[]string{"PAGERDUTY_USER_API_KEY=null"}, []string{"PAGERDUTY_USER_API_KEY: ", "no value"}},
		{[]string{"PAGERDUTY_USER_API_KEY=None"}, []string{"PAGERDUTY_USER_API_KEY: ", "no value"}},
		{[]string{"PAGERDUTY_USER_API_KEY=your-pagerduty-api-key-here"}, []string{"PAGERDUTY_USER_API_KEY: ", `"your-pagerduty-api-key-here"`, "example"}},
		{[]string{"PAGERDUTY_USER_API_KEY=your_api_key"}, []string{"PAGERDUTY_USER_API_KEY: ", "example"}},
		{[]string{"PAGERDUTY_USER_API_KEY=xxxxxxxxxxxxxxxx"}, []string{"PAGERDUTY_USER_API_KEY: ", "masked"}},
		{[]string{"PAGERDUTY_USER_API_KEY=…"}, []string{"PAGERDUTY_USER_API_KEY: ", "masked"}},
		{[]string{"PAGERDUTY_USER_API_KEY=" + key}, []string{"PAGERDUTY_USER_API_KEY: ", "NAME=value"}},
		{[]string{file("${input:x}\n")}, []string{"PAGERDUTY_USER_API_KEY_FILE (", "${input:…}"}},
		{[]string{file(key + "\n")}, []string{"PAGERDUTY_USER_API_KEY_FILE (", "NAME=value"}},
		{[]string{file("# PagerDuty\n" + key + "\n")}, []string{"PAGERDUTY_USER_API_KEY_FILE (", "2 lines", "alone"}},
		{[]string{file("u+SeCrEt12345\r\n\r\nu+SeCrEt67890\r\n")}, []string{"PAGERDUTY_USER_API_KEY_FILE (", "2 lines"}},
		{[]string{"PAGERDUTY_USER_API_KEY_FILE=${HOME}/key"}, []string{"PAGERDUTY_USER_API_KEY_FILE: ", "${HOME}/key", "placeholder"}},
		{[]string{"PAGERDUTY_USER_API_KEY_FILE=~/key"}, []string{"PAGERDUTY_USER_API_KEY_FILE: ", "~/key", "shell"}},
		{[]string{"PAGERDUTY_USER_API_KEY_FILE=u+SeCrEt1234567890"}, []string{"PAGERDUTY_USER_API_KEY_FILE: ", "looks like a key"}},
		{[]string{key, "PAGERDUTY_API_HOST=${input:host}"}, []string{"PAGERDUTY_API_HOST: ", "${input:…}", "https://api.eu.pagerduty.com"}},
		{[]string{key, "PAGERDUTY_API_HOST=https://${REGION}.pagerduty.com"}, []string{"PAGERDUTY_API_HOST: ", "${…}"}},
		{[]string{key, "PAGERDUTY_API_HOST=undefined"}, []string{"PAGERDUTY_API_HOST: ", "no value"}},
		{[]string{key, "PAGERDUTY_API_HOST=u+SeCrEt12345"}, []string{"PAGERDUTY_API_HOST: ", "absolute URL"}},
		{[]string{key, "PAGERDUTY_FROM_EMAIL=${input:email}"}, []string{"PAGERDUTY_FROM_EMAIL: ", "${input:…}"}},
		{[]string{key, "PAGERDUTY_FROM_EMAIL=null"}, []string{"PAGERDUTY_FROM_EMAIL: ", "no value"}},
		{[]string{key, "PAGERDUTY_FROM_EMAIL=your-email@example.com"}, []string{"PAGERDUTY_FROM_EMAIL: ", "example"}},
		{[]string{key, "PAGERDUTY_FROM_EMAIL=PAGERDUTY_FROM_EMAIL=ana@northwind.co"}, []string{"PAGERDUTY_FROM_EMAIL: ", "NAME=value"}},
		{[]string{key, "PAGERDUTY_FROM_EMAIL=u+SeCrEt12345"}, []string{"PAGERDUTY_FROM_EMAIL: ", "not an e-mail address"}},
	} {
		t.Run(strings.Join(c.env, " "), func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := inside(t, bare(c.env...), hello, "incidents")
			if code != 2 || stdout != "" {
				t.Errorf("exit code %d, stdout %q; want 2 and nothing", code, stdout)
			}
			for _, want := range c.want {
				if !strings.Contains(stderr, want) {
					t.Errorf("stderr does not say %q:\n%s", want, stderr)
				}
			}
			if strings.Contains(stderr, "SeCrEt") {
				t.Errorf("the key is on stderr:\n%s", stderr)
			}
		})
	}
}

// TestHostsThatGetTheKey starts the program with hosts that a configuration could
// name to have the key sent there.
func TestHostsThatGetTheKey(t *testing.T) {
	t.Parallel()
	const key = "PAGERDUTY_USER_API_KEY=u+SeCrEt12345"
	for host, c := range map[string]struct {
		flags []string
		code  int
		want  string
	}{
		"https://api.eu.pagerduty.com":             {},
		"https://api.us2.pagerduty.com:443":        {},
		"https://acme.pagerduty.com":               {code: 2, want: "web app"},
		"https://acme.eu.pagerduty.com":            {code: 2, want: "which is https://api.eu.pagerduty.com"},
		"https://evil.example":                     {code: 2, want: "--allow-host"},
		"https://api.p\u0430gerduty.com":           {code: 2, want: `p\u0430gerduty`},
		"https://api.pagerduty.com:443:443":        {code: 2, want: "absolute URL"},
		"https://api.pagerduty.com:8443":           {code: 2, want: "port 8443"},
		"https://api.pagerduty.com.":               {code: 2, want: "dot"},
		"https://api.pagerduty.com@evil.example":   {code: 2, want: "user"},
		"http://[::1%25eth0]:8080":                 {code: 2, want: "zone"},
		"http://evil.example":                      {code: 2, want: "https://"},
		"https://proxy.example":                    {flags: []string{"--allow-host", "proxy.example"}},
		"https://proxy.example:8443":               {flags: []string{"--allow-host=other.example,proxy.example:8443"}},
		"https://Proxy.example/":                   {flags: []string{"--allow-host", "a.example", "--allow-host", "PROXY.example:443"}},
		"https://proxy.example:9000":               {flags: []string{"--allow-host", "proxy.example"}, code: 2, want: "--allow-host"},
		"http://proxy.example":                     {flags: []string{"--allow-host", "proxy.example"}, code: 2, want: "https://"},
		"https://api.pagerduty.com":                {flags: []string{"--allow-host", "https://proxy.example"}, code: 2, want: "--allow-host: "},
		"https://api.eu.pagerduty.com/":            {flags: []string{"--allow-host", "*"}, code: 2, want: "--allow-host: "},
		"https://proxy.example/?x=hunter2hunter22": {flags: []string{"--allow-host", "proxy.example"}, code: 2, want: "query"},
	} {
		t.Run(host+" "+strings.Join(c.flags, " "), func(t *testing.T) {
			t.Parallel()
			env := []string{key, "PAGERDUTY_API_HOST=" + host, "PAGERDUTY_ALLOW_HOST=evil.example", "ALLOW_HOST=evil.example", "PAGERDUTY_MCP_ALLOW_HOST=evil.example"}
			code, _, stderr := inside(t, bare(env...), hello, append([]string{"incidents"}, c.flags...)...)
			if code != c.code || !strings.Contains(stderr, c.want) || strings.Contains(stderr, "SeCrEt") || strings.Contains(stderr, "hunter2") {
				t.Errorf("exit code %d, want %d and %q:\n%s", code, c.code, c.want, stderr)
			}
			if code == 2 && !strings.HasPrefix(c.want, "--allow-host: ") && !strings.Contains(stderr, "https://api.eu.pagerduty.com (accounts in the EU)") {
				t.Errorf("it does not say what is allowed:\n%s", stderr)
			}
		})
	}
}

// TestProxies has a proxy between here and PagerDuty that does not do its work:
// what a person is told is about the proxy.
func TestProxies(t *testing.T) {
	t.Parallel()
	refuses := func(status int) string {
		proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodConnect || r.Host != "api.pagerduty.com:443" {
				t.Errorf("the proxy was asked for %s %s", r.Method, r.Host)
			}
			w.WriteHeader(status)
		}))
		t.Cleanup(proxy.Close)
		return strings.TrimPrefix(proxy.URL, "http://")
	}
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	// A proxy that looks into what passes, with a certificate that nobody trusts.
	inside := httptest.NewUnstartedServer(http.NotFoundHandler())
	inside.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that fail
	inside.StartTLS()
	t.Cleanup(inside.Close)
	var tunnels atomic.Int32
	looks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		tunnels.Add(1)
		tunnel(w, inside.Listener.Addr().String())
	}))
	t.Cleanup(looks.Close)
	deny, ask, broken := refuses(http.StatusForbidden), refuses(http.StatusProxyAuthRequired), refuses(http.StatusServiceUnavailable)
	for name, c := range map[string]struct {
		proxy string // host:port
		user  string
		want  []string
	}{
		"not found":           {"no-such-proxy.invalid:3128", "me:SeCrEt@", []string{"no-such-proxy.invalid:3128", "was not found", "HTTPS_PROXY"}},
		"refused":             {closed.Addr().String(), "me:SeCrEt@", []string{"did not answer", "refused", "HTTPS_PROXY"}},
		"wants a login":       {ask, "", []string{"wants a user and password (407)", "http://USER:PASSWORD@" + ask}},
		"wants another login": {ask, "me:SeCrEt@", []string{"wants a user and password (407)"}},
		"denies":              {deny, "me:SeCrEt@", []string{"did not let the request pass (403 Forbidden)", "NO_PROXY"}},
		"is broken":           {broken, "me:SeCrEt@", []string{"did not let the request pass (503 Service Unavailable)"}},
		"says nothing":        {silent.Addr().String(), "me:SeCrEt@", []string{"did not answer in time", "through the proxy"}},
		"looks inside":        {strings.TrimPrefix(looks.URL, "http://"), "me:SeCrEt@", []string{"certificate is not trusted", "may put one of its own", "SSL_CERT_FILE"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := []string{"PAGERDUTY_USER_API_KEY=" + sandbox.UserKey, "HTTPS_PROXY=http://" + c.user + c.proxy, "https_proxy=", "NO_PROXY=", "no_proxy="}
			for _, call := range [][]string{
				{"call", "list_incidents", "--call-timeout", "6s"},
				{"call", "add_note_to_incident", "incident_id=Q1ABC", "note=x", "--enable-write-tools", "--call-timeout", "6s", "--log-level", "debug"},
			} {
				code, stdout, stderr := launch(t, env, call...)
				if code != 1 || stdout != "" {
					t.Errorf("exit code %d, stdout %q", code, stdout)
				}
				for _, want := range append(c.want, c.proxy, "othing was changed") {
					if strings.HasPrefix(want, "did not answer in time") && call[1] != "list_incidents" {
						want = "could not be reached in time"
					}
					if !strings.Contains(stderr, want) {
						t.Errorf("it does not say %q:\n%s", want, stderr)
					}
				}
				if strings.Contains(stderr, "SeCrEt") || strings.Contains(stderr, "api.pagerduty.com") && name != "looks inside" || strings.Contains(stderr, sandbox.UserKey) {
					t.Errorf("it names a secret, or PagerDuty's host:\n%s", stderr)
				}
			}
		})
	}
	t.Cleanup(func() {
		if tunnels.Load() == 0 {
			t.Error("no request went through the proxy")
		}
	})
	for _, proxy := range []string{"http://me:SeCrEt word@proxy.example", "http://me:SeCrEt@proxy.example:port", "http://me:SeCrEt@[::1", "://me:SeCrEt@x", "ftp://me:SeCrEt@proxy.example", "https://"} {
		code, _, stderr := launch(t, []string{"PAGERDUTY_USER_API_KEY=" + sandbox.UserKey, "HTTPS_PROXY=" + proxy}, "incidents")
		if code != 2 || !strings.Contains(stderr, "HTTPS_PROXY") || strings.Contains(stderr, "SeCrEt") {
			t.Errorf("%s: exit code %d:\n%s", proxy, code, stderr)
		}
	}
}

// tunnel is what a proxy makes of CONNECT.
func tunnel(w http.ResponseWriter, to string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	target, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = target.Close() }()
	_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { _, _ = io.Copy(target, conn) }()
	_, _ = io.Copy(conn, target)
}

// TestTheKeyNeverComesOut has an API that sends the key back in whatever way an
// error shows, at the places where texts are cut.
func TestTheKeyNeverComesOut(t *testing.T) {
	t.Parallel()
	const key = "u+SeCrEt_KeY-12345/6="
	forms := []string{key, url.QueryEscape(key), url.PathEscape(key), html.EscapeString(key), strings.ReplaceAll(key, "+", "&#43;"), "u\u200b" + key[1:],
		base64.StdEncoding.EncodeToString([]byte("Token token=" + key))}
	pieces := []string{"SeCrEt_K", "KeY-1234", base64.StdEncoding.EncodeToString([]byte("Token token=" + key))[20:30]}
	quote := func(s string) string {
		quoted, _ := json.Marshal(s)
		return string(quoted)
	}
	var n atomic.Int32
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i := int(n.Add(1))
		text := strings.Repeat("x", []int{500, 200, 64, 60}[i/7%4]-i%30) + forms[i%len(forms)]
		if got := r.Header.Get("Authorization"); got != "Token token="+key {
			t.Errorf("the key was not sent: %q", got)
		}
		w.Header().Set("X-Request-Id", text)
		switch i % 8 {
		case 0:
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<html><title>"+text+"</title></html>")
		case 1:
			w.Header().Set("Content-Type", text)
			_, _ = io.WriteString(w, "{")
		case 2:
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"error":{"message":`+quote(text)+`}}`)
		case 3:
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"errors":{`+quote(text)+`:[`+quote(text)+`]}}`)
		case 4:
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"error":{"message":"no","required_scopes":`+quote(text)+`}}`)
		case 5:
			_, _ = io.WriteString(w, "<html>"+text)
		case 6:
			w.WriteHeader(http.StatusTeapot)
			_, _ = io.WriteString(w, text)
		case 7:
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_, _ = io.WriteString(conn, "HTTP/1.1 2"+text+"\r\n"+text+"\r\n\r\n")
				_ = conn.Close()
			}
		}
	}))
	t.Cleanup(api.Close)
	c := serve(t, bare("PAGERDUTY_USER_API_KEY="+key, "PAGERDUTY_API_HOST="+api.URL), "incidents", "--enable-write-tools", "--log-level", "debug")
	for i := range 120 {
		call := toolCall(i+10, "get_incident", `{"incident_id":"Q1ABC"}`)
		if i%2 == 0 {
			call = toolCall(i+10, "manage_incidents", `{"incident_ids":["Q1ABC"],"status":"acknowledged"}`)
		}
		c.send(call)
		said := c.next()
		for _, piece := range pieces {
			if strings.Contains(said, piece) {
				t.Errorf("%q comes out: %s", piece, said)
			}
		}
	}
	c.end()
	for _, piece := range pieces {
		if i := strings.Index(c.errors.String(), piece); i >= 0 {
			t.Errorf("%q is in the log: %s", piece, c.errors.String()[max(0, i-200):i+100])
		}
	}
}
