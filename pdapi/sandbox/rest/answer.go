package rest

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Object is a JSON object on its way out or in.
type Object = map[string]any

// Answer is what a handler answers.
type Answer struct {
	Status int
	Header http.Header
	Body   any    // encoded as JSON, unless Raw is set
	Raw    []byte // sent as it is
}

// OK is 200 with a body.
func OK(body any) *Answer { return &Answer{Status: http.StatusOK, Body: body} }

// Created is 201 with a body.
func Created(body any) *Answer { return &Answer{Status: http.StatusCreated, Body: body} }

// NoContent is 204.
func NoContent() *Answer { return &Answer{Status: http.StatusNoContent} }

// Fail is an error in the envelope PagerDuty documents: a status, a code of
// PagerDuty's, a message and details.
func Fail(status, code int, message string, details ...string) *Answer {
	e := Object{"message": message, "code": code}
	if len(details) > 0 {
		e["errors"] = details
	}
	return &Answer{Status: status, Body: Object{"error": e}}
}

// Invalid is the error for a body that is wrong: 400, code 2001.
func Invalid(format string, args ...any) *Answer {
	return Fail(http.StatusBadRequest, 2001, "Invalid Input Provided", fmt.Sprintf(format, args...))
}

// The forms of errors that PagerDuty answers with besides the one it documents.

// Wrong are messages by the field that is wrong: "event.effective_since".
type Wrong map[string][]string

// WrongFields is the error for values that are wrong as version 3 of the API and
// some parts of version 2 have it: errors is an object.
func WrongFields(errors Wrong) *Answer {
	return &Answer{Status: http.StatusBadRequest, Body: Object{"error": Object{"message": "Invalid request", "code": 2001, "errors": errors}}}
}

// WrongText is the error for a body that is wrong, with a text for errors.
func WrongText(format string, args ...any) *Answer {
	return &Answer{Status: http.StatusBadRequest, Body: Object{"error": Object{
		"message": "Invalid Input Provided", "code": 2001, "errors": fmt.Sprintf(format, args...),
	}}}
}

// FailAs is an error without an envelope in the error: error is the text itself, or
// the list of texts.
func FailAs(status int, err any) *Answer { return &Answer{Status: status, Body: Object{"error": err}} }

// FailFlat is an error without error: its members stand by themselves.
func FailFlat(status, code int, message string, details ...string) *Answer {
	a := Fail(status, code, message, details...)
	a.Body = a.Body.(Object)["error"]
	return a
}

// NotFound is 404.
func NotFound() *Answer { return Fail(http.StatusNotFound, 2100, "Not Found") }

func (a *Answer) bytes() []byte {
	if a.Raw != nil || a.Status == http.StatusNoContent {
		return a.Raw
	}
	data, err := json.Marshal(a.Body)
	if err != nil {
		panic(err) // a handler put something in its answer that is not JSON
	}
	return data
}
