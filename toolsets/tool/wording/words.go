package wording

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// MaxName is the longest name that is looked up, in characters. PagerDuty's own
// names are no longer.
const MaxName = 255

// maxQuoted is how much of a text is quoted, in characters.
const maxQuoted = 80

// Quote writes a text for a sentence of this server's own: an error, a note, a
// question. Names, titles and arguments are other people's words. Whatever they say,
// they stay between quotation marks, on one line, cleaned and cut, so that none can
// pass for what the server says. The test of internal/architecture holds that no such
// words get into a sentence past this function or [Show].
func Quote(s string) string { return QuoteUpTo(s, maxQuoted) }

// QuoteUpTo is [Quote] for what is wanted back as it is, such as a key: it is cut to n
// characters.
func QuoteUpTo(s string, n int) string {
	cleaned, hid := CleanAndCount(s)
	cleaned, _ = Redact(cleaned)
	line := strings.Join(strings.Fields(cleaned), " ")
	quoted := `"` + quoteMarks.Replace(Shorten(line, n)) + `"`
	if hid > 0 {
		quoted += " (without characters that nobody sees)"
	}
	return quoted
}

// quoteMarks keeps a text from ending the quotation that it stands in.
var quoteMarks = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// QuoteAll quotes texts and lists them, as many as a sentence bears.
func QuoteAll(texts []string) string {
	const most = 20
	var list []string
	for _, text := range texts[:min(len(texts), most)] {
		list = append(list, Quote(text))
	}
	if more := len(texts) - most; more > 0 {
		list = append(list, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(list, ", ")
}

// Show writes a value for an error: short, and as JSON. What is cut is quoted as a
// whole, so that no text in it is left open.
func Show(given any) string {
	if s, ok := given.(string); ok {
		return Quote(s)
	}
	data, err := json.Marshal(given)
	if err != nil {
		return "the value"
	}
	if shown, _ := RedactJSON(CleanJSON(data)); len(shown) <= maxQuoted {
		return string(shown)
	}
	return Quote(string(data))
}

// Shorten cuts s to at most n characters.
func Shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + "…"
}

// OrList writes words as a choice: a, b or c.
func OrList(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// Nearest returns the one of names that a person most likely meant by name, or
// "" when none is close. Of those that are, as beginning with the name or as written
// with few other letters, it is the one with the fewest.
func Nearest(name string, names []string) string {
	best, least := "", 0
	for _, candidate := range names {
		distance := EditDistance(strings.ToLower(name), candidate)
		near := distance <= max(2, len(name)/3)
		begins := len(name) > 2 && strings.HasPrefix(candidate, strings.TrimSuffix(name, "s")) || len(candidate) > 2 && strings.HasPrefix(name, candidate)
		if (near || begins) && (best == "" || distance < least) {
			best, least = candidate, distance
		}
	}
	return best
}

// EditDistance is the Levenshtein distance between two names.
func EditDistance(a, b string) int {
	if len(a) > 64 || len(b) > MaxName {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}

// Thousands writes a number as people read it: 12,345.
func Thousands(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
