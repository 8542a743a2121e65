package pcl

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

type parser struct {
	tokens []token
	depth  int
}

func (p *parser) peek() (token, bool) {
	if len(p.tokens) == 0 {
		return token{}, false
	}
	return p.tokens[0], true
}

// next takes a token, or says what the condition ends without.
func (p *parser) next(missing string) (token, error) {
	t, ok := p.peek()
	if !ok {
		return t, errors.New("the condition ends where " + missing + " is missing")
	}
	p.tokens = p.tokens[1:]
	return t, nil
}

// take takes a token if it is a word or symbol with this text.
func (p *parser) take(s string) bool {
	if t, ok := p.peek(); ok && t.kind != text && t.text == s {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

func (p *parser) expect(s string) error {
	if p.take(s) {
		return nil
	}
	t, err := p.next(s)
	if err != nil {
		return err
	}
	return t.wrong("%s is missing before it", s)
}

func (p *parser) or() (node, error) {
	left, err := p.and()
	for err == nil && p.take("or") {
		var right node
		right, err = p.and()
		left = either{left, right}
	}
	return left, err
}

func (p *parser) and() (node, error) {
	left, err := p.not()
	for err == nil && p.take("and") {
		var right node
		right, err = p.not()
		left = both{left, right}
	}
	return left, err
}

func (p *parser) not() (node, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > deepest {
		return nil, errors.New("parentheses and nots are nested too deeply")
	}
	if p.take("not") {
		of, err := p.not()
		return negation{of}, err
	}
	if p.take("(") {
		inside, err := p.or()
		if err != nil {
			return nil, err
		}
		return inside, p.expect(")")
	}
	return p.comparison()
}

func (p *parser) comparison() (node, error) {
	first, ok := p.peek()
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	_, isPath := left.(path)
	t, more := p.peek()
	switch {
	case p.take("matches"):
		return p.matches(left)
	case p.take("exists"):
		return p.existence(first, left, false)
	case p.take("does"):
		if err := p.expect("not"); err != nil {
			return nil, err
		}
		if err := p.expect("exist"); err != nil {
			return nil, errors.New(err.Error() + "; to say that a field does not match, write not before it: not event.summary matches 'ok'")
		}
		return p.existence(first, left, true)
	case p.take("in"):
		if left != (clock{}) {
			return nil, t.wrong("in is for times: now in Mon,Tue 09:00:00 to 17:00:00 Etc/UTC")
		}
		return p.schedule()
	case more && t.kind == symbol && slices.Contains([]string{"==", ">", ">=", "<", "<="}, t.text):
		p.tokens = p.tokens[1:]
		right, err := p.operand()
		return ordering{left, right, t.text}, err
	case more && t.kind == word && !slices.Contains([]string{"and", "or"}, t.text):
		return nil, t.wrong("is not a comparison; use matches, matches part, matches regex, exists, ==, >, >=, <, <=")
	}
	if value, literal := left.(constant); literal {
		if _, isBool := value.is.(bool); isBool {
			return left, nil
		}
	}
	if ok && isPath {
		return nil, first.wrong("a field alone is no condition; write how it compares, as in %s matches 'text' or %s exists", first.text, first.text)
	}
	return nil, first.wrong("is no condition by itself; write one such as event.summary matches part 'database'")
}

func (p *parser) existence(first token, of node, not bool) (node, error) {
	field, isPath := of.(path)
	if !isPath {
		return nil, first.wrong("only fields exist or not, such as event.source")
	}
	if not {
		return negation{presence{field}}, nil
	}
	return presence{field}, nil
}

// matches reads what follows the word matches.
func (p *parser) matches(left node) (node, error) {
	how := "whole"
	switch {
	case p.take("part"):
		how = "part"
	case p.take("regex"):
		how = "regex"
	}
	exactly := p.take("exactly")
	t, _ := p.peek()
	right, err := p.operand()
	if err != nil {
		return nil, err
	}
	if how != "regex" {
		return matching{left, right, how == "part", exactly}, nil
	}
	if t.kind != text {
		return nil, t.wrong("matches regex takes a text in quotes")
	}
	flags := "(?ism)"
	if exactly {
		flags = "(?sm)"
	}
	pattern, err := regexp.Compile(flags + t.text)
	if err != nil {
		return nil, t.wrong("is not a regular expression of RE2: %v", err)
	}
	return expression{left, pattern}, nil
}

// operand reads what can be compared.
func (p *parser) operand() (node, error) {
	t, err := p.next("a field or a value")
	switch {
	case err != nil:
		return nil, err
	case t.kind == text:
		return constant{t.text}, nil
	case t.kind == symbol:
		return nil, t.wrong("a field such as event.summary or a value in ' is missing before it")
	case t.text == "true", t.text == "false":
		return constant{t.text == "true"}, nil
	case t.text == "now":
		return clock{}, nil
	case t.text == "trigger_count", t.text == "resetting_trigger_count":
		if err := p.expect("over"); err != nil {
			return nil, err
		}
		return count{}, p.duration()
	}
	if n, err := strconv.ParseFloat(t.text, 64); err == nil && numeral().MatchString(t.text) {
		return constant{n}, nil
	}
	if _, err := time.Parse(time.DateOnly, t.text); err == nil {
		return p.moment(t)
	}
	return p.path(t)
}

var (
	numeral  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-?[0-9]+(\.[0-9]+(e-?[0-9]+)?)?$`) })
	fieldRun = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(\.[A-Za-z_][A-Za-z0-9_]*)+$`) })
	roots    = []string{"event", "raw_event", "cache_var"}
)

// path reads a path to a field, whose first part is t.
func (p *parser) path(t token) (node, error) {
	root, rest, _ := strings.Cut(t.text, ".")
	if rest != "" || strings.HasSuffix(t.text, ".") {
		rest = "." + rest
	}
	switch {
	case !slices.Contains(roots, root):
		return nil, t.wrong("is not a field; fields begin with event. or raw_event., as in event.summary, and texts are in '")
	case rest != "" && !fieldRun().MatchString(rest):
		return nil, t.wrong("is not a path; write names that are not plain words in brackets: event.custom_details['host-name']")
	}
	steps := append([]string{root}, fields(rest)...)
	for p.take("[") {
		key, err := p.next("a name in ' or a number")
		if err != nil {
			return nil, err
		}
		if _, err := strconv.Atoi(key.text); key.kind != text && err != nil {
			return nil, key.wrong("brackets take a name in ' or the number of an item")
		}
		steps = append(steps, key.text)
		if err := p.expect("]"); err != nil {
			return nil, err
		}
		if next, ok := p.peek(); ok && next.kind == word && strings.HasPrefix(next.text, ".") {
			if !fieldRun().MatchString(next.text) {
				return nil, next.wrong("is not a path")
			}
			p.tokens = p.tokens[1:]
			steps = append(steps, fields(next.text)...)
		}
	}
	if len(steps) == 1 {
		return nil, t.wrong("names no field; write one such as event.summary")
	}
	return path{strings.Join(steps, "\x00")}, nil
}

func fields(run string) []string {
	if run == "" {
		return nil
	}
	return strings.Split(run[1:], ".")
}
