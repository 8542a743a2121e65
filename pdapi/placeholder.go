package pdapi

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// unquote takes white space, invisible characters such as a byte-order mark, and
// quotes of any kind off both ends of a setting.
func unquote(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Pi, unicode.Pf) || strings.ContainsRune("\"'`„‚", r)
	})
}

// placeholders are the forms of values that stand for another one, which a
// client, a shell or a person should have put in their place. Only what can't be
// a secret is shown, in place of %q.
var placeholders = []struct {
	form *regexp.Regexp
	what string
}{
	{regexp.MustCompile(`(?i)^(export |set |setx |\$env:)?[a-z][a-z0-9_]*=[^=]|^[A-Za-z0-9]+(_[A-Za-z0-9]+)+["']?\s*[:=]\s*\S`),
		"is written as NAME=value: give the value alone"},
	{regexp.MustCompile(`\$\{input:`), "is the placeholder ${input:…}, which only VS Code replaces, and only where its own configuration has an input of that name"},
	{regexp.MustCompile(`\$\{`), "is a placeholder of the form ${…}, which the MCP client did not replace"},
	{regexp.MustCompile(`\$\(`), "is a command of the form $(…), which only a shell runs"},
	{regexp.MustCompile(`^\$[A-Za-z_][A-Za-z0-9_:]*$`), "is the name of a variable, $…, which only a shell replaces"},
	{regexp.MustCompile(`\{\{|\}\}|^\{[^{}]*\}$|<%|^\[[^\]]*\]$`), "is a placeholder in brackets that nobody replaced"},
	{regexp.MustCompile(`%[A-Za-z_][A-Za-z0-9_]*%`), "is the name of a variable, %…%, which only the Windows command line replaces"},
	{regexp.MustCompile(`^<.*>$`), "is in angle brackets, as examples are"},
	{regexp.MustCompile(`(?i)^(undefined|null|none|nil|nan|true|false|\(none\)|\(null\)|object object)$`), "is %q, which a program writes that has no value"},
	{regexp.MustCompile(`(?i)^(u\+|y_|pd[a-z]{2}\+)?[x*•●·….#?_-]+$|[*•●…]|\.{3}|x{6}`), "is masked or cut short, as keys are shown to people"},
}

// Placeholder says in a clause what is wrong with a setting that stands for
// another value, such as "${input:key}", "$KEY", "null", "xxxx" or "KEY=value";
// it is empty for all others. The clause does not repeat the setting, which may
// hold a secret.
func Placeholder(s string) string {
	s = unquote(s)
	for _, p := range placeholders {
		if p.form.MatchString(s) {
			return strings.ReplaceAll(p.what, "%q", strconv.Quote(s))
		}
	}
	return ""
}

// exampleWords are words that examples of keys are made of.
var exampleWords = strings.Fields(`a access actual add an api apikey auth change changeme copy dummy enter example for from goes here
	empty fill fixme hidden in insert is key keys me missing my new no not oauth of own pagerduty pass password paste pd personal
	placeholder put real redacted removed replace rest sample secret set some string test testing token the this to todo tbd unset use
	user value with yes yours your yourkey yourtoken 0 1 123 1234 12345 123456 n y`)

// isExample reports whether a key is made of nothing but words, as in
// "your-pagerduty-api-key-here".
func isExample(key string) bool {
	words := strings.FieldsFunc(strings.ToLower(key), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, word := range words {
		if !slices.Contains(exampleWords, word) {
			return false
		}
	}
	return true
}

// looksSecret reports whether a setting that should be something else looks like
// a key, so that an error must not show it: people mix settings up.
func looksSecret(s string) bool {
	return len(s) >= 16 && !strings.ContainsAny(s, " @.:/") || oauthToken.MatchString(s)
}

// exampleAddress matches addresses that stand in documentation.
var exampleAddress = pattern(`(?i)@example\.(com|org|net)$|^your|^you@`)

// CheckFrom returns the login e-mail of the user who acts, without quotes and
// white space around it, or an error that says why it can't be one.
func CheckFrom(from string) (string, error) {
	from = unquote(from)
	const wanted = "give the login e-mail of the PagerDuty user who acts, such as ana@your-company.com"
	if what := Placeholder(from); what != "" {
		return "", fmt.Errorf("the e-mail address %s; %s", what, wanted)
	}
	address, err := mail.ParseAddress(from)
	switch {
	case looksSecret(from):
		return "", fmt.Errorf("it is not an e-mail address (and looks like a key, so it is not shown); %s", wanted)
	case err != nil || address.Address != from:
		return "", fmt.Errorf("%q is not an e-mail address; %s", clip(from, 80), wanted)
	case exampleAddress().MatchString(from):
		return "", fmt.Errorf("%q is an example of an e-mail address; %s", clip(from, 80), wanted)
	}
	return from, nil
}
