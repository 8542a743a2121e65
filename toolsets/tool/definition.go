package tool

import (
	"unicode"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Definition is what a model reads of the tool before it calls it: name, description and
// the schema of its arguments, as JSON.
func (t Tool) Definition() []byte {
	d := &wording.Document{}
	d.WriteString(`{"name":`)
	d.Value(t.name)
	d.WriteString(`,"description":`)
	d.Value(t.description)
	d.WriteString(`,"input_schema":`)
	d.Write(t.Schema())
	d.WriteByte('}')
	return d.Bytes()
}

// Tokens estimates how many tokens of a model's context a text takes. Tokenizers differ
// from model to model; the estimate counts words and runs of punctuation, of which the
// common ones are a token each, and is within a tenth of the tokens of o200k for the
// definitions of a toolset.
func Tokens(text string) int {
	tokens, run := 0, 0
	var kind int
	for _, r := range text {
		now := 1 // punctuation
		switch {
		case unicode.IsLetter(r):
			now = 2
		case unicode.IsDigit(r):
			now = 3
		case unicode.IsSpace(r):
			now = 4
		}
		if now != kind {
			tokens += ofRun(kind, run)
			kind, run = now, 0
		}
		run++
	}
	return tokens + ofRun(kind, run)
}

// ofRun estimates the tokens of a run of characters of one kind.
func ofRun(kind, length int) int {
	switch kind {
	case 1:
		return (length + 3) / 4
	case 2:
		return 1 + (length-1)/9
	case 3:
		return (length + 2) / 3
	}
	return 0 // a blank belongs to the word behind it
}
