package pdapi

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// written are the forms in which a key may come back in somebody else's text.
func written(key string) map[string]string {
	each := func(format string) string {
		var b strings.Builder
		for _, r := range key {
			fmt.Fprintf(&b, format, r)
		}
		return b.String()
	}
	encoded, _ := json.Marshal(key)
	inHTML := html.EscapeString(each("&#%d;"))
	return map[string]string{
		"as it is":                  key,
		"header":                    "Token token=" + key,
		"query":                     url.QueryEscape(key),
		"path":                      url.PathEscape(key),
		"query, twice":              url.QueryEscape(url.QueryEscape(key)),
		"every byte for a URL":      each("%%%02X"),
		"HTML":                      html.EscapeString(key),
		"HTML of a template":        template.HTMLEscapeString(key),
		"JavaScript":                template.JSEscapeString(key),
		"HTML, by number":           each("&#%d;"),
		"HTML, by hex number":       each("&#x%x;"),
		"HTML, twice":               inHTML,
		"JSON":                      strings.Trim(string(encoded), `"`),
		"JSON, by number":           each(`\u%04x`),
		"JSON in JSON":              strings.ReplaceAll(each(`\u%04x`), `\`, `\\`),
		"bytes":                     each(`\x%02x`),
		"quoted":                    strconv.QuoteToASCII(key),
		"base64 of the header":      base64.StdEncoding.EncodeToString([]byte("Token token=" + key)),
		"base64 of the header line": base64.StdEncoding.EncodeToString([]byte("Authorization: Token token=" + key + "\r\n")),
		"base64 of the key":         base64.StdEncoding.EncodeToString([]byte(key)),
		"base64 of user and key":    base64.URLEncoding.EncodeToString([]byte("ab:" + key)),
		"base64 for a URL":          url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("x" + key + "y"))),
		"on two lines":              key[:9] + "\n" + key[9:],
		"with what nobody sees":     key[:5] + "\u200b" + key[5:11] + "\u00ad\ufe0f" + key[11:],
		"hidden in HTML":            key[:5] + "&#8203;" + key[5:11] + "&shy;" + key[11:],
	}
}

// leaks finds pieces of a key, or of what base64 makes of it, in texts.
type leaks []string

func leaksOf(key string) leaks {
	var pieces leaks
	forms := []string{key}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			forms = append(forms, inBase64(encoding, key, before))
		}
	}
	for _, form := range forms {
		for i := 0; i+8 <= len(form); i++ {
			pieces = append(pieces, form[i:i+8])
		}
	}
	return pieces
}

var visible = strings.NewReplacer("\u200b", "", "\u00ad", "", "\ufe0f", "", "\n", "")

// in is a piece that can be read out of a text; empty if there is none.
func (l leaks) in(text string) string {
	for range 3 {
		for _, piece := range l {
			if strings.Contains(text, piece) {
				return piece
			}
		}
		before := text
		text = visible.Replace(html.UnescapeString(text))
		if plain, err := url.PathUnescape(text); err == nil {
			text = plain
		}
		if plain, err := strconv.Unquote(`"` + strings.ReplaceAll(text, `"`, `\"`) + `"`); err == nil {
			text = plain
		}
		if text == before {
			break
		}
	}
	return ""
}

func quoteJSON(s string) string {
	encoded, _ := json.Marshal(s)
	return string(encoded)
}

// fields put a text into every place of an answer that an error shows, and
// return the error.
var fields = map[string]func(text string, key Key) error{
	"message": func(text string, key Key) error { return failed(`{"error":{"message":`+quoteJSON(text)+`}}`, "", key) },
	"details": func(text string, key Key) error {
		return failed(`{"error":{"message":"no","errors":["x",`+quoteJSON(text)+`]}}`, "", key)
	},
	"field name": func(text string, key Key) error {
		return failed(`{"errors":{`+quoteJSON(text)+`:["is wrong"]}}`, "", key)
	},
	"error": func(text string, key Key) error { return failed(`{"error":`+quoteJSON(text)+`}`, "", key) },
	"scopes": func(text string, key Key) error {
		return failed(`{"error":{"required_scopes":[`+quoteJSON(text)+`]}}`, "", key)
	},
	"unknown form": func(text string, key Key) error { return failed(`{"x":{"y":[`+quoteJSON(text)+`]}}`, "", key) },
	"text":         func(text string, key Key) error { return failed(text, "", key) },
	"page":         func(text string, key Key) error { return failed("<html><p>"+text+"</p></html>", "", key) },
	"title":        func(text string, key Key) error { return failed("<title>"+text+"</title>", "", key) },
	"request id":   func(text string, key Key) error { return failed("", text, key) },
	"content type": func(text string, key Key) error { return unread(text, `{"x":`, key) },
	"success page": func(text string, key Key) error { return unread("text/html", "<html>"+text, key) },
	"reading": func(text string, key Key) error {
		return (&conn{key: key}).notExpected(request{reads: true}, answer{header: http.Header{}}, errors.New(text))
	},
	"transport": func(text string, key Key) error { return withoutKey(fmt.Errorf("malformed answer %q", text), key) },
	"override": func(text string, key Key) error {
		return errors.New(strings.Join(key.redactor().texts(words(json.RawMessage(`{"start":[`+quoteJSON(text)+`]}`))), "; "))
	},
}

func failed(body, requestID string, key Key) error {
	header := http.Header{"X-Request-Id": {requestID}}
	e := newError(request{reads: true}, "/x", answer{status: 400, header: header, data: []byte(body)}, key)
	return fmt.Errorf("%w %+v", e, *e)
}

func unread(contentType, body string, key Key) error {
	header := http.Header{"Content-Type": {contentType}}
	return (&conn{key: key}).notExpected(request{}, answer{status: 200, header: header, data: []byte(body)}, json.Unmarshal([]byte(body), new(any)))
}

// places are where a key may stand in a text: at every offset at which some
// bound on the text could cut it.
func places(yield func(int) bool) {
	for _, bound := range []int{0, 64, 200, maxMessage} {
		for at := max(0, bound-18); at <= bound; at++ {
			if !yield(at) {
				return
			}
		}
	}
	_ = yield(maxForeign - 20)
}

// TestNoPieceOfTheKey puts the key, in every form, at every place that a bound
// could cut, into every field of an error, and looks for pieces of it.
func TestNoPieceOfTheKey(t *testing.T) {
	t.Parallel()
	for _, secret := range []string{"u+SeCrEt_KeY-12/6=", "sandbox-user-key"} {
		key, pieces := Key{secret: secret}, leaksOf(secret)
		for form, text := range written(secret) {
			if pieces.in(text) == "" {
				t.Fatalf("the test does not see the key in %q", text)
			}
			for name, put := range fields {
				for at := range places {
					filler := []string{"x", "é", " "}[at%3]
					said := fmt.Sprint(put(strings.Repeat(filler, at/len(filler))+text+" y", key))
					if piece := pieces.in(said); piece != "" {
						t.Fatalf("%s, %s, at %d: %q comes out in %q", form, name, at, piece, said)
					}
				}
			}
		}
	}
}

// TestPiecesOfTheKey has others cut the key short before it comes back.
func TestPiecesOfTheKey(t *testing.T) {
	t.Parallel()
	const secret = "u+SeCrEt1KeY212345X6"
	key := Key{secret: secret}
	for from := range secret {
		for to := from + 8; to <= len(secret); to++ {
			if said := key.Redact("it is " + secret[from:to] + "…"); leaksOf(secret).in(said) != "" {
				t.Errorf("%q comes out in %q", secret[from:to], said)
			}
		}
	}
	for text, want := range map[string]string{
		"it is " + secret + ", isn't it?":     "it is [redacted], isn't it?",
		"u%2BSeCrEt1KeY212345X6 &amp; more":   "[redacted] &amp; more",
		"nothing: 100 % of R&D, \\d, u+SeCrE": "nothing: 100 % of R&D, \\d, u+SeCrE",
		"é" + secret + secret + "é":           "é[redacted]é",
		"":                                    "",
	} {
		if got := key.Redact(text); got != want {
			t.Errorf("Redact(%q) = %q, want %q", text, got, want)
		}
	}
	// A key that is made of words, as one for tests is, does not take them out of
	// other texts.
	if got := (Key{secret: "sandbox-account-key"}).Redact("an account-level token"); got != "an account-level token" {
		t.Error(got)
	}
}

func FuzzNoPieceOfTheKey(f *testing.F) {
	for _, text := range written("u+SeCrEt_KeY-12345/6=") {
		f.Add(490, text, "<b>")
	}
	f.Fuzz(func(t *testing.T, at int, text, filler string) {
		const secret = "u+SeCrEt_KeY-12345/6="
		if at < 0 || at > 2000 || len(filler) > 20 || leaksOf(secret).in(filler) != "" {
			return
		}
		for name, put := range fields {
			said := fmt.Sprint(put(strings.Repeat(filler, at)+text+secret+text, Key{secret: secret}))
			if strings.Contains(said, secret) || strings.Contains(said, secret[:8]) || strings.Contains(said, secret[len(secret)-8:]) {
				t.Errorf("%s: the key comes out in %q", name, said)
			}
		}
	})
}
