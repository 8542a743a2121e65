package clients

import "strings"

// System says where things are on a computer: it decides the paths of configuration
// files, whatever system the program itself runs on.
type System struct {
	OS     string                   // as runtime.GOOS names it
	Getenv func(name string) string // the environment
	Dir    string                   // the directory of the project; the current one
}

const (
	windows = "windows"
	macOS   = "darwin"
)

// Home is the user's home directory, or "" if the environment does not say.
func (s System) Home() string {
	if s.OS == windows {
		return s.Getenv("USERPROFILE")
	}
	return s.Getenv("HOME")
}

// Join puts a path together, its parts split at slashes. It is "" if the first part is,
// because a path that begins at nothing would be a different one.
func (s System) Join(base string, parts ...string) string {
	if base == "" {
		return ""
	}
	separator := "/"
	if s.OS == windows {
		separator = `\`
	}
	path := strings.TrimRight(base, `/`+separator)
	for _, part := range parts {
		path += separator + strings.ReplaceAll(part, "/", separator)
	}
	return path
}

// inHome is a path in the home directory.
func (s System) inHome(parts ...string) string { return s.Join(s.Home(), parts...) }

// support is where programs with windows keep their settings: %APPDATA%, ~/Library/Application
// Support, or $XDG_CONFIG_HOME.
func (s System) support() string {
	switch s.OS {
	case windows:
		if dir := s.Getenv("APPDATA"); dir != "" {
			return dir
		}
		return s.inHome("AppData", "Roaming")
	case macOS:
		return s.inHome("Library", "Application Support")
	}
	return s.config()
}

// config is where programs of the command line keep their settings on every system:
// $XDG_CONFIG_HOME, or ~/.config.
func (s System) config() string {
	if dir := s.Getenv("XDG_CONFIG_HOME"); s.IsAbs(dir) {
		return dir
	}
	return s.inHome(".config")
}

// KeyFiles are the files in which 'auth login' may have stored a key where there is no
// keychain; it writes the first. A client may start the server without the variables
// that a shell has, so that they decide nothing alone.
func (s System) KeyFiles() []string {
	var out []string
	for _, dir := range []string{s.support(), s.inHome(".config")} {
		if path := s.Join(dir, "pagerduty-mcp", "key"); path != "" && (len(out) == 0 || path != out[0]) {
			out = append(out, path)
		}
	}
	return out
}

// IsAbs reports whether a path is an absolute one.
func (s System) IsAbs(path string) bool {
	if s.OS == windows {
		drive := len(path) > 2 && path[1] == ':' && (path[2] == '\\' || path[2] == '/')
		return drive || strings.HasPrefix(path, `\\`)
	}
	return strings.HasPrefix(path, "/")
}
