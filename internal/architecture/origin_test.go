package architecture_test

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
)

// quotes are the functions that make words of others fit for a sentence, and those that
// say nothing of their arguments' words.
var quotes = []string{"wording.Quote", "wording.QuoteUpTo", "wording.QuoteAll", "wording.Show", "len", "strings.Contains", "reflect.TypeOf"}

// speaks are the functions that make sentences of what they are handed.
var speaks = []string{"fmt.Errorf", "errors.New", "input.Wrong", "tool.Wrong", "tool.problem", "tool.Unsure", "tool.Call.Note", "tool.List.AddNote", "tool.List.Unsearched", "input.Decoded.wrong", "input.Decoded.note", "when.reader.wrong", "wrong"}

// plain are the fields of PagerDuty's answers that have no words of people's.
var plain = []string{
	"Type", "Status", "Urgency", "ToUrgency", "HTMLURL", "State", "Role", "DefaultRole", "Method", "NotAsSent", "Others", "Result", "Grouping", "DataType",
	"Resent", "RequestID", "Begins", "Next", "Cursor", "Recurrence", "Proxy", "Host", "Origin", "Scopes", "StartTime", "EndTime", "Start", "End",
}

// call takes what the arguments of a call become.
func (f *flow) call(n *ast.CallExpr) {
	name, fn := f.callee(n)
	if slices.Contains(speaks, name) {
		for _, arg := range n.Args {
			if !f.constantOf(arg) && textual(f.typeOf(arg)) {
				f.sentence(arg)
			} else {
				f.sentences++
			}
		}
		return
	}
	if name == "json.Unmarshal" {
		f.decoded(f.typeOf(n.Args[1]), 0)
	}
	if fn == nil || !strings.HasPrefix(pathOf(fn), module) || slices.Contains(quotes, name) {
		return
	}
	for i, arg := range n.Args {
		if p := parameter(fn, i); p != nil && f.sinks[p] {
			f.reaches(arg.Pos(), f.origin(arg))
		}
	}
}

// decoded remembers that JSON is read into values of a type: what it says is foreign.
func (f *flow) decoded(t types.Type, depth int) {
	switch t := t.Underlying().(type) {
	case *types.Pointer:
		f.decoded(t.Elem(), depth+1)
	case *types.Slice:
		f.decoded(t.Elem(), depth+1)
	case *types.Map:
		f.decoded(t.Elem(), depth+1)
	case *types.Struct:
		for field := range t.Fields() {
			if textual(field.Type()) && !f.arguments[field] && field.Name() != "ID" && !slices.Contains(plain, field.Name()) {
				f.arguments[field], f.changed = true, true
			}
			if depth < 6 {
				f.decoded(field.Type(), depth+1)
			}
		}
	}
}

// callee is the function that is called, with its name as package.Type.method, if it is
// known before it is called.
func (f *flow) callee(n *ast.CallExpr) (string, *types.Func) {
	e := ast.Unparen(n.Fun)
	switch i := e.(type) { // with the types of a generic function
	case *ast.IndexExpr:
		e = i.X
	case *ast.IndexListExpr:
		e = i.X
	}
	var ident *ast.Ident
	switch e := e.(type) {
	case *ast.Ident:
		ident = e
	case *ast.SelectorExpr:
		ident = e.Sel
	default:
		return "", nil
	}
	fn, ok := origins(f.pkg.info.Uses[ident]).(*types.Func)
	if !ok {
		return ident.Name, nil
	}
	name := fn.Name()
	if r := fn.Signature().Recv(); r != nil {
		t := r.Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		if named, ok := t.(*types.Named); ok {
			name = named.Obj().Name() + "." + name
		}
	}
	if fn.Pkg() != nil {
		name = fn.Pkg().Name() + "." + name
	}
	return name, fn
}

// parameter is the ith parameter of a function.
func parameter(fn *types.Func, i int) types.Object {
	params := fn.Signature().Params()
	if fn.Signature().Variadic() {
		i = min(i, params.Len()-1)
	}
	if i >= params.Len() {
		return nil
	}
	return params.At(i)
}

func pathOf(object types.Object) string {
	if object.Pkg() == nil {
		return ""
	}
	return object.Pkg().Path()
}

// origin is where the text in an expression may come from.
func (f *flow) origin(e ast.Expr) origin {
	if f.constantOf(e) || !textual(f.typeOf(e)) {
		return nil
	}
	switch e := e.(type) {
	case *ast.Ident:
		return f.of(origins(f.pkg.info.ObjectOf(e)), e.Pos())
	case *ast.SelectorExpr:
		return f.of(origins(f.pkg.info.Uses[e.Sel]), e.Pos())
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return f.all(e.X, e.Y)
		}
	case *ast.ParenExpr:
		return f.origin(e.X)
	case *ast.StarExpr:
		return f.origin(e.X)
	case *ast.UnaryExpr:
		return f.origin(e.X)
	case *ast.IndexExpr:
		return f.origin(e.X)
	case *ast.SliceExpr:
		return f.origin(e.X)
	case *ast.TypeAssertExpr:
		return f.origin(e.X)
	case *ast.CompositeLit:
		out := origin{}
		for _, element := range e.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				maps.Copy(out, f.origin(pair.Key))
				element = pair.Value
			}
			maps.Copy(out, f.origin(element))
		}
		return out
	case *ast.CallExpr:
		return f.result(e, 0)
	}
	return nil
}

func (f *flow) all(es ...ast.Expr) origin {
	out := origin{}
	for _, e := range es {
		maps.Copy(out, f.origin(e))
		maps.Copy(out, f.keys[f.object(e)])
	}
	return out
}

// of is where what a variable or a field has may come from.
func (f *flow) of(object types.Object, at token.Pos) origin {
	v, ok := object.(*types.Var)
	if !ok {
		return nil
	}
	out := origin{}
	if pathOf(v) != module+"/pdapi" && (!v.IsField() || v.Name() != "ID") {
		maps.Copy(out, f.has[v])
	}
	switch {
	case v.Kind() == types.ParamVar:
		out[v] = true
	case f.arguments[v], v.IsField() && pathOf(v) == module+"/pdapi" && !strings.HasSuffix(v.Name(), "ID") && !strings.HasSuffix(v.Name(), "IDs") && !slices.Contains(plain, v.Name()):
		f.counted[at], out[nil] = true, true
	}
	return out
}

// result is where the nth text that a call returns may come from.
func (f *flow) result(n *ast.CallExpr, nth int) origin {
	if t := f.pkg.info.Types[n.Fun]; t.IsType() { // a conversion
		return f.origin(n.Args[0])
	}
	name, fn := f.callee(n)
	if slices.Contains(quotes, name) || slices.Contains(speaks, name) {
		return nil
	}
	if recv, _ := receiver(fn); recv != nil && pathOf(fn) == module+"/pdapi" && !slices.Contains(plain, fn.Name()) {
		return origin{nil: true}
	}
	own := fn != nil && strings.HasPrefix(pathOf(fn), module) && !strings.Contains(pathOf(fn), "/pdapi") && !strings.HasSuffix(pathOf(fn), "/wording")
	if _, isInterface := receiver(fn); !own || isInterface {
		out := f.all(n.Args...)
		if s, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok {
			maps.Copy(out, f.origin(s.X))
		}
		return out
	}
	out := origin{}
	if nth >= fn.Signature().Results().Len() {
		return nil
	}
	for source := range f.has[fn.Signature().Results().At(nth)] {
		if !f.isParameterOf(fn, source) {
			out[source] = true
			continue
		}
		for i, arg := range n.Args {
			if parameter(fn, i) == source {
				maps.Copy(out, f.origin(arg))
			}
		}
	}
	return out
}

func receiver(fn *types.Func) (types.Type, bool) {
	if fn == nil || fn.Signature().Recv() == nil {
		return nil, false
	}
	t := fn.Signature().Recv().Type()
	return t, types.IsInterface(t)
}

func (f *flow) isParameterOf(fn *types.Func, source types.Object) bool {
	for p := range fn.Signature().Params().Variables() {
		if p == source {
			return true
		}
	}
	return false
}

func isError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// textual reports whether values of a type may have texts of others that formatting
// shows. Errors quote what they are made of; ids and times were read before.
func textual(t types.Type) bool { return holdsText(t, 0) }

func holdsText(t types.Type, depth int) bool {
	if depth > 5 || isError(t) {
		return false
	}
	if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil {
		switch named.Obj().Pkg().Name() {
		case "kind", "when", "time":
			if named.Obj().Name() != "Candidate" {
				return false
			}
		}
	}
	switch u := t.Underlying().(type) {
	case *types.Tuple: // what a function with several results returns
		for v := range u.Variables() {
			if holdsText(v.Type(), depth+1) {
				return true
			}
		}
	case *types.Basic:
		return u.Info()&types.IsString != 0
	case *types.Slice:
		basic, isBasic := u.Elem().Underlying().(*types.Basic)
		return isBasic && basic.Kind() == types.Byte || holdsText(u.Elem(), depth+1)
	case *types.Array:
		return holdsText(u.Elem(), depth+1)
	case *types.Pointer:
		return holdsText(u.Elem(), depth+1)
	case *types.Map:
		return holdsText(u.Elem(), depth+1) || holdsText(u.Key(), depth+1)
	case *types.Interface:
		return u.NumMethods() == 0
	}
	return false
}
