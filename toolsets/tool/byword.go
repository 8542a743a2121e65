package tool

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/kind"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// leastPart is how long a part of a name must be for a change, in bytes.
const leastPart = 3

// byWord returns the object that a change may be made to though its name isn't whole:
// the only one of all there are that has the text at the beginning of its name or of a
// word in it. PagerDuty searches byte by byte, and so misses names with other accents:
// what it found is only taken once no other fits in the list of all.
func (r *resolver) byWord(ctx context.Context, ref kind.Reference, found []kind.Candidate, whole bool) (finding, bool) {
	wanted := wording.LooseKey(ref.Text)
	fits := func(c kind.Candidate) bool { return beginsWord(wording.LooseKey(c.Name), wanted) }
	if !r.parts || !whole || ref.LooksLikeID || len(wanted) < leastPart || len(matching(found, fits)) != 1 {
		return finding{}, false
	}
	all, whole, err := r.all.of(ctx, r, ref.Kind)
	if err != nil {
		return finding{err: err}, true
	}
	matches := matching(all, fits)
	switch {
	case len(matches) > 1:
		return ambiguous(ref, matches, whole), true
	case len(matches) == 0 || !whole || !beginsWord(wording.NameKey(matches[0].Name), wording.NameKey(ref.Text)):
		return finding{}, false
	}
	return finding{Candidate: matches[0], worthSaying: true}, true
}

// beginsWord reports whether a name, or a word in it, begins with text.
func beginsWord(name, text string) bool {
	for at := 0; ; {
		i := strings.Index(name[at:], text)
		if i < 0 {
			return false
		}
		at += i
		before, size := utf8.DecodeLastRuneInString(name[:at])
		if size == 0 || !unicode.IsLetter(before) && !unicode.IsDigit(before) {
			return true
		}
		_, size = utf8.DecodeRuneInString(name[at:])
		at += size
	}
}
