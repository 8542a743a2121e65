package server

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// yamlNode is a value in a YAML document, and its line.
type yamlNode struct {
	line  int
	form  yamlForm
	text  string     // of a text
	keys  []yamlNode // of a mapping: texts
	items []yamlNode // of a list; of a mapping, the values
}

type yamlForm int

const (
	yamlOther yamlForm = iota // null, and what policies have no use for, such as aliases
	yamlText                  // also a number, as it was written
	yamlList
	yamlMapping
)

// parseYAML reads a YAML document. The error names the line.
func parseYAML(data []byte) (yamlNode, error) {
	file, err := parser.ParseBytes(data, 0)
	if err != nil {
		// The first line is the message, as "[2:1] message"; the others show the text.
		message, _, _ := strings.Cut(err.Error(), "\n")
		at, message, _ := strings.Cut(strings.TrimPrefix(message, "["), "] ")
		line, _, _ := strings.Cut(at, ":")
		return yamlNode{}, fmt.Errorf("line %s: it is not YAML: %s", line, message)
	}
	var bodies []ast.Node
	for _, document := range file.Docs {
		if document.Body != nil && document.Body.Type() != ast.CommentType && document.Body.Type() != ast.CommentGroupType {
			bodies = append(bodies, document.Body)
		}
	}
	switch len(bodies) {
	case 0:
		return yamlNode{}, errors.New("it is empty; give allow, deny or writes_per_hour")
	case 1:
		return yamlOf(bodies[0]), nil
	}
	return yamlNode{}, fmt.Errorf("line %d: a second document begins; give one", bodies[1].GetToken().Position.Line)
}

// yamlOf is a node of the parser's. How deep it is nested the parser bounds.
func yamlOf(n ast.Node) yamlNode {
	y := yamlNode{line: 1}
	if token := n.GetToken(); token != nil && token.Position != nil {
		y.line = token.Position.Line
	}
	switch n := n.(type) {
	case *ast.StringNode:
		y.form, y.text = yamlText, n.Value
	case *ast.LiteralNode:
		y.form, y.text = yamlText, n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		y.form, y.text = yamlText, n.GetToken().Value
	case *ast.SequenceNode:
		y.form = yamlList
		for _, item := range n.Values {
			y.items = append(y.items, yamlOf(item))
		}
	case ast.MapNode:
		y.form = yamlMapping
		for each := n.MapRange(); each.Next(); {
			key := yamlOf(each.Key())
			if len(y.keys) == 0 { // where the parser has the colon
				y.line = key.line
			}
			y.keys, y.items = append(y.keys, key), append(y.items, yamlOf(each.Value()))
		}
	}
	return y
}
