package tool

import (
	"encoding/json"
	"strconv"
	"strings"
)

// show writes a value for an error: short, and as JSON.
func show(given any) string {
	if s, ok := given.(string); ok {
		return quote(s)
	}
	data, err := json.Marshal(given)
	if err != nil {
		return "the value"
	}
	return Cut(Clean(string(data)), 60)
}

func quote(s string) string { return strconv.Quote(Cut(Clean(s), 60)) }

// Cut shortens s to at most n characters.
func Cut(s string, n int) string {
	runes := []rune(s)
	if len(runes) <= n {
		return s
	}
	return string(runes[:n]) + "…"
}

func hint(doc string) string {
	if doc == "" {
		return ""
	}
	return ": " + strings.TrimSuffix(doc, ".")
}

func orList(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// Nearest returns the one of names that a person most likely meant by name, or
// "" when none is close.
func Nearest(name string, names []string) string {
	best, least := "", max(2, len(name)/3)+1
	for _, candidate := range names {
		distance := editDistance(strings.ToLower(name), candidate)
		if strings.HasPrefix(candidate, strings.TrimSuffix(name, "s")) || strings.HasPrefix(name, candidate) {
			distance = min(distance, 1)
		}
		if distance < least {
			best, least = candidate, distance
		}
	}
	return best
}

// editDistance is the Levenshtein distance between two names.
func editDistance(a, b string) int {
	if len(a) > 64 {
		return len(a)
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
