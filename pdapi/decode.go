package pdapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Odd is a field of an answer whose value is of a type that this package does
// not expect there, as a text where a number should be. The field is left empty;
// the rest of its record is read.
type Odd struct {
	Record string // the id of the record, or its place in the list as in "[3]"; empty if the answer has one record
	Field  string // as in "assignments[0].at"; empty if it is the record as a whole
}

// String names the field and its record.
func (o Odd) String() string {
	switch {
	case o.Record == "":
		return o.Field
	case o.Field == "":
		return "record " + o.Record
	}
	return o.Field + " of " + o.Record
}

// decode reads JSON into the value that target points at, which is empty. What
// does not fit is left empty and named, record by record if the target is a list
// of records; null in a list is left out. It fails only if nothing can be read.
func decode[T any](raw []byte, target *T) (odd []Odd, err error) {
	if !listsNull(raw) && json.Unmarshal(raw, target) == nil {
		return oddWithin(target), nil
	}
	// The slow way: field by field.
	value := reflect.ValueOf(target).Elem()
	value.SetZero()
	if value.Kind() != reflect.Slice || decodesItself(value) {
		p := &partial{}
		if !p.read(raw, value, "", 0) {
			return nil, notA(expected(value), raw)
		}
		return append(p.named(""), oddWithin(target)...), nil
	}
	var records []json.RawMessage
	if json.Unmarshal(raw, &records) != nil {
		return nil, notA("a list", raw)
	}
	value.Set(reflect.MakeSlice(value.Type(), 0, len(records)))
	for i, raw := range records {
		p, record := &partial{}, reflect.New(value.Type().Elem()).Elem()
		if p.read(raw, record, "", 0) {
			value.Set(reflect.Append(value, record))
		}
		odd = append(odd, p.named(recordName(raw, i))...)
	}
	return odd, nil
}

// reportsOdd is implemented by values that read JSON in a way of their own and leave
// out what they can't read.
type reportsOdd interface{ oddFields() []string }

// oddWithin are the fields that a value has left out itself.
func oddWithin(target any) (odd []Odd) {
	if value, ok := target.(reportsOdd); ok {
		for _, field := range value.oddFields() {
			odd = append(odd, Odd{Field: field})
		}
	}
	return odd
}

// listsNull reports whether JSON may have null in a list, where it decodes as a
// value without content.
func listsNull(raw []byte) bool {
	return bytes.Contains(raw, []byte("[null")) || bytes.Contains(raw, []byte(",null"))
}

// recordName names a record by its id, or by its place in its list.
func recordName(raw json.RawMessage, place int) string {
	var record struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(raw, &record) == nil && IsID(record.ID) {
		return record.ID
	}
	return fmt.Sprintf("[%d]", place)
}

// maxDepth is how deep values are looked into for what fits.
const maxDepth = 30

// partial reads what fits of one record, and notes what does not.
type partial struct {
	odd []string // fields
}

// named are the fields that were noted, as those of a record.
func (p *partial) named(record string) (odd []Odd) {
	for _, field := range p.odd {
		odd = append(odd, Odd{Record: record, Field: field})
	}
	return odd
}

// read reads raw into target, which is empty, as far as it fits, and reports
// whether anything was read. At is where raw is in its record.
func (p *partial) read(raw json.RawMessage, target reflect.Value, at string, depth int) bool {
	kind := target.Kind()
	hasParts := (kind == reflect.Pointer || kind == reflect.Struct || kind == reflect.Slice) && !decodesItself(target)
	switch {
	case string(raw) == "null":
		if at == "" {
			p.odd = append(p.odd, at)
		}
		return false
	case (!hasParts || !listsNull(raw)) && json.Unmarshal(raw, target.Addr().Interface()) == nil:
		return true
	}
	target.SetZero()
	if hasParts && depth < maxDepth {
		switch kind {
		case reflect.Pointer:
			value := reflect.New(target.Type().Elem())
			if !p.read(raw, value.Elem(), at, depth+1) {
				return false
			}
			target.Set(value)
			return true
		case reflect.Struct:
			var members map[string]json.RawMessage
			if json.Unmarshal(raw, &members) == nil {
				p.readFields(members, target, at, depth)
				return true
			}
		case reflect.Slice:
			var items []json.RawMessage
			if json.Unmarshal(raw, &items) == nil {
				p.readItems(items, target, at, depth)
				return true
			}
		}
	}
	p.odd = append(p.odd, at)
	return false
}

// readItems reads a list, and leaves out what can't be read and null.
func (p *partial) readItems(items []json.RawMessage, target reflect.Value, at string, depth int) {
	target.Set(reflect.MakeSlice(target.Type(), 0, len(items)))
	for i, item := range items {
		value := reflect.New(target.Type().Elem()).Elem()
		if p.read(item, value, fmt.Sprintf("%s[%d]", at, i), depth+1) {
			target.Set(reflect.Append(target, value))
		}
	}
}

// readFields reads the members of an object into the fields of a struct, those
// of structs that are embedded included.
func (p *partial) readFields(members map[string]json.RawMessage, target reflect.Value, at string, depth int) {
	for i := range target.NumField() {
		field := target.Type().Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous && name == "" {
			p.readFields(members, target.Field(i), at, depth)
			continue
		}
		raw, given := members[name]
		if !given || name == "" {
			continue
		}
		p.read(raw, target.Field(i), strings.TrimPrefix(at+"."+name, "."), depth+1)
	}
}

// decodesItself reports whether a value has its own way to read JSON.
func decodesItself(value reflect.Value) bool {
	_, ok := value.Addr().Interface().(json.Unmarshaler)
	return ok
}

// expected says in words what JSON is expected for a value.
func expected(value reflect.Value) string {
	switch kind := value.Kind(); {
	case decodesItself(value):
		return "of the form that was expected"
	case kind == reflect.Slice:
		return "a list"
	}
	return "an object"
}

// notA is the failure of JSON that is something else than was expected. It
// completes a sentence that ends in "is".
func notA(expected string, raw []byte) error {
	if found := jsonType(raw); found != expected {
		return fmt.Errorf("%s, not %s", found, expected)
	}
	return errors.New("not of the form that was expected")
}

// jsonType names the type of a JSON value.
func jsonType(raw []byte) string {
	switch raw = bytes.TrimSpace(raw); {
	case len(raw) == 0:
		return "empty"
	case !json.Valid(raw):
		return "not JSON"
	case raw[0] == '{':
		return "an object"
	case raw[0] == '[':
		return "a list"
	case raw[0] == '"':
		return "a text"
	case raw[0] == 't', raw[0] == 'f':
		return "true or false"
	case raw[0] == 'n':
		return "null"
	}
	return "a number"
}
