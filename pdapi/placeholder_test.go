package pdapi_test

import (
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// TestPlaceholders refuses what stands for a key, and says what it is.
func TestPlaceholders(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"${input:pagerduty-key}":                "${input:…}",
		"${env:PAGERDUTY_USER_API_KEY}":         "${…}",
		"${PAGERDUTY_USER_API_KEY}":             "${…}",
		"${PAGERDUTY_USER_API_KEY:-}":           "${…}",
		"Token token=${PAGERDUTY_USER_API_KEY}": "${…}",
		"Bearer ${TOKEN}":                       "${…}",
		"u+${REST}":                             "${…}",
		"$PAGERDUTY_USER_API_KEY":               "$…",
		"$env:PAGERDUTY_USER_API_KEY":           "$…",
		"$(op read op://vault/pagerduty/key)":   "$(…)",
		"{{X}}":                                 "brackets",
		"{{ .Values.pagerduty.key }}":           "brackets",
		"{PAGERDUTY_USER_API_KEY}":              "brackets",
		"[your key]":                            "brackets",
		"<%= key %>":                            "brackets",
		"%PAGERDUTY_USER_API_KEY%":              "%…%",
		"<your key>":                            "angle brackets",
		"<PAGERDUTY_USER_API_KEY>":              "angle brackets",
		"undefined":                             "no value",
		"null":                                  "no value",
		"None":                                  "no value",
		`"null"`:                                "no value",
		"nil":                                   "no value",
		"NaN":                                   "no value",
		"your-pagerduty-api-key-here":           "example",
		"your_api_key":                          "example",
		"YOUR_API_KEY_HERE":                     "example",
		"your key":                              "example",
		"<api-key>":                             "angle brackets",
		"my-token":                              "example",
		"Token token=your-token":                "example",
		"paste-your-key-here":                   "example",
		"changeme":                              "example",
		"PAGERDUTY_USER_API_KEY":                "example",
		"__PAGERDUTY_USER_API_KEY__":            "example",
		"xxxxxxxxxxxxxxxxxxxx":                  "masked",
		"XXX":                                   "masked",
		"u+xxxxxxxxxxxxxxxxxx":                  "masked",
		"pdus+xxxxxxxx":                         "masked",
		"xxxx-xxxx-xxxx":                        "masked",
		"…":                                     "masked",
		"...":                                   "masked",
		"u+abcd…":                               "masked",
		"u+hunter2...hunter2":                   "masked",
		"********":                              "masked",
		"u+hunter2*****":                        "masked",
		"••••••••":                              "masked",
		"PAGERDUTY_USER_API_KEY=u+hunter2hunter2":     "NAME=value",
		"export PAGERDUTY_USER_API_KEY=u+hunter2":     "NAME=value",
		`PAGERDUTY_USER_API_KEY="u+hunter2"`:          "NAME=value",
		`"PAGERDUTY_USER_API_KEY": "u+hunter2"`:       "NAME=value",
		"PAGERDUTY_USER_API_KEY: u+hunter2":           "NAME=value",
		"$env:PAGERDUTY_USER_API_KEY=u+hunter2":       "NAME=value",
		"token=u+hunter2":                             "NAME=value",
		"# my key\nu+hunter2hunter2":                  "2 lines",
		"u+hunter2\r\nu+hunter2":                      "2 lines",
		"https://acme.pagerduty.com/api_keys/hunter2": "URL",
		"u+hunter2 hunter2":                           "spaces",
		"u+hunter2\thunter2":                          "spaces",
		"u+hunter2\u200bhunter2":                      "spaces",
		`u+hunter2"` + "hunter2":                      "characters",
		"u+hunter2,u+hunter2":                         "characters",
		`{"key":"u+hunter2"}`:                         "brackets",
		"/run/secrets/hunter2":                        "path of a file",
		"~/.config/hunter2":                           "path of a file",
		"../hunter2":                                  "path of a file",
		`C:\Users\ana\hunter2.txt`:                    "path of a file",
		`\\server\share\hunter2`:                      "path of a file",
		"file:hunter2":                                "path of a file",
		"vault:secret/hunter2":                        "characters",
		"env:hunter2":                                 "characters",
		"#{HUNTER2}#":                                 "characters",
		"REDACTED":                                    "example",
		"fill-me-in":                                  "example",
		"test":                                        "example",
		"not-set":                                     "example",
		"0":                                           "example",
	} {
		_, err := pdapi.ParseKey(in)
		if err == nil {
			t.Errorf("ParseKey(%q) takes it", in)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("ParseKey(%q): %v; want it to say %q", in, err, want)
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("ParseKey(%q) repeats the secret: %v", in, err)
		}
	}
	// What looks odd and may be a key all the same.
	for _, in := range []string{"u+AbCdEfGh123456789012", "y_NbAkKc66ryYTWUXYEu", "YjE2NzQ4ZGY0ZTRl", "abc_def-ghi.jkl~mno=", "pdus+_0XBPWQQ_dfacf-1234", "e+nullNone12345678xx",
		"tokenkey12345", "x1x2x3x4", "key-1234567890", "pdeu+aaaa.bbbb"} {
		if _, err := pdapi.ParseKey(in); err != nil {
			t.Errorf("ParseKey(%q): %v", in, err)
		}
	}
}

func TestCheckFrom(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"ana@northwind.example":                     "ana@northwind.example",
		` "ana@northwind.example" `:                 "ana@northwind.example",
		"‘ana+pd@northwind.example’":                "ana+pd@northwind.example",
		"me@northwind.example":                      "me@northwind.example",
		"Ana":                                       "",
		"Ana <ana@northwind.example>":               "",
		"ana@northwind.example, b@northwind.exampl": "",
		"${input:email}":                            "",
		"$EMAIL":                                    "",
		"{{email}}":                                 "",
		"%EMAIL%":                                   "",
		"<your e-mail>":                             "",
		"null":                                      "",
		"undefined":                                 "",
		"None":                                      "",
		"PAGERDUTY_FROM_EMAIL=ana@northwind.co":     "",
		"you@company.com":                           "",
		"your-email@company.com":                    "",
		"ana@example.com":                           "",
		"u+hunter2hunter2":                          "",
		"":                                          "",
	} {
		got, err := pdapi.CheckFrom(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("CheckFrom(%q) = %q, %v; want %q", in, got, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "such as")) {
			t.Errorf("CheckFrom(%q): %v", in, err)
		}
	}
}
