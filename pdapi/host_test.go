package pdapi_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

func TestCheckHost(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"https://api.pagerduty.com":            "https://api.pagerduty.com",
		"https://api.eu.pagerduty.com/":        "https://api.eu.pagerduty.com",
		"https://api.us-west-2.pagerduty.com":  "https://api.us-west-2.pagerduty.com",
		"HTTPS://API.EU.PagerDuty.com":         "https://api.eu.pagerduty.com",
		"https://api.pagerduty.com:443":        "https://api.pagerduty.com",
		"https://api.pagerduty.com:":           "https://api.pagerduty.com",
		` "https://api.eu.pagerduty.com" `:     "https://api.eu.pagerduty.com",
		"“https://api.eu.pagerduty.com”":       "https://api.eu.pagerduty.com",
		"\ufeffhttps://api.eu.pagerduty.com\n": "https://api.eu.pagerduty.com",
		"http://127.0.0.1:8080":                "http://127.0.0.1:8080",
		"http://localhost:8080":                "http://localhost:8080",
		"http://[::1]:8080":                    "http://[::1]:8080",
		"https://[::1]":                        "https://[::1]",
		"https://127.0.0.1:443":                "https://127.0.0.1",
		"http://127.0.0.1:443":                 "http://127.0.0.1:443",

		"http://api.pagerduty.com":         "",
		"http://127.0.0.1.example.com":     "",
		"api.pagerduty.com":                "",
		"//api.pagerduty.com":              "",
		"https://api.pagerduty.com/v2":     "",
		"https://api.pagerduty.com?x=1":    "",
		"https://api.pagerduty.com?":       "",
		"https://api.pagerduty.com#x":      "",
		"https://api.pagerduty.com#":       "",
		"https://me:hunter2@pagerduty.com": "",
		"https://":                         "",
		"https://:443":                     "",
		"ftp://api.pagerduty.com":          "",
		"":                                 "",

		"https://acme.pagerduty.com":                        "",
		"https://acme.eu.pagerduty.com":                     "",
		"https://app.pagerduty.com":                         "",
		"https://pagerduty.com":                             "",
		"https://evil.example":                              "",
		"https://api.pagerduty.com.evil.example":            "",
		"https://evil.example/api.pagerduty.com":            "",
		"https://evilapi.pagerduty.com":                     "",
		"https://api.evil.example.pagerduty.com":            "",
		"https://api-pagerduty.com":                         "",
		"https://apixpagerduty.com":                         "",
		"https://api.-.pagerduty.com":                       "",
		"https://api..pagerduty.com":                        "",
		"https://*.pagerduty.com":                           "",
		"https://api.p\u0430gerduty.com":                    "", // a Cyrillic letter
		"https://api.p%D0%B0gerduty.com":                    "", // the same, escaped
		"https://api%2epagerduty.com":                       "",
		"https://api.pagerduty.com\u3002evil.example":       "",
		"https://api.pagerduty.com:443:443":                 "",
		"https://api.pagerduty.com:8443":                    "",
		"https://api.eu.pagerduty.com:80":                   "",
		"https://api.pagerduty.com:0":                       "",
		"https://api.pagerduty.com:99999":                   "",
		"https://api.pagerduty.com:abc":                     "",
		"https://api.pagerduty.com.":                        "",
		"https://api.eu.pagerduty.com.:443":                 "",
		"https://api.pagerduty.com@evil.example":            "",
		"https://api.pagerduty.com:443@evil.example":        "",
		"https://@api.pagerduty.com":                        "",
		"https://api.pagerduty.com\\@evil.example":          "",
		"https://evil.example\\.api.pagerduty.com":          "",
		"https://api.pagerduty.com\t.evil.example":          "",
		"https://api.pagerduty.com/..//evil.example":        "",
		"https:api.pagerduty.com":                           "",
		"https:///api.pagerduty.com":                        "",
		"https://api.pagerduty.com\r\nX-Header: evil":       "",
		"http://[::1%25eth0]:8080":                          "",
		"http://[::1%25api.pagerduty.com]:8080":             "",
		"http://[::1]evil.example":                          "",
		"http://[::ffff:10.0.0.1]":                          "",
		"http://0.0.0.0:8080":                               "",
		"http://localhost.evil.example":                     "",
		"http://localhost.:8080":                            "",
		"http://127.1:8080":                                 "",
		"http://2130706433":                                 "",
		"http://0x7f000001":                                 "",
		"http://10.0.0.1:8080":                              "",
		"http://user@127.0.0.1":                             "",
		"${input:host}":                                     "",
		"https://${PAGERDUTY_HOST}":                         "",
		"https://{{region}}.pagerduty.com":                  "",
		"%PAGERDUTY_API_HOST%":                              "",
		"$PAGERDUTY_API_HOST":                               "",
		"<host>":                                            "",
		"undefined":                                         "",
		"null":                                              "",
		"PAGERDUTY_API_HOST=https://api.eu.pagerduty.com":   "",
		"PAGERDUTY_API_HOST: https://api.eu.pagerduty.com":  "",
		"https://api.eu.pagerduty.com https://evil.example": "",
		"https://api.eu.pagerduty.com,https://evil.example": "",
		"https://xn--gerduty-8nf.com":                       "",
		"https://me:hun?ter2@api.pagerduty.com":             "",
		"https://api.pagerduty.com?token=@hunter2":          "",
		"u+hunter2hunter2hunter2":                           "",
		"https://api.pagerduty.com/?key=hunter2#x@hunter2":  "",
		"https://api.eu.pagerduty.com/$(curl evil.example)": "",
		"https://[api.pagerduty.com]":                       "",
		"https://[127.0.0.1]":                               "",
		"unix:///var/run/x.sock":                            "",
		"https://api.pagerduty.com/%2f%2fevil.example":      "",
		"https://api.pagerduty.com;evil.example":            "",
		"https://api.pagerduty.com\u0000.evil.example":      "",
		"https://api.pagerduty.com\u200b":                   "https://api.pagerduty.com",
		"https://api.\u200bpagerduty.com":                   "",
		"https://api.\u00ad.pagerduty.com":                  "",
		"https://\uff41pi.pagerduty.com":                    "",
		"https://api.pagerduty.com\u2024evil.example":       "",
		"https://api.eu.pagerduty.com:443/":                 "https://api.eu.pagerduty.com",
		"https://api.eu.pagerduty.com//":                    "https://api.eu.pagerduty.com",
	} {
		got, err := pdapi.CheckHost(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("CheckHost(%q) = %q, %v; want %q", in, got, err, want)
		}
		if err == nil {
			continue
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("CheckHost(%q) repeats the secret: %v", in, err)
		}
		if !strings.Contains(err.Error(), "https://api.eu.pagerduty.com (accounts in the EU)") {
			t.Errorf("CheckHost(%q) does not say what is allowed: %v", in, err)
		}
		if _, err := pdapi.New(pdapi.Config{Host: in, Key: mustKey(t, "u+abc")}); err == nil && in != "" {
			t.Errorf("New takes the host %q", in)
		}
	}
}

// TestAllowedHosts allows hosts by name: those, and nothing that resembles them.
func TestAllowedHosts(t *testing.T) {
	t.Parallel()
	allowed := []string{"proxy.example", "Gateway.Example:8443", "10.0.0.5:9000", "[2001:db8::1]", "plain.example:443"}
	for in, want := range map[string]string{
		"https://proxy.example":        "https://proxy.example",
		"https://PROXY.example:443":    "https://proxy.example",
		"https://gateway.example:8443": "https://gateway.example:8443",
		"https://10.0.0.5:9000":        "https://10.0.0.5:9000",
		"https://[2001:DB8::1]/":       "https://[2001:db8::1]",
		"https://plain.example":        "https://plain.example",

		"https://proxy.example:8443":        "",
		"https://gateway.example":           "",
		"https://x.proxy.example":           "",
		"https://proxy.example.evil.test":   "",
		"https://proxy.example.":            "",
		"https://me@proxy.example":          "",
		"https://proxy.example/path":        "",
		"http://proxy.example":              "",
		"http://10.0.0.5:9000":              "",
		"https://10.0.0.5":                  "",
		"https://pr\u043exy.example":        "",
		"https://acme.pagerduty.com":        "",
		"https://proxy.example:443:443":     "",
		"https://[2001:db8::1%25eth0]":      "",
		"https://proxy.example@evil.test":   "",
		"https://evil.test#@proxy.example":  "",
		"https://evil.test?x=proxy.example": "",
	} {
		got, err := pdapi.CheckHost(in, allowed...)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("CheckHost(%q) = %q, %v; want %q", in, got, err, want)
		}
		_, err = pdapi.New(pdapi.Config{Host: in, Key: mustKey(t, "u+abc"), AllowedHosts: allowed})
		if (err == nil) != (want != "") {
			t.Errorf("New with the host %q: %v", in, err)
		}
	}
	for _, bad := range []string{"", "*", "*.example", "https://proxy.example", "proxy.example/", "me@proxy.example", "proxy.example:x", "proxy.example:0",
		"proxy.example:70000", "a b", "pr\u043exy.example", "proxy.example.", "a:1:2", "[::1%eth0]", ".example", "proxy..example"} {
		if got, err := pdapi.CheckAllowedHost(bad); err == nil {
			t.Errorf("CheckAllowedHost(%q) = %q", bad, got)
		}
		if _, err := pdapi.CheckHost("https://other.example", bad); err == nil {
			t.Errorf("CheckHost takes an allowed host %q", bad)
		}
	}
	_, err := pdapi.CheckHost("https://proxy.example")
	if !errors.Is(err, pdapi.ErrHostNotAllowed) {
		t.Errorf("error is %v, want ErrHostNotAllowed", err)
	}
}

// FuzzCheckHost holds that a host that passes is PagerDuty's or this machine.
func FuzzCheckHost(f *testing.F) {
	for _, seed := range []string{"https://api.pagerduty.com", "http://[::1]:1", "https://api.eu.pagerduty.com:443/", "http://127.0.0.1@x", "https://api.x\u0430.pagerduty.com"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, host string) {
		base, err := pdapi.CheckHost(host)
		if err != nil {
			return
		}
		if again, err := pdapi.CheckHost(base); err != nil || again != base {
			t.Errorf("CheckHost(%q) = %q, which is read as %q, %v", host, base, again, err)
		}
		rest, secure := strings.CutPrefix(base, "https://")
		local := strings.HasPrefix(strings.TrimPrefix(rest, "http://"), "localhost") || strings.HasPrefix(strings.TrimPrefix(rest, "http://"), "127.") ||
			strings.HasPrefix(strings.TrimPrefix(rest, "http://"), "[::1]") || strings.HasPrefix(strings.TrimPrefix(rest, "http://"), "[::ffff:127.")
		theirs := secure && strings.HasPrefix(rest, "api.") && strings.HasSuffix(rest, ".pagerduty.com") || rest == "api.pagerduty.com"
		if !local && !theirs {
			t.Errorf("CheckHost(%q) = %q", host, base)
		}
	})
}
