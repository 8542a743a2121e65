package pdapi

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// A Key is a PagerDuty API key or OAuth access token. It prints as
// "[redacted]" however it is formatted or logged.
type Key struct {
	secret string
	bearer bool
}

// oauthToken matches the tokens that PagerDuty's OAuth gives out: "pd", two
// letters for the region, "+" (https://developer.pagerduty.com/docs/oauth-functionality),
// and JSON Web Tokens.
var oauthToken = regexp.MustCompile(`^(pd[a-z]{2}\+|eyJ[\w-]+\.[\w-]+\.)`)

// ParseKey reads a key as people paste it: bare, or with the "Token token=" or
// "Bearer " of the Authorization header. OAuth access tokens are recognized by
// their form (pdus+…, pdeu+…, a JWT), or by "Bearer " in front, and are sent as
// Bearer; everything else is sent as an API key. The error never repeats s.
func ParseKey(s string) (Key, error) {
	s = strings.TrimSpace(s)
	bearer := false
	if rest, ok := cutPrefixFold(s, "Bearer "); ok {
		s, bearer = rest, true
	} else if rest, ok := cutPrefixFold(s, "Token token="); ok {
		s = rest
	}
	s = strings.Trim(strings.TrimSpace(s), `"'`)
	switch {
	case s == "":
		return Key{}, fmt.Errorf("the key is empty")
	case strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }):
		return Key{}, fmt.Errorf("the key contains spaces or characters that no PagerDuty key has: paste it again, whole and alone")
	}
	return Key{secret: s, bearer: bearer || oauthToken.MatchString(s)}, nil
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.secret == "" }

// String hides the key.
func (k Key) String() string { return "[redacted]" }

// GoString hides the key from %#v.
func (k Key) GoString() string { return k.String() }

// LogValue hides the key from slog.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText hides the key from encoders.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

func (k Key) header() string {
	if k.bearer {
		return "Bearer " + k.secret
	}
	return "Token token=" + k.secret
}

// redact takes the key out of a text that PagerDuty or a proxy wrote.
func (k Key) redact(s string) string {
	if len(k.secret) < 4 { // a fragment this short would blot out ordinary words
		return s
	}
	return strings.ReplaceAll(s, k.secret, k.String())
}

// CheckHost returns host as a base URL without a trailing slash, or an error
// that says why a key must not be sent there: only https is allowed, and plain
// http to loopback; no path, user, query or fragment.
func CheckHost(host string) (string, error) {
	// What was written may hold a password before an "@" or a token after a
	// "?": show what is between.
	shown, _, _ := strings.Cut(host, "?")
	if i := strings.LastIndex(shown, "@"); i >= 0 {
		shown = "…" + shown[i:]
	}
	fail := func(why string) (string, error) {
		return "", fmt.Errorf("PagerDuty API host %q %s; use https://api.pagerduty.com, or https://api.eu.pagerduty.com for accounts in the EU", shown, why)
	}
	u, err := url.Parse(strings.TrimSpace(host))
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return fail("is not an absolute URL")
	case u.User != nil:
		return fail("must not contain a user or password")
	case strings.Trim(u.Path, "/") != "":
		return fail("must not have a path")
	case u.RawQuery != "" || u.ForceQuery:
		return fail("must not have a query")
	case u.Fragment != "":
		return fail("must not have a fragment")
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return u.Scheme + "://" + u.Host, nil
	}
	return fail("must start with https:// (plain http is for loopback only)")
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		return net.IP(ip.AsSlice()).IsLoopback()
	}
	return false
}
