// Package likeness finds incidents that look like another one by their titles, for
// accounts whose plan has no AIOps, which does that at PagerDuty.
package likeness

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// Match is a title that looks like the one asked for.
type Match struct {
	Index   int     // of the title in the list
	Score   float64 // from 0 to 1, which is the same but for numbers and ids
	Because string  // what they have in common
}

// Least is the score below which titles have nothing to do with each other.
const Least = 0.35

// Rank returns the titles that look like the one asked for, the likest first; of
// those that are equally alike, in the order they came.
//
// Titles are alike by the words they share. Numbers and ids are all the same, because
// they differ from one time to the next; the fewer titles have a word, the more it
// counts.
func Rank(title string, titles []string) []Match {
	own := read(title)
	others := make([]text, len(titles))
	in := map[string]int{} // in how many titles a word is
	for n, t := range titles {
		others[n] = read(t)
		for word := range others[n].words {
			in[word]++
		}
	}
	weight := func(word string) float64 {
		w := math.Log(1 + float64(len(titles)+1)/float64(in[word]+1))
		if strings.HasPrefix(word, "<") {
			w /= 4 // that there is a number says little
		}
		return w
	}
	var matches []Match
	for n, other := range others {
		shared, all := 0.0, 0.0
		for word := range own.words {
			all += weight(word)
			if other.words[word] {
				shared += weight(word)
			}
		}
		for word := range other.words {
			if !own.words[word] {
				all += weight(word)
			}
		}
		if all == 0 || shared/all < Least {
			continue
		}
		score := shared / all
		if len(own.hosts) > 0 && !common(own.hosts, other.hosts) {
			score *= 1 - otherHost
		}
		matches = append(matches, Match{n, math.Round(100*score) / 100, because(own, other, weight)})
	}
	slices.SortStableFunc(matches, func(x, y Match) int { return cmp.Compare(y.Score, x.Score) })
	return matches
}

// otherHost is by how much less alike are titles that name different hosts.
const otherHost = 0.03

func common(list, in []string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return slices.Contains(in, s) })
}

// withNotes is how much it is worth that people wrote down what helped.
const withNotes = 0.15

// Prefer puts matches of which people wrote something before others that are about
// as alike.
func Prefer(matches []Match, noted func(index int) bool) []Match {
	worth := func(m Match) float64 {
		if noted(m.Index) {
			return m.Score + withNotes
		}
		return m.Score
	}
	sorted := slices.Clone(matches)
	slices.SortStableFunc(sorted, func(x, y Match) int { return cmp.Compare(worth(y), worth(x)) })
	return sorted
}

// text is a title as it is compared.
type text struct {
	words map[string]bool
	hosts []string // as written
}

var (
	wordForm   = wording.Pattern(`[\pL\pN]+(?:[._/-]+[\pL\pN]+)*`)
	hexForm    = wording.Pattern(`^(?:0x)?[0-9a-f]{8,}$|^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]+$`)
	digits     = wording.Pattern(`\d+`)
	numberForm = wording.Pattern(`^\d[\d.,]*(?:%|ms|s|m|h|d|x|k|mb|gb|tb)?$`)
	hostForm   = wording.Pattern(`^[a-z0-9]+(?:[.-][a-z0-9]+)+$`)
	metricForm = wording.Pattern(`^[a-z][a-z0-9]*(?:[._][a-z0-9]+)+$`)
)

func read(title string) text {
	t := text{words: map[string]bool{}}
	for _, word := range wordForm().FindAllString(strings.ToLower(title), -1) {
		switch {
		case numberForm().MatchString(word) && !strings.Contains(word, ".") || numberForm().MatchString(word) && strings.Count(word, ".") == 1:
			word = "<number>"
		case hexForm().MatchString(word) && strings.ContainsAny(word, "0123456789"):
			word = "<id>"
		case isHost(word):
			t.hosts = append(t.hosts, word)
			word = digits().ReplaceAllString(word, "#")
		}
		if !filler[word] {
			t.words[word] = true
		}
	}
	return t
}

// isHost tells db-3, web.eu.example and 10.0.0.7 from other words.
func isHost(word string) bool {
	return hostForm().MatchString(word) && (strings.ContainsAny(word, "0123456789") || strings.Count(word, ".") > 1)
}

// filler are words that say nothing about what is wrong.
var filler = map[string]bool{
	"the": true, "a": true, "an": true, "on": true, "of": true, "in": true, "is": true, "for": true, "and": true, "to": true, "at": true, "with": true,
	"has": true, "than": true, "more": true, "firing": true, "resolved": true, "triggered": true, "alarm": true, "critical": true, "warning": true,
}

// because says what two titles have in common, the rarest words first.
func because(own, other text, weight func(string) float64) string {
	var shared []string
	metric, differ := false, 0
	for word := range own.words {
		switch {
		case !other.words[word]:
			differ++
		case !strings.HasPrefix(word, "<"):
			shared = append(shared, word)
			metric = metric || metricForm().MatchString(word) && !isHost(word)
		}
	}
	for word := range other.words {
		if !own.words[word] {
			differ++
		}
	}
	var said []string
	if differ == 0 {
		said = append(said, "same title but for numbers")
	}
	if metric {
		said = append(said, "same metric")
	}
	if common(own.hosts, other.hosts) {
		said = append(said, "same host")
	}
	if len(said) > 0 {
		return strings.Replace(strings.Join(said, " and "), "metric and same host", "metric and host", 1)
	}
	slices.SortFunc(shared, func(x, y string) int { return cmp.Or(cmp.Compare(weight(y), weight(x)), strings.Compare(x, y)) })
	return "same words: " + strings.Join(shared[:min(len(shared), 4)], ", ")
}
