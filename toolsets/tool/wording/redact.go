package wording

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Redacted stands for a credential in texts of others. It is nothing that anybody would
// write, so that a text with it is known for one that must not be sent back.
const Redacted = "[redacted by pagerduty-mcp]"

// A credential is a form of credentials, and how it is known in a text.
type credential struct {
	// needs are beginnings of it in small letters: a text without any of them is not
	// searched.
	needs []string
	form  func() *regexp.Regexp
	// kept is how many of its first groups stay, and tail what stays behind it.
	kept int
	tail string
	// unless reports of what was found, by its groups, that it is none.
	unless func(groups []string) bool
}

// names are what credentials are called in URLs, headers and prose.
const names = `(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key|signing[_-]?key|routing[_-]?key|integration[_-]?key|service[_-]?key)`

// credentials are the forms that are known, the most particular first.
var credentials = []credential{
	{ // a private key, whole or cut off
		needs: []string{"private key-----"},
		form:  Pattern(`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`),
	},
	{ // postgres://user:password@host
		needs: []string{"://"}, kept: 1, tail: "@",
		form: Pattern(`\b([A-Za-z][A-Za-z0-9+.-]*://)[^\s/@:"'<>]*:[^\s/@"'<>]+@`),
	},
	{ // who knows the address of a webhook may write to it
		needs: []string{"hook"}, kept: 1,
		form: Pattern(`(?i)(https?://(?:hooks?\.[^/\s"'<>]+/|[^/\s"'<>]+/(?:[^\s"'<>]*/)?webhooks?(?:b2)?/))[^\s\["'<>)\]]+`),
	},
	{ // PagerDuty's own: the addresses and keys that events are sent to, and API tokens
		needs: []string{"pagerduty.com/integration/", "pagerduty.com/x-ere/"}, kept: 1,
		form: Pattern(`(?i)\b(events\.(?:eu\.)?pagerduty\.com/(?:integration|x-ere)/)[A-Za-z0-9]+`),
	},
	{needs: []string{"r0"}, form: Pattern(`\bR0[0-9A-Z]{30}\b`)},
	{needs: []string{"pdus+", "pdeu+", "u+"}, form: Pattern(`\b(?:pd(?:us|eu)\+[A-Za-z0-9_+/=-]{16,}|u\+[A-Za-z0-9_+-]{18}\b)`)},
	{ // Authorization: Bearer …
		needs: []string{"authorization"}, kept: 2,
		form:   Pattern(`(?i)\b((?:proxy-)?authorization\\?["']?\s*[:=]\s*\\?["']?)((?:bearer|basic|digest|token|apikey|negotiate)\s+)?([^\s\["'\\,;<>]+)`),
		unless: func(groups []string) bool { return groups[2] == "" && isWord(groups[3]) },
	},
	{ // Bearer …, without the header's name
		needs: []string{"bearer ", "basic ", "token token="}, kept: 1,
		form:   Pattern(`(?i)\b((?:bearer|basic|token)\s+(?:token=)?)([A-Za-z0-9._~+/=-]{8,})`),
		unless: func(groups []string) bool { return isWord(groups[2]) },
	},
	{needs: []string{"akia", "asia"}, form: Pattern(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`)},
	{
		needs: []string{"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "npm_"},
		form:  Pattern(`\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{36})`),
	},
	{
		needs: []string{"xox", "xapp-", "k_live_", "k_test_", "aiza", "sk-", "sg."},
		form:  Pattern(`\b(?:xox[abeprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|AIza[0-9A-Za-z_-]{35}|sk-[A-Za-z0-9_-]{20,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,})`),
	},
	{needs: []string{"eyj"}, form: Pattern(`\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?`)},
	{ // api_key=…, "password": "…", in URLs, in JSON within a text, in command lines
		needs: []string{"passw", "passphrase", "pwd", "secret", "token", "key"}, kept: 2,
		form: Pattern(`(?i)((?:\b|_)[a-z0-9_.-]*` + names + `)(\\?["']?\s*(?:=|%3d|:)\s*\\?["']?)([^\s"'\\&,;<>(){}\[\]]+)`),
		unless: func(groups []string) bool {
			name, sign, value := groups[1], groups[2], groups[3]
			return isPageToken(name) || !strings.ContainsAny(sign, `="'%`) && !strings.Contains(strings.ToLower(name), "passw") && isWord(value)
		},
	},
	{needs: []string{"sig=", "signature="}, kept: 1, form: Pattern(`(?i)([?&](?:x-amz-)?sig(?:nature)?=)[^\s\["'&<>]+`)},
}

// isWord reports whether a text is rather a word of prose than a credential: "token:
// expired" has none.
func isWord(s string) bool {
	s = strings.TrimRight(s, ".!?")
	return len(s) < 24 && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' && r != '\'' }) < 0
}

// isPageToken reports whether a name is that of a place in a list.
func isPageToken(name string) bool {
	name = FoldName(name)
	return slices.ContainsFunc([]string{"nexttoken", "pagetoken", "continuationtoken", "synctoken"}, func(end string) bool { return strings.HasSuffix(name, end) })
}

// Redact puts [Redacted] in the place of the credentials in a text, and counts them.
func Redact(s string) (redacted string, hid int) {
	if len(s) < 8 {
		return s, 0
	}
	lower := strings.ToLower(s)
	for _, c := range credentials {
		if !slices.ContainsFunc(c.needs, func(part string) bool { return strings.Contains(lower, part) }) {
			continue
		}
		without, n := c.redact(s)
		s, hid = without, hid+n
	}
	return s, hid
}

// redact takes credentials of one form out of a text.
func (c credential) redact(s string) (redacted string, hid int) {
	form := c.form()
	var out strings.Builder
	for {
		at := form.FindStringSubmatchIndex(s)
		if at == nil {
			out.WriteString(s)
			return out.String(), hid
		}
		groups := make([]string, len(at)/2)
		for i := range groups {
			if at[2*i] >= 0 {
				groups[i] = s[at[2*i]:at[2*i+1]]
			}
		}
		if c.unless != nil && c.unless(groups) {
			out.WriteString(s[:at[1]])
			s = s[at[1]:]
			continue
		}
		begin := at[0]
		for _, group := range groups[1 : 1+c.kept] {
			begin += len(group) // they stand at the beginning, one behind the other
		}
		end := at[1] - len(c.tail)
		end += swallowed(s[begin:end], s[end:])
		out.WriteString(s[:begin])
		if s = s[end:]; !strings.HasPrefix(s, Redacted) { // a part of it was taken out before
			out.WriteString(Redacted)
		}
		hid++
	}
}

var (
	// lastName is the name of another credential at the end of a text.
	lastName = Pattern(`(?i)` + names + `(\\?["']?\s*(?:=|%3d|:))?$`)
	// itsValue is what follows such a name.
	itsValue = Pattern(`(?i)^(\\?["']?\s*(?:=|%3d|:))?\s*\\?["']?[^\s"'\\&,;<>(){}\[\]]+`)
)

// swallowed is how many bytes of rest belong to a credential whose name was taken for the
// end of another one, as in password=xsecret: y.
func swallowed(taken, rest string) (n int) {
	for {
		name := lastName().FindStringSubmatchIndex(taken[max(0, len(taken)-64):])
		if name == nil {
			return n
		}
		value := itsValue().FindStringSubmatchIndex(rest[n:])
		if value == nil || (name[2] < 0) == (value[2] < 0) { // one sign between them
			return n
		}
		taken = rest[n : n+value[1]]
		n += value[1]
	}
}

// secretNames are the ends of the names of members whose values are credentials.
var secretNames = []string{
	"password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey", "signingkey", "routingkey",
	"integrationkey", "servicekey", "authorization", "credential", "credentials", "cookie", "sessionid", "accountkey", "sharedkey", "connectionstring",
}

// FoldName writes a name without what people put between its words.
func FoldName(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("_- .", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// isSecretName reports whether the value of a member with this name is a credential,
// whatever it looks like.
func isSecretName(name string) bool {
	if len(name) > 255 || isPageToken(name) {
		return false
	}
	name = FoldName(name)
	return slices.ContainsFunc(secretNames, func(end string) bool { return strings.HasSuffix(name, end) })
}
