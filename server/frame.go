package server

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

// maxMessage bounds the bytes of one message from the client.
const maxMessage = 4 << 20

// frame is one JSON-RPC message from the client: a request, a notification, or a
// response. Its members hold the bytes that the client wrote.
type frame struct {
	id     json.RawMessage // nil if the message has none
	method string          // empty if the message needs no handling
	params json.RawMessage

	// result and failure are what a response has; one of them is there.
	result, failure json.RawMessage

	// progressToken is the token by which the client wants to hear of progress; nil
	// if it doesn't want to.
	progressToken json.RawMessage
}

// frameError says why a message can't be handled.
type frameError struct {
	id      json.RawMessage // of the request; nil if there is none, or if it is not known
	code    int             // of JSON-RPC
	message string
}

// newFrame reads a message. A response, and a notification with a mistake, come back
// without a method: MCP has nobody answer them.
func newFrame(line []byte) (frame, *frameError) {
	members, wrong := readMembers(line)
	if wrong != nil {
		return frame{}, wrong
	}
	f := frame{id: members["id"]}
	if json.Unmarshal(members["method"], &f.method) != nil || f.method == "" {
		if members["method"] == nil && (members["result"] != nil || members["error"] != nil) {
			return frame{id: f.id, result: members["result"], failure: members["error"]}, nil
		}
		return frame{}, &frameError{f.id, mcp.INVALID_REQUEST, `the message has no method; a request has one, such as "method":"tools/list"`}
	}
	if string(f.id) == "null" && strings.HasPrefix(f.method, "notifications/") {
		f.id = nil // some encoders write null for a member that is not there
	}
	if wrong := f.takeMembers(members); wrong != nil {
		if f.id == nil {
			return frame{}, nil
		}
		wrong.id = f.id
		return frame{}, wrong
	}
	return f, nil
}

// readMembers reads the members of a message. Their names are case-sensitive.
func readMembers(line []byte) (map[string]json.RawMessage, *frameError) {
	if !utf8.Valid(line) {
		return nil, &frameError{leadingID(line), mcp.PARSE_ERROR, "the message is not valid UTF-8, so nothing was done; send JSON in UTF-8, one JSON-RPC message a line"}
	}
	var members map[string]json.RawMessage
	var wrongType *json.UnmarshalTypeError
	switch err := json.Unmarshal(line, &members); {
	case errors.As(err, &wrongType):
		return nil, &frameError{nil, mcp.INVALID_REQUEST, "the message is not a JSON object; batches are not supported, send one JSON-RPC message a line"}
	case err != nil:
		return nil, &frameError{leadingID(line), mcp.PARSE_ERROR, "the message is not valid JSON, so nothing was done; send one JSON-RPC message a line"}
	}
	return members, nil
}

// takeMembers checks the id, the version and the parameters of a message, and takes
// the parameters over.
func (f *frame) takeMembers(members map[string]json.RawMessage) *frameError {
	if f.id != nil && !isNumberOrString(f.id) {
		return &frameError{code: mcp.INVALID_REQUEST, message: "the request's id is neither a string nor a number; give every request an id of its own"}
	}
	var version string
	if json.Unmarshal(members["jsonrpc"], &version) != nil || version != mcp.JSONRPC_VERSION {
		return &frameError{code: mcp.INVALID_REQUEST, message: `the message must have "jsonrpc":"2.0"`}
	}
	if err := f.takeParams(members["params"]); err != nil {
		return &frameError{code: mcp.INVALID_PARAMS, message: err.Error()}
	}
	return nil
}

func isNumberOrString(value json.RawMessage) bool {
	return len(value) > 0 && (value[0] == '"' || value[0] == '-' || value[0] >= '0' && value[0] <= '9')
}

// message is the frame as mcp-go gets it. It has only the members that this package
// has checked: mcp-go could read the client's own bytes differently, since it takes
// "ID" for "id" as well.
func (f frame) message() json.RawMessage {
	var b bytes.Buffer
	b.Grow(len(f.id) + len(f.params) + len(f.method) + 64)
	b.WriteString(`{"jsonrpc":"2.0","method":`)
	method, _ := json.Marshal(f.method) // a string can always be encoded
	b.Write(method)
	if f.id != nil {
		b.WriteString(`,"id":`)
		b.Write(mcpID(f.id))
	}
	if f.params != nil {
		b.WriteString(`,"params":`)
		b.Write(f.params)
	}
	b.WriteByte('}')
	return b.Bytes()
}

// mcpID is the id under which mcp-go knows a request. mcp-go decodes a number as a
// float64, which can't hold every number, so it gets unusual ones as strings. The
// client never sees this id: its answer has the id that it wrote itself.
func mcpID(id json.RawMessage) json.RawMessage {
	const safeDigits = 15 // which a float64 holds
	isDigit := func(r rune) bool { return r >= '0' && r <= '9' }
	if id[0] == '"' || len(id) <= safeDigits && strings.TrimFunc(string(id), isDigit) == "" {
		return id
	}
	return json.RawMessage(`"` + string(id) + `"`)
}

// answerLine is the answer to the request with an id, or to an unknown request if id
// is nil. Its member is named result or error.
func answerLine(id json.RawMessage, member string, value []byte) []byte {
	if id == nil {
		id = json.RawMessage("null")
	}
	line := make([]byte, 0, len(id)+len(value)+48)
	return fmt.Appendf(line, `{"jsonrpc":"2.0","id":%s,%q:%s}`, id, member, value)
}

// readLine reads a line. If the line is too long, readLine returns its size and its
// two ends, because the id of a message stands in one of them.
func readLine(r *bufio.Reader) (line []byte, size int, err error) {
	const keep = 4 << 10
	for {
		part, err := r.ReadSlice('\n')
		size += len(part)
		line = append(line, part...)
		if size > maxMessage && len(line) > 3*keep {
			line = append(line[:keep], line[len(line)-keep:]...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, size, err
		}
	}
}

// anID matches an id.
const anID = `(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|"(?:[^"\\]|\\.)*")`

var (
	idInFront = wording.Pattern(`^\s*\{(?:\s*"(?:jsonrpc|method)"\s*:\s*"[^"]*"\s*,)*\s*"id"\s*:\s*` + anID + `\s*[,}]`)
	idAtEnd   = wording.Pattern(`"id"\s*:\s*` + anID + `\s*(?:,\s*"jsonrpc"\s*:\s*"[^"]*"\s*)?\}\s*$`)
)

// leadingID finds the id at the beginning of a message that can't be read. The
// client waits for an answer with that id.
func leadingID(line []byte) json.RawMessage { return firstID(idInFront(), line) }

// outerID finds the id in the two ends of a message that is too long. The end of a
// message that can't be read is no place to look: it may belong to an argument.
func outerID(ends []byte) json.RawMessage {
	if id := leadingID(ends); id != nil {
		return id
	}
	return firstID(idAtEnd(), ends)
}

func firstID(pattern *regexp.Regexp, line []byte) json.RawMessage {
	m := pattern.FindSubmatch(line)
	if m == nil || !json.Valid(m[1]) || !utf8.Valid(m[1]) {
		return nil
	}
	return bytes.Clone(m[1])
}

// byteOrderMark is what some systems put in front of a text in UTF-8.
var byteOrderMark = []byte("\ufeff")

// nextFrame reads the next message, and skips empty lines. The last message needs no
// newline. After it, nextFrame returns [io.EOF]; its other errors are those of
// reading.
func nextFrame(lines *bufio.Reader) (frame, *frameError, error) {
	for {
		line, size, err := readLine(lines)
		if size > maxMessage {
			return frame{}, &frameError{outerID(line), mcp.INVALID_REQUEST,
				fmt.Sprintf("the message has %d bytes; at most %d are accepted", size, maxMessage)}, nil
		}
		if line = bytes.TrimSpace(bytes.TrimPrefix(line, byteOrderMark)); len(line) > 0 {
			f, wrong := newFrame(line)
			return f, wrong, nil
		}
		if errors.Is(err, io.EOF) {
			return frame{}, nil, io.EOF
		}
		if err != nil {
			return frame{}, nil, fmt.Errorf("reading from the client: %w", err)
		}
	}
}
