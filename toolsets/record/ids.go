package record

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool"
)

// IncidentID returns an incident's id, asking PagerDuty for it if what was given is
// its number: below /incidents/{id} and in bodies only the id is sure to work.
func IncidentID(ctx context.Context, pd pdapi.Reader, id tool.IncidentID) (string, error) {
	if !id.IsNumber() {
		return string(id), nil
	}
	found, err := pd.Incident(ctx, string(id))
	return found.ID, err
}

const (
	// AtOnce is how many requests a tool has under way side by side.
	AtOnce = 8
	// fewNumbers is up to how many numbers are asked for one by one. More are
	// found in the list of incidents, which has a hundred on a page.
	fewNumbers = 20
	// maxNamed is how many incidents an error or a note names.
	maxNamed = 20
)

// IncidentIDs returns the incidents' ids, each once, in the order given. Numbers
// that no incident has are all named in the error.
func IncidentIDs(ctx context.Context, call tool.Reading, refs []tool.IncidentID) ([]string, error) {
	byNumber := map[string]string{}
	for _, ref := range refs {
		if ref.IsNumber() {
			byNumber[string(ref)] = ""
		}
	}
	if len(byNumber) > fewNumbers {
		if err := findInList(ctx, call, byNumber); err != nil {
			return nil, err
		}
	}
	var left []string
	for _, number := range slices.Sorted(maps.Keys(byNumber)) {
		if byNumber[number] == "" {
			left = append(left, number)
		}
	}
	found, err := tool.SideBySide(ctx, call.PD.Room(AtOnce), left, func(ctx context.Context, number string) (string, error) {
		incident, err := call.PD.Incident(ctx, number)
		if errors.Is(err, pdapi.ErrNotFound) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("incident %s: %w", number, err)
		}
		return incident.ID, nil
	})
	if err != nil {
		return nil, err
	}
	var unknown []string
	for i, number := range left {
		if byNumber[number] = found[i]; found[i] == "" {
			unknown = append(unknown, number)
		}
	}
	if len(unknown) > 0 {
		return nil, tool.Wrong("incident_ids: PagerDuty knows no incident with the number %s", Named(unknown))
	}
	seen := map[string]bool{}
	var ids []string
	for _, ref := range refs {
		id := string(ref)
		if ref.IsNumber() {
			id = byNumber[id]
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// findInList finds the ids of incidents by their numbers in the list of all
// incidents, sorted by number, as far as that takes fewer requests than to ask for
// each.
func findInList(ctx context.Context, call tool.Reading, byNumber map[string]string) error {
	least, most := 0, 0
	for text := range byNumber {
		n, err := strconv.Atoi(text)
		if err != nil {
			continue // too long for a number that any incident has
		}
		if least == 0 || n < least {
			least = n
		}
		most = max(most, n)
	}
	filter := pdapi.IncidentFilter{AllDates: true, SortBy: "incident_number:desc"}
	newest := 0
	for page, err := range call.PD.Incidents(ctx, filter, pdapi.Window{Limit: 1}) {
		if err != nil {
			return fmt.Errorf("listing incidents to find those with the numbers given: %w", err)
		}
		for _, first := range page.Items {
			newest = first.Number
		}
	}
	start := max(0, newest-most) // numbers are given out one after another
	span := min(most, newest) - least + 1
	if span <= 0 || span/pdapi.MaxPageSize > len(byNumber)/2 || start >= pdapi.MaxDepth {
		return nil
	}
	left := len(byNumber)
	for page, err := range call.PD.Incidents(ctx, filter, pdapi.Window{Offset: start, Limit: min(span+pdapi.MaxPageSize, pdapi.MaxDepth-start)}) {
		if err != nil {
			return fmt.Errorf("listing incidents to find those with the numbers given: %w", err)
		}
		for _, found := range page.Items {
			number := strconv.Itoa(found.Number)
			if id, wanted := byNumber[number]; wanted && id == "" {
				byNumber[number] = found.ID
				left--
			}
			if left == 0 || found.Number <= least {
				return nil
			}
		}
	}
	return nil
}

// Named lists ids or numbers, as many as a sentence bears.
func Named(ids []string) string {
	if more := len(ids) - maxNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:maxNamed], ", "), more)
	}
	return strings.Join(ids, ", ")
}
