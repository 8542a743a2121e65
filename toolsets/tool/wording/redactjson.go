package wording

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// RedactJSON puts [Redacted] in the place of the credentials in a compact JSON text, and
// counts them: what looks like one in any text, and the values of members that are named
// like one, as api_key is, or are a header's value. The text stays as it is otherwise.
func RedactJSON(data []byte) (redacted []byte, hid int) {
	if !mayHaveCredentials(data) {
		return data, 0
	}
	w := walker{data: data}
	w.walk()
	if w.hid == 0 {
		return data, 0
	}
	return append(w.out, data[w.copied:]...), w.hid
}

// mayHaveCredentials reports whether it is worth it to look at every text in JSON.
func mayHaveCredentials(data []byte) bool {
	lower := bytes.ToLower(data)
	for _, c := range credentials {
		for _, part := range c.needs {
			if bytes.Contains(lower, []byte(part)) {
				return true
			}
		}
	}
	for _, part := range []string{"auth", "cookie", "credential", "session", "header", "connection", "pass"} {
		if bytes.Contains(lower, []byte(part)) {
			return true
		}
	}
	return bytes.Contains(lower, []byte(`\`)) // a text may have them in escapes
}

// walker goes through JSON once.
type walker struct {
	data   []byte
	out    []byte // what is behind, with what was replaced
	copied int    // up to where data is in out
	hid    int
	open   []frame
}

// frame is an object or a list that is not closed.
type frame struct {
	isObject bool
	name     string // of the member that is being read
	called   string // what the object says that it is called: {"name": …, "value": …}
	wantsKey bool   // the next text is a name
	headers  bool   // it is, or is in, the headers of a request
}

func (w *walker) walk() {
	for i := 0; i < len(w.data); {
		top := w.top()
		switch c := w.data[i]; c {
		case '{', '[':
			w.open = append(w.open, frame{isObject: c == '{', wantsKey: c == '{', name: top.name, headers: top.headers || strings.HasSuffix(FoldName(top.name), "headers")})
		case '}', ']':
			w.open = w.open[:max(len(w.open)-1, 0)]
		case ',':
			top.wantsKey = top.isObject
		case ':':
			top.wantsKey = false
		case '"':
			end := i + 1
			for end < len(w.data) && w.data[end] != '"' {
				if w.data[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(w.data))
			w.text(top, i, end)
			i = end
			continue
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			end := i
			for end < len(w.data) && strings.IndexByte(",]}", w.data[end]) < 0 {
				end++
			}
			if top.isObject && isSecretName(top.name) {
				w.replace(i, end, Redacted)
				w.hid++
			}
			i = end
			continue
		}
		i++
	}
}

// top is the frame that what comes next is in.
func (w *walker) top() *frame {
	if len(w.open) == 0 {
		return &frame{}
	}
	return &w.open[len(w.open)-1]
}

// text reads a text of JSON: a name or a value.
func (w *walker) text(in *frame, from, to int) {
	s := string(w.data[from+1 : max(to-1, from+1)])
	if strings.Contains(s, `\`) && json.Unmarshal(w.data[from:to], &s) != nil {
		return
	}
	if in.isObject && in.wantsKey {
		in.name = s
	} else {
		if in.isObject && slices.Contains([]string{"name", "key", "header"}, in.name) {
			in.called = s
		}
		if isValue := in.isObject && in.name == "value"; s != "" && s != Redacted && (isSecretName(in.name) || isValue && (in.headers || isSecretName(in.called))) {
			w.replace(from, to, Redacted)
			w.hid++
			return
		}
	}
	if redacted, hid := Redact(s); hid > 0 {
		w.replace(from, to, redacted)
		w.hid += hid
	}
}

// replace writes a text in the place of a part of the data.
func (w *walker) replace(from, to int, text string) {
	w.out = append(w.out, w.data[w.copied:from]...)
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // of a text that can't fail
	w.out = append(w.out, bytes.TrimSpace(quoted.Bytes())...)
	w.copied = to
}
