package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"

	"github.com/mark3labs/mcp-go/mcp"
)

// errParams says what the parameters of a message must be.
var errParams = errors.New(`the message's "params" must be a JSON object of named parameters, such as {"name":"get_incident","arguments":{}}`)

// objectParams are the parameters for which MCP wants an object. PHP's encoder,
// which can't tell an empty object from an empty list, writes [] for them.
var objectParams = []string{"_meta", "arguments", "capabilities", "clientInfo", "context", "inputResponses", "notifications", "task"}

// takeParams takes over the parameters of a message, in a form that mcp-go accepts:
//
//   - An empty list where MCP wants an object is an empty object.
//   - What a client says of itself is left out where it has a form that MCP doesn't
//     know. No answer depends on it, so that it is no reason to refuse a client.
//
// The arguments of a tool are the tool's to judge; they stay as they are.
func (f *frame) takeParams(params json.RawMessage) error {
	if params == nil || string(params) == "null" {
		return nil
	}
	if isEmptyList(params) {
		f.params = json.RawMessage("{}")
		return nil
	}
	var given map[string]json.RawMessage
	if json.Unmarshal(params, &given) != nil {
		return errParams
	}
	taken := maps.Clone(given)
	for _, name := range objectParams {
		if isEmptyList(taken[name]) {
			taken[name] = json.RawMessage("{}")
		}
	}
	if f.method == string(mcp.MethodInitialize) {
		keepKnown[mcp.Implementation](taken, "clientInfo")
		keepCapabilities(taken, "capabilities")
		if !decodes[string](taken["protocolVersion"]) {
			delete(taken, "protocolVersion")
		}
	}
	if meta, ok := taken["_meta"]; ok {
		taken["_meta"] = f.takeMeta(meta)
	}
	if f.params = params; changed(given, taken) {
		f.params = object(taken)
	}
	return nil
}

// takeMeta does for a request's metadata what takeParams does for its parameters.
// Since 2026-07-28 clients describe themselves there.
func (f *frame) takeMeta(meta json.RawMessage) json.RawMessage {
	var given map[string]json.RawMessage
	if json.Unmarshal(meta, &given) != nil {
		return meta
	}
	if token := given["progressToken"]; isNumberOrString(token) {
		f.progressToken = token
	}
	taken := maps.Clone(given)
	keepKnown[mcp.Implementation](taken, mcp.MetaKeyClientInfo)
	keepCapabilities(taken, mcp.MetaKeyClientCapabilities)
	maps.DeleteFunc(taken, func(_ string, value json.RawMessage) bool { return !decodes[any](value) })
	if changed(given, taken) {
		return object(taken)
	}
	return meta
}

func changed(given, taken map[string]json.RawMessage) bool {
	return !maps.EqualFunc(given, taken, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) })
}

// decodes reports whether value has the form of a T, and its numbers that of a
// float64, which is what mcp-go decodes what it doesn't know into.
func decodes[T any](value json.RawMessage) bool {
	return json.Unmarshal(value, new(T)) == nil && json.Unmarshal(value, new(any)) == nil
}

// keepKnown keeps of the object members[name] the members that have the form that T
// gives them. What is no object becomes an empty one.
func keepKnown[T any](members map[string]json.RawMessage, name string) {
	value, ok := members[name]
	if !ok || string(value) != "null" && decodes[T](value) {
		return
	}
	var inner map[string]json.RawMessage
	_ = json.Unmarshal(value, &inner) // stays nil if it is no object
	maps.DeleteFunc(inner, func(key string, v json.RawMessage) bool {
		return !decodes[T](object(map[string]json.RawMessage{key: v}))
	})
	members[name] = object(inner)
}

func keepCapabilities(members map[string]json.RawMessage, name string) {
	if value, ok := members[name]; ok {
		members[name] = emptyListsAsObjects(value)
	}
	keepKnown[mcp.ClientCapabilities](members, name)
}

// emptyListsAsObjects replaces every empty list in a client's capabilities, at any
// depth. No capability that MCP knows is a list.
func emptyListsAsObjects(capabilities json.RawMessage) json.RawMessage {
	if !bytes.ContainsRune(capabilities, '[') {
		return capabilities
	}
	decoder := json.NewDecoder(bytes.NewReader(capabilities))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return capabilities
	}
	data, err := json.Marshal(replaceEmptyLists(value))
	if err != nil {
		return capabilities
	}
	return data
}

func replaceEmptyLists(value any) any {
	switch v := value.(type) {
	case []any:
		if len(v) == 0 {
			return map[string]any{}
		}
		for i := range v {
			v[i] = replaceEmptyLists(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = replaceEmptyLists(v[name])
		}
	}
	return value
}

func isEmptyList(value json.RawMessage) bool {
	return len(value) > 1 && value[0] == '[' && len(bytes.TrimSpace(value[1:len(value)-1])) == 0
}

// object is members as a JSON object.
func object(members map[string]json.RawMessage) json.RawMessage {
	if len(members) == 0 {
		return json.RawMessage("{}")
	}
	data, err := json.Marshal(members)
	if err != nil {
		return json.RawMessage("{}") // unreachable: the members have been read as JSON
	}
	return data
}
