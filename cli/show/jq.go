package show

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/itchyny/gojq"
)

// Query is a jq expression.
type Query struct{ code *gojq.Code }

// ParseQuery reads a jq expression.
func ParseQuery(expression string) (*Query, error) {
	parsed, err := gojq.Parse(expression)
	if err != nil {
		return nil, err
	}
	code, err := gojq.Compile(parsed) // without an environment, which has the key in it
	return &Query{code}, err
}

// Write writes what the expression makes of an answer, a line for each value: texts as
// they are, everything else as JSON.
func (q *Query) Write(ctx context.Context, w io.Writer, data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // ids beyond 2^53 stay as they are
	var value any
	if err := decoder.Decode(&value); err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	values := q.code.RunWithContext(ctx, value)
	for {
		value, ok := values.Next()
		if !ok {
			return nil
		}
		if err, failed := value.(error); failed {
			var halt *gojq.HaltError
			if errors.As(err, &halt) && halt.Value() == nil {
				return nil
			}
			return err
		}
		line, ok := value.(string)
		if !ok {
			encoded, err := gojq.Marshal(value)
			if err != nil {
				return err
			}
			line = string(encoded)
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
}
