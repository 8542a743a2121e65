package architecture_test

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// flow follows texts from where they come from to the sentences that they get into. It
// knows no order of statements: what a variable, a field or a result ever gets it
// always has.
type flow struct {
	house     loaded
	arguments map[types.Object]bool   // fields that are arguments of tools
	remarks   map[types.Object]bool   // fields that are the server's words
	has       map[types.Object]origin // what variables, fields and the results of functions may have
	keys      map[types.Object]origin // what the keys of maps may have
	sinks     map[types.Object]bool   // parameters that get into a sentence
	found     map[token.Pos]bool
	counted   map[token.Pos]bool // sources that were seen
	changed   bool

	sources, sentences int

	pkg  checked
	into *types.Func // the function whose results are looked at
}

// origin is where a text may come from: from somebody else, which is the key nil, and
// from the parameters of functions.
type origin map[types.Object]bool

func newFlow(house loaded) *flow {
	f := &flow{
		house: house, arguments: map[types.Object]bool{}, remarks: map[types.Object]bool{}, has: map[types.Object]origin{}, keys: map[types.Object]origin{},
		sinks: map[types.Object]bool{}, found: map[token.Pos]bool{}, counted: map[token.Pos]bool{},
	}
	for _, pkg := range house.packages {
		for _, file := range pkg.files {
			ast.Inspect(file, func(n ast.Node) bool {
				spec, ok := n.(*ast.TypeSpec)
				if !ok {
					return true
				}
				if s, ok := spec.Type.(*ast.StructType); ok {
					f.declare(pkg, spec.Name.Name, s)
				}
				return true
			})
		}
	}
	return f
}

// declare remembers the fields of a struct that are arguments or the server's words.
func (f *flow) declare(pkg checked, name string, s *ast.StructType) {
	for _, field := range s.Fields.List {
		tag := reflect.StructTag("")
		if field.Tag != nil {
			tag = reflect.StructTag(strings.Trim(field.Tag.Value, "`"))
		}
		key, _, _ := strings.Cut(tag.Get("json"), ",")
		for _, ident := range field.Names {
			object := pkg.info.Defs[ident]
			if !strings.Contains(pkg.path, "/pdapi") && isArgument(name, tag) {
				f.arguments[object] = true
			}
			if !f.arguments[object] && (key == "note" || key == "remark") || slices.Contains([]string{"UnknownOutcome.Check", "Partial.Done", "ArgumentError.Problems", "ArgumentError.Know", "Blamed.Problems", "List.Notes"}, name+"."+ident.Name) {
				f.remarks[object] = true
			}
		}
	}
}

// run goes over all functions until nothing new is learned.
func (f *flow) run() {
	for f.changed = true; f.changed; {
		f.changed, f.sentences = false, 0
		for _, f.pkg = range f.house.packages {
			if strings.Contains(f.pkg.path, "/pdapi") {
				continue
			}
			for _, file := range f.pkg.files {
				for _, d := range file.Decls {
					f.into = nil
					if fn, ok := d.(*ast.FuncDecl); ok {
						f.into, _ = f.pkg.info.Defs[fn.Name].(*types.Func)
					}
					ast.Inspect(d, f.visit)
				}
			}
		}
	}
	f.sources = len(f.counted)
}

// leaks are the places where foreign words get into a sentence, in order.
func (f *flow) leaks() []token.Position {
	var out []token.Position
	for _, pos := range slices.Sorted(maps.Keys(f.found)) {
		out = append(out, f.house.set.Position(pos))
	}
	return out
}

// visit looks at one statement or expression.
func (f *flow) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncLit:
		// What a function without a name returns goes wherever its caller takes it.
		outer := f.into
		f.into = nil
		ast.Inspect(n.Body, f.visit)
		f.into = outer
		return false
	case *ast.AssignStmt:
		for i, to := range n.Lhs {
			f.assign(to, f.nth(n.Rhs, i))
			if index, ok := to.(*ast.IndexExpr); ok { // of a map, whose keys may be shown
				f.learnIn(f.keys, f.object(index.X), f.origin(index.Index))
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if len(n.Values) > 0 {
				f.assign(name, f.nth(n.Values, i))
			}
		}
	case *ast.RangeStmt:
		from := f.origin(n.X)
		if n.Value != nil {
			f.assign(n.Value, from)
		}
		if n.Key != nil {
			f.assign(n.Key, f.keysOf(n.X))
		}
	case *ast.ReturnStmt:
		if f.into == nil || len(n.Results) == 0 {
			break
		}
		if f.into.Name() == "Error" {
			f.sentence(n.Results[0])
		}
		for i := range f.into.Signature().Results().Len() {
			f.learn(f.into.Signature().Results().At(i), f.nth(n.Results, i))
		}
	case *ast.CompositeLit:
		f.literal(n)
	case *ast.CallExpr:
		f.call(n)
	}
	return true
}

// nth is where the nth of several values may come from: they stand there one by one, or
// one call returns them all.
func (f *flow) nth(values []ast.Expr, n int) origin {
	if call, ok := ast.Unparen(values[0]).(*ast.CallExpr); ok && len(values) == 1 {
		return f.result(call, n)
	}
	return f.origin(values[min(n, len(values)-1)])
}

// assign has a variable or a field get what comes from somewhere.
func (f *flow) assign(to ast.Expr, from origin) {
	object := f.object(to)
	if object == nil || !textual(object.Type()) {
		return
	}
	if f.remarks[object] {
		f.reaches(to.Pos(), from)
		return
	}
	f.learn(object, from)
}

// object is the variable or the field that an expression writes to.
func (f *flow) object(e ast.Expr) types.Object {
	switch e := e.(type) {
	case *ast.Ident:
		if made := f.pkg.info.Defs[e]; made != nil {
			return made
		}
		return origins(f.pkg.info.Uses[e])
	case *ast.SelectorExpr:
		return origins(f.pkg.info.Uses[e.Sel])
	case *ast.IndexExpr:
		return f.object(e.X)
	case *ast.StarExpr:
		return f.object(e.X)
	case *ast.ParenExpr:
		return f.object(e.X)
	}
	return nil
}

// origins is the declaration of an object of a generic type.
func origins(object types.Object) types.Object {
	switch object := object.(type) {
	case *types.Var:
		return object.Origin()
	case *types.Func:
		return object.Origin()
	}
	return object
}

// keysOf is where the keys of a map may come from, or what a function yields first.
func (f *flow) keysOf(e ast.Expr) origin {
	if _, isMap := f.typeOf(e).Underlying().(*types.Map); !isMap {
		return f.origin(e)
	}
	out := f.of(f.object(e), e.Pos())
	if v, ok := f.object(e).(*types.Var); ok && v.Kind() != types.ParamVar {
		out = f.keys[v]
	}
	return out
}

func (f *flow) learn(object types.Object, from origin) { f.learnIn(f.has, object, from) }

func (f *flow) learnIn(known map[types.Object]origin, object types.Object, from origin) {
	for source := range from {
		if known[object] == nil {
			known[object] = origin{}
		}
		if object != nil && !known[object][source] && source != object {
			known[object][source], f.changed = true, true
		}
	}
}

// literal has the fields of a struct get the values that a literal has for them.
func (f *flow) literal(n *ast.CompositeLit) {
	t := f.typeOf(n)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return
	}
	for i, element := range n.Elts {
		field, value := (*types.Var)(nil), element
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			value = pair.Value
			name, _ := pair.Key.(*ast.Ident)
			for j := range s.NumFields() {
				if name != nil && s.Field(j).Name() == name.Name {
					field = s.Field(j)
				}
			}
		} else {
			field = s.Field(i)
		}
		if field == nil || !textual(field.Type()) {
			continue
		}
		if field = field.Origin(); f.remarks[field] {
			f.sentence(value)
		} else {
			f.learn(field, f.origin(value))
		}
	}
}

// sentence takes an expression that becomes a part of a sentence.
func (f *flow) sentence(e ast.Expr) {
	f.sentences++
	f.reaches(e.Pos(), f.origin(e))
}

// reaches remembers that what comes from somewhere gets into a sentence.
func (f *flow) reaches(at token.Pos, from origin) {
	for source := range from {
		if source == nil {
			f.found[at] = true
		} else if !f.sinks[source] {
			f.sinks[source], f.changed = true, true
		}
	}
}

// constantOf reports whether an expression is a constant.
func (f *flow) constantOf(e ast.Expr) bool {
	v := f.pkg.info.Types[e].Value
	return v != nil && v.Kind() != constant.Unknown
}

func (f *flow) typeOf(e ast.Expr) types.Type {
	if t := f.pkg.info.TypeOf(e); t != nil {
		return t
	}
	return types.Typ[types.Invalid]
}
