package tool

// Set is a toolset: tools that are loaded together.
type Set struct {
	Name  string // the subcommand that serves it
	Title string
	Holds string // what it is for, in one line
	// Instructions tell a model how to work with the tools; WriteInstructions
	// are added when those that change something are loaded.
	Instructions, WriteInstructions string
	Tools                           []Tool
	// Prompts and Resources are offered where the tools they use are loaded, of
	// whichever toolset those are.
	Prompts   []Prompt
	Resources []Resource
}
