package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// plain is an error's text, with plain words in place of those by which Go says
// that a JSON text has an unexpected form.
func plain(err error) string {
	text := err.Error()
	problem := decodeProblem(err)
	if problem == "" {
		return text
	}
	var (
		wrong  *json.UnmarshalTypeError
		syntax *json.SyntaxError
	)
	switch {
	case errors.As(err, &wrong):
		return strings.ReplaceAll(text, wrong.Error(), problem)
	case errors.As(err, &syntax):
		return strings.ReplaceAll(text, syntax.Error(), problem)
	}
	return strings.ReplaceAll(text, io.ErrUnexpectedEOF.Error(), problem)
}

// decodeProblem says in plain words what was wrong with a text that should have
// been JSON of a certain form; it is empty if err is no such failure. Go's own
// words for it name Go's types, which tell a reader nothing.
func decodeProblem(err error) string {
	var (
		wrong  *json.UnmarshalTypeError
		syntax *json.SyntaxError
	)
	switch {
	case errors.As(err, &wrong):
		came, _, _ := strings.Cut(wrong.Value, " ")
		return fmt.Sprintf("%s is %s, not %s", fieldPath(wrong.Field), jsonWord(came), kindWord(wrong.Type))
	case errors.As(err, &syntax) && strings.Contains(syntax.Error(), "unexpected end"), errors.Is(err, io.ErrUnexpectedEOF):
		return "it breaks off before its end"
	case errors.As(err, &syntax):
		return fmt.Sprintf("it is not valid JSON (at byte %d)", syntax.Offset)
	}
	return ""
}

// fieldPath is where in a JSON text a value is, without the names of Go structs
// that encoding/json puts between the fields' names.
func fieldPath(field string) string {
	var names []string
	for name := range strings.SplitSeq(field, ".") {
		if name != "" && (name[0] < 'A' || name[0] > 'Z') {
			names = append(names, name)
		}
	}
	if names == nil {
		return "the whole of it"
	}
	return strings.Join(names, ".")
}

// jsonWord is what a model calls a JSON value that encoding/json names so.
func jsonWord(value string) string {
	switch value {
	case "string":
		return "a text"
	case "array":
		return "a list"
	case "bool":
		return "true or false"
	case "object":
		return "an object"
	}
	return "a " + value
}

// kindWord is what a model calls the JSON value that goes into a Go type.
func kindWord(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return jsonWord("string")
	case reflect.Slice, reflect.Array:
		return jsonWord("array")
	case reflect.Bool:
		return jsonWord("bool")
	case reflect.Float32, reflect.Float64:
		return jsonWord("number")
	case reflect.Struct, reflect.Map, reflect.Interface:
		return jsonWord("object")
	}
	return "a whole number"
}
