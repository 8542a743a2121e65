package tool

// Resource is something that people attach to a conversation in their client. It is
// what a tool that only reads answers, under an address, and is offered only where
// that tool is loaded.
type Resource struct {
	// URI is its address. {variables} in it make it a template.
	URI                      string
	Name, Title, Description string
	Tool                     string         // whose answer it is
	Fixed                    map[string]any // arguments that are always the same
	Variables                []Variable
}

// Variable is a part of a resource's address that people choose.
type Variable struct {
	Name     string
	Argument string // of the tool, that it becomes
	Names    Names  // what completes it
}

// Arguments are those of the tool's call for an address with these variables.
func (r Resource) Arguments(variables map[string]string) map[string]any {
	arguments := map[string]any{}
	for name, value := range r.Fixed {
		arguments[name] = value
	}
	for _, v := range r.Variables {
		arguments[v.Argument] = variables[v.Name]
	}
	return arguments
}
