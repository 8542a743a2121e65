package packaging

// Platform is a system that releases are built for, as goreleaser, npm and Node.js
// call it.
type Platform struct {
	GOOS, GOARCH string
	OS, CPU      string // in package.json
}

// Platforms are all that releases are built for.
var Platforms = []Platform{
	{"linux", "amd64", "linux", "x64"},
	{"linux", "arm64", "linux", "arm64"},
	{"darwin", "amd64", "darwin", "x64"},
	{"darwin", "arm64", "darwin", "arm64"},
	{"windows", "amd64", "win32", "x64"},
	{"windows", "arm64", "win32", "arm64"},
}

// Binary is the name of the program's file.
func (p Platform) Binary() string {
	if p.GOOS == "windows" {
		return Program + ".exe"
	}
	return Program
}

// Package is the name of the npm package that has the program for the platform. Its
// directory is the part after the slash.
func (p Platform) Package() string { return "@pagerduty/mcp-" + p.OS + "-" + p.CPU }

// packageJSON is what npm knows of a package.
type packageJSON struct {
	Name                 string            `json:"name"`
	Version              string            `json:"version"`
	Description          string            `json:"description"`
	License              string            `json:"license"`
	Homepage             string            `json:"homepage"`
	Repository           manifestRepo      `json:"repository"`
	MCPName              string            `json:"mcpName,omitzero"`
	Keywords             []string          `json:"keywords,omitzero"`
	Bin                  map[string]string `json:"bin,omitzero"`
	Files                []string          `json:"files"`
	Engines              map[string]string `json:"engines,omitzero"`
	OS                   []string          `json:"os,omitzero"`
	CPU                  []string          `json:"cpu,omitzero"`
	OptionalDependencies map[string]string `json:"optionalDependencies,omitzero"`
	PreferUnplugged      bool              `json:"preferUnplugged,omitzero"` // a file in an archive can't be started
}

func describedPackage(name, version string) packageJSON {
	return packageJSON{
		Name: name, Version: version, License: License, Homepage: Repository + "#readme",
		Repository: manifestRepo{"git", "git+" + Repository + ".git"},
	}
}

// Launcher is the package.json of the package that people name. It has no install
// script: npm picks the package with the program for the system from its optional
// dependencies.
func Launcher(version string) ([]byte, error) {
	p := describedPackage(Program, version)
	p.Description, p.MCPName = Summary, RegistryName
	p.Keywords = []string{"mcp", "modelcontextprotocol", "pagerduty", "incidents", "on-call"}
	p.Bin, p.Files = map[string]string{Program: Program + ".js"}, []string{Program + ".js", "LICENSE", "NOTICE"}
	p.Engines = map[string]string{"node": ">=18"}
	p.OptionalDependencies = map[string]string{}
	for _, platform := range Platforms {
		p.OptionalDependencies[platform.Package()] = version
	}
	return JSON(p)
}

// PackageOf is the package.json of the package with the program for a platform.
func PackageOf(version string, platform Platform) ([]byte, error) {
	p := describedPackage(platform.Package(), version)
	p.Description = "The program of " + Program + " for " + platform.OS + " on " + platform.CPU
	p.OS, p.CPU, p.PreferUnplugged = []string{platform.OS}, []string{platform.CPU}, true
	p.Files = []string{"bin/" + platform.Binary(), "LICENSE", "NOTICE"}
	return JSON(p)
}
