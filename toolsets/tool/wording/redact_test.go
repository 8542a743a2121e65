package wording_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// spell puts together what would be taken for a real credential if it stood here.
func spell(parts ...string) string { return strings.Join(parts, "") }

// TestRedact holds that credentials of every form that is known are taken out of texts,
// and nothing else is.
func TestRedact(t *testing.T) {
	t.Parallel()
	hex := strings.Repeat("0123456789abcdef", 2)
	for text, secret := range map[string]string{
		"postgres://app:hunter2@db.example/orders":                                                   "hunter2",
		"see https://ops:p%40ss@grafana.example/d/1 for it":                                          "p%40ss",
		"https://api.example/v1?api_key=abc123&host=web-1":                                           "abc123",
		"https://api.example/v1?token=abcdef":                                                        "abcdef",
		"https://x.blob.example/a?sv=1&sig=aGVsbG8%3D":                                               "aGVsbG8%3D",
		"https://s3.example/a?X-Amz-Signature=" + hex:                                                hex,
		`{"password": "hunter2"}`:                                                                    "hunter2",
		`{\"api_key\": \"k-123\"}`:                                                                   "k-123",
		"DB_PASSWORD=hunter2 ./run":                                                                  "hunter2",
		"run --token=abc123 now":                                                                     "abc123",
		"password: correct-horse":                                                                    "correct-horse",
		"api_key: 9f8e7d6c":                                                                          "9f8e7d6c",
		"curl -H 'Authorization: Bearer abc.def.ghi' x":                                              "abc.def.ghi",
		"Authorization: Token token=y_NbAkKc66ryYTWUXYEu":                                            "y_NbAkKc66ryYTWUXYEu",
		"authorization: Basic dXNlcjpwYXNz":                                                          "dXNlcjpwYXNz",
		"got Bearer abcdef0123456789 back":                                                           "abcdef0123456789",
		spell("https://hooks.slack", ".com/services/T000/B000/XXXX"):                                 "T000/B000/XXXX",
		spell("https://discord", ".com/api/webhooks/1/abc-def"):                                      "abc-def",
		spell("https://corp.webhook.office", ".com/webhookb2/a@b/c"):                                 "a@b/c",
		"https://ci.example/webhook/build?x=1":                                                       "build?x=1",
		"https://events.pagerduty.com/integration/" + hex + "/enqueue":                               hex,
		"https://events.eu.pagerduty.com/x-ere/R0ABC":                                                "R0ABC",
		"routing_key=" + hex:                                                                         hex,
		spell("use R0", strings.Repeat("2B", 15), " for it"):                                         strings.Repeat("2B", 15),
		spell("use u+", "abcdefghijklmnopqr", " for it"):                                             "abcdefghijklmnopqr",
		spell("use pdus", "+_0XBPWQQ_abcdefghijkl", " for it"):                                       "abcdefghijkl",
		spell("AKIA", "IOSFODNN7EXAMPLE"):                                                            "IOSFODNN7EXAMPLE",
		spell("aws_secret_access_key = wJalr", "XUtnFEMI/K7MDENG/bPxRfiCYEX"):                        "XUtnFEMI",
		spell("ghp", "_", strings.Repeat("a1B2", 9)):                                                 "a1B2a1B2",
		spell("github", "_pat_", strings.Repeat("a1B2", 9)):                                          "a1B2a1B2",
		spell("glpat", "-", strings.Repeat("a1B2", 5)):                                               "a1B2a1B2",
		spell("xoxb", "-123456789012-abcdef"):                                                        "123456789012",
		spell("sk", "_live_", strings.Repeat("a1B2", 6)):                                             "a1B2a1B2",
		spell("AIza", strings.Repeat("a1B2_", 7)):                                                    "a1B2_",
		spell("eyJ", "hbGciOiJIUzI1NiJ9.eyJ", "zdWIiOiIxIn0.abc"):                                    "zdWIiOiIxIn0",
		spell("-----BEGIN RSA ", "PRIVATE KEY-----\nMIIEow\n-----END RSA ", "PRIVATE KEY-----\nand"): "MIIEow",
		spell("-----BEGIN ", "PRIVATE KEY-----\nMIIEow"):                                             "MIIEow",
	} {
		got, n := wording.Redact(text)
		if strings.Contains(got, secret) || !strings.Contains(got, wording.Redacted) || n == 0 {
			t.Errorf("%q becomes %q, %d", text, got, n)
		}
		if again, n := wording.Redact(got); again != got || n > 0 {
			t.Errorf("%q becomes %q once more", got, again)
		}
	}
	for _, text := range []string{
		"", "The token: expired. The password was changed.", "token expired", "basic monitoring is on", "Bearer authentication fails", "author=ana", "max_tokens=100",
		"https://ops.example/incidents/Q1?key=value", "mail ana@example.com, then see https://x.example/a:b", "incident_key=checkout-5xx", "next_page_token=abc123", "a monkey: brown",
		"Secret Santa", "https://example.pagerduty.com/incidents/Q2", hex, "arn:aws:sns:us-east-1:123:topic", "sha256:" + hex, "the hook https://x.example/hook", "AKIA is a prefix",
		"http://10.0.0.1:9090/graph?g0.expr=up", "sign in at https://x.example/@ana",
	} {
		if got, n := wording.Redact(text); got != text || n != 0 {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

// TestRedactJSON holds that members are known by their names, too, and that JSON stays as
// it is otherwise.
func TestRedactJSON(t *testing.T) {
	t.Parallel()
	mark := `"` + wording.Redacted + `"`
	for given, want := range map[string]string{
		`{"a":1,"apiKey":"x","b":[true,null]}`:                                      `{"a":1,"apiKey":` + mark + `,"b":[true,null]}`,
		`{"db":{"password":"x","user":"ana"}}`:                                      `{"db":{"password":` + mark + `,"user":"ana"}}`,
		`{"pin_token":12345,"n":1}`:                                                 `{"pin_token":` + mark + `,"n":1}`,
		`{"headers":[{"key":"X-Anything","value":"x"}],"value":"stays"}`:            `{"headers":[{"key":"X-Anything","value":` + mark + `}],"value":"stays"}`,
		`[{"name":"API-Key","value":"x"},{"name":"host","value":"web-1"}]`:          `[{"name":"API-Key","value":` + mark + `},{"name":"host","value":"web-1"}]`,
		`{"details":"see https:\/\/a:b@x.example"}`:                                 `{"details":"see https://` + wording.Redacted + `@x.example"}`,
		`{"cmd":"run \"x\" --token=abc1 <now>"}`:                                    `{"cmd":"run \"x\" --token=` + wording.Redacted + ` <now>"}`,
		`{"https://a:b@x.example":1}`:                                               `{"https://` + wording.Redacted + `@x.example":1}`,
		`{"token":"","secret":null,"password":false,"next_token":"a1b2","key":"k"}`: `{"token":"","secret":null,"password":false,"next_token":"a1b2","key":"k"}`,
		`{"incident_key":"checkout","alert_key":"a/b","dedup_key":"0af"}`:           `{"incident_key":"checkout","alert_key":"a/b","dedup_key":"0af"}`,
		`"password=hunter2"`:                                                        `"password=` + wording.Redacted + `"`,
		`12`:                                                                        `12`,
	} {
		got, _ := wording.RedactJSON([]byte(given))
		if string(got) != want || !json.Valid(got) {
			t.Errorf("%s becomes %s, want %s", given, got, want)
		}
		if again, n := wording.RedactJSON(got); string(again) != string(got) || n > 0 {
			t.Errorf("%s becomes %s once more", got, again)
		}
	}
}

// FuzzRedactJSON holds that JSON stays JSON, whatever is in it.
func FuzzRedactJSON(f *testing.F) {
	f.Add([]byte(`{"token":"a","b":[{"name":"secret","value":"\u0041"}]}`))
	f.Add([]byte(`{"a":"postgres:\/\/a:b@c","headers":{"x":[1,-2e3]}}`))
	f.Add([]byte(`[[["password=\"x\""]]]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, n := wording.RedactJSON(data)
		if json.Valid(data) && !json.Valid(got) {
			t.Errorf("%q becomes %q", data, got)
		}
		if n == 0 && string(got) != string(data) {
			t.Errorf("%q becomes %q, and nothing was taken out", data, got)
		}
	})
}

// TestRedactSideBySide puts credentials of all forms right beside each other, as names and
// values of strangers end up in one sentence: what is left of one must not hide another.
func TestRedactSideBySide(t *testing.T) {
	t.Parallel()
	const secret = "hunter2zq"
	forms := []string{
		"password=" + secret, "https://ops:" + secret + "@db.example", "Authorization: Bearer " + secret + "1", `{"api_key":"` + secret + `"}`,
		"token=" + secret, "https://x.example/?sig=" + secret, "client_secret: '" + secret + "'", "https://hooks.example/" + secret,
		"-----BEGIN PRIVATE KEY-----" + secret + "-----END PRIVATE KEY-----", wording.Redacted, "word",
	}
	for _, first := range forms {
		for _, second := range forms {
			for _, between := range []string{"", "=", " ", ",", ", ", "&", "; ", ":", "\n", "/", "[", "]"} {
				both := first + between + second
				redacted, _ := wording.Redact(both)
				if strings.Contains(redacted, secret) {
					t.Errorf("%q becomes %q", both, redacted)
				}
				if again, _ := wording.Redact(redacted); again != redacted {
					t.Errorf("%q becomes %q, and then %q", both, redacted, again)
				}
			}
		}
	}
}
