package pdapi_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/pdapi/sandbox"
)

// TestKeyStaysSecret looks for the key wherever it might slip out.
func TestKeyStaysSecret(t *testing.T) {
	t.Parallel()
	const secret = "u+SeCrEtKeY123456"
	key := mustKey(t, secret)
	var logged strings.Builder
	log := slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	box, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	config := pdapi.Config{Host: box.URL(), Key: key, Logger: log}
	pd, err := pdapi.New(config)
	if err != nil {
		t.Fatal(err)
	}
	box.Inject(sandbox.Fault{Status: 400, Times: 1, Body: `{"error":{"message":"bad token ` + secret + `","errors":["` + secret + `"]}}`})
	var said []string
	for range 2 { // the second one is refused with 401
		_, err = pd.Incident(t.Context(), "4711")
		said = append(said, fmt.Sprintf("%v %+v %#v", err, err, err))
	}
	log.Info("key", "key", key, "config", fmt.Sprintf("%v %+v %#v", config, config, key))
	said = append(said, logged.String())
	for _, s := range said {
		if strings.Contains(s, secret) {
			t.Errorf("the key is in %s", s)
		}
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"abc123":                            "Token token=abc123",
		" abc123\n":                         "Token token=abc123",
		"Token token=abc123":                "Token token=abc123",
		`token token="abc123"`:              "Token token=abc123",
		"pdus+abc":                          "Bearer pdus+abc",
		"pdeu+abc":                          "Bearer pdeu+abc",
		"Bearer abc":                        "Bearer abc",
		"eyJhbGciOi.eyJzdWI.sig":            "Bearer eyJhbGciOi.eyJzdWI.sig",
		"":                                  "",
		"two words":                         "",
		"pаsted":                            "", // the second letter is Cyrillic
		`"abc123"`:                          "Token token=abc123",
		`'abc123'`:                          "Token token=abc123",
		"“abc123”":                          "Token token=abc123",
		"‘abc123’":                          "Token token=abc123",
		"„abc123“":                          "Token token=abc123",
		"«abc123»":                          "Token token=abc123",
		"`abc123`":                          "Token token=abc123",
		" \" abc123 \" \r\n":                "Token token=abc123",
		"\ufeffabc123":                      "Token token=abc123",
		"\u00a0abc123\u200b":                "Token token=abc123",
		`Bearer "abc123"`:                   "Bearer abc123",
		`"Bearer abc123"`:                   "Bearer abc123",
		"Authorization: Token token=abc123": "Token token=abc123",
		"authorization:Bearer abc123":       "Bearer abc123",
	} {
		key, err := pdapi.ParseKey(in)
		if want == "" {
			if err == nil || in != "" && strings.Contains(err.Error(), in) {
				t.Errorf("ParseKey(%q): error %v; want one that does not repeat it", in, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("ParseKey(%q): %v", in, err)
			continue
		}
		var got string
		api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			got = r.Header.Get("Authorization")
			_, _ = io.WriteString(w, `{"user":{"id":"P1"}}`)
		}))
		pd, err := pdapi.New(pdapi.Config{Host: api.URL, Key: key})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := pd.Me(t.Context()); err != nil {
			t.Error(err)
		}
		api.Close()
		if got != want {
			t.Errorf("ParseKey(%q) is sent as %q, want %q", in, got, want)
		}
	}
}
