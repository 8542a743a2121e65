package pdapi

import (
	"fmt"
	"log/slog"
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

// ParseKey reads a key as people paste it: bare, in quotes, or with the
// "Token token=" or "Bearer " of the Authorization header. OAuth access tokens
// are recognized by their form (pdus+…, pdeu+…, a JWT), or by "Bearer " in front,
// and are sent as Bearer; everything else is sent as an API key.
//
// It refuses what can't be a key, such as a placeholder that nobody replaced. The
// error says what it is, and never repeats what may be a key.
func ParseKey(s string) (Key, error) {
	s = unquote(s)
	if lines := len(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })); lines > 1 {
		return Key{}, fmt.Errorf("there are %d lines where the key should be: give the key alone, on one line", lines)
	}
	if rest, ok := cutPrefixFold(s, "Authorization:"); ok {
		s = unquote(rest)
	}
	bearer := false
	if rest, ok := cutPrefixFold(s, "Bearer "); ok {
		s, bearer = unquote(rest), true
	} else if rest, ok := cutPrefixFold(s, "Token token="); ok {
		s = unquote(rest)
	}
	if s == "" {
		return Key{}, fmt.Errorf("the key is empty")
	}
	what := Placeholder(s)
	if what == "" && isExample(s) {
		what = fmt.Sprintf("is %q, which is an example of what to write", clip(s, 60))
	}
	if what != "" {
		return Key{}, fmt.Errorf("the key %s. Put a PagerDuty API key in its place", what)
	}
	switch {
	case strings.Contains(s, "://"):
		return Key{}, fmt.Errorf("the key is a URL: the wrong value was put here")
	case isPath(s):
		return Key{}, fmt.Errorf("the key is the path of a file, which belongs into PAGERDUTY_USER_API_KEY_FILE")
	case strings.ContainsFunc(s, func(r rune) bool { return !isKeyRune(r) }):
		return Key{}, fmt.Errorf("the key contains spaces or characters that no PagerDuty key has: paste it again, whole and alone")
	}
	return Key{secret: s, bearer: bearer || oauthToken.MatchString(s)}, nil
}

// isPath reports whether a key looks like the path of a file.
func isPath(s string) bool {
	for _, start := range []string{"/", "~/", "./", "../", `\\`, "file:"} {
		if _, ok := cutPrefixFold(s, start); ok {
			return true
		}
	}
	return len(s) > 2 && s[1] == ':' && (s[2] == '\\' || s[2] == '/')
}

// isKeyRune reports whether a key may have a character: those of tokens in an
// Authorization header (RFC 6750, section 2.1), and "@".
func isKeyRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-._~+/=@", r)
}

func cutPrefixFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// Kind says what the form of the key tells: how it is sent, and nothing about who made
// it.
func (k Key) Kind() string {
	if k.bearer {
		return "an OAuth access token"
	}
	return "an API key"
}

// IsZero reports whether there is no key.
func (k Key) IsZero() bool { return k.secret == "" }

// String hides the key.
func (k Key) String() string { return redacted }

// GoString hides the key from %#v.
func (k Key) GoString() string { return k.String() }

// LogValue hides the key from slog.
func (k Key) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText hides the key from encoders.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Redact returns s with "[redacted]" in place of the key and of pieces of it.
func (k Key) Redact(s string) string { return k.redactor().redact(s) }

func (k Key) header() string {
	if k.bearer {
		return "Bearer " + k.secret
	}
	return "Token token=" + k.secret
}
