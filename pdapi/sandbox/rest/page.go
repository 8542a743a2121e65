package rest

import (
	"net/http"
	"strconv"
)

// Paging are the query parameters of operations with classic pages.
func Paging() Query {
	return Query{"limit": Whole(1, 100), "offset": Whole(0, 10_000), "total": Among("true", "false")}
}

// Int reads a query parameter that is a whole number, or what holds without it.
func (c *Call) Int(name string, without int) int {
	if n, err := strconv.Atoi(c.URL.Query().Get(name)); err == nil {
		return n
	}
	return without
}

// Page answers one classic page of rows under key.
func Page[T any](c *Call, key string, rows []T, render func(T) Object) *Answer {
	return PageOf(c, 25, key, rows, render)
}

// PageOf is [Page] for an operation whose pages have another size unless the
// request says which.
func PageOf[T any](c *Call, size int, key string, rows []T, render func(T) Object) *Answer {
	limit, offset := c.Int("limit", size), c.Int("offset", 0)
	if offset+limit > 10_000 {
		return Fail(http.StatusBadRequest, 2002, "Arguments Caused Error", "Offset+limit exceeds maximum allowed value of 10000. "+
			"Please try to refine your search to reduce the returned set of records below this number, like adding a date range.")
	}
	var total any
	if c.URL.Query().Get("total") == "true" {
		total = len(rows)
	}
	start := min(offset, len(rows))
	end := min(start+limit, len(rows))
	return OK(Object{key: Render(rows[start:end], render), "limit": limit, "offset": offset, "more": end < len(rows), "total": total})
}

// Render shows rows as a list that is never null.
func Render[T any](rows []T, render func(T) Object) []Object {
	items := make([]Object, 0, len(rows))
	for _, row := range rows {
		items = append(items, render(row))
	}
	return items
}
