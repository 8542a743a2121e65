package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// obj is a JSON object on its way out or in.
type obj = map[string]any

// answer is what a handler answers.
type answer struct {
	status int
	header http.Header
	body   any // JSON, unless raw is set
	raw    []byte
}

func ok(body any) answer      { return answer{status: http.StatusOK, body: body} }
func created(body any) answer { return answer{status: http.StatusCreated, body: body} }

// fail is an error in the envelope PagerDuty documents.
func fail(status, code int, message string, details ...string) answer {
	e := obj{"message": message, "code": code}
	if len(details) > 0 {
		e["errors"] = details
	}
	return answer{status: status, body: obj{"error": e}}
}

// refuse is the error for arguments that are wrong.
func refuse(format string, args ...any) answer {
	return fail(http.StatusBadRequest, 2001, "Invalid Input Provided", fmt.Sprintf(format, args...))
}

func notFound() answer { return fail(http.StatusNotFound, 2100, "Not Found") }

func (a answer) bytes() []byte {
	if a.raw != nil || a.status == http.StatusNoContent {
		return a.raw
	}
	data, err := json.Marshal(a.body)
	if err != nil {
		panic(err) // a handler put something in its answer that is not JSON
	}
	return data
}

// page answers one classic page of rows under key.
func page[T any](c *call, key string, rows []T, render func(T) obj) answer {
	limit, offset := 25, 0
	if s := c.URL.Query().Get("limit"); s != "" {
		limit, _ = strconv.Atoi(s)
	}
	if s := c.URL.Query().Get("offset"); s != "" {
		offset, _ = strconv.Atoi(s)
	}
	if offset+limit > 10_000 {
		return fail(http.StatusBadRequest, 2002, "Arguments Caused Error", "Offset+limit exceeds maximum allowed value of 10000. "+
			"Please try to refine your search to reduce the returned set of records below this number, like adding a date range.")
	}
	var total any
	if c.URL.Query().Get("total") == "true" {
		total = len(rows)
	}
	start := min(offset, len(rows))
	end := min(start+limit, len(rows))
	items := []obj{}
	for _, row := range rows[start:end] {
		items = append(items, render(row))
	}
	return ok(obj{key: items, "limit": limit, "offset": offset, "more": end < len(rows), "total": total})
}

// stamp writes a time as PagerDuty does, or null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}
