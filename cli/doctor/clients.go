package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"

	"github.com/PagerDuty/pagerduty-mcp/cli/clients"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
)

// clients looks at the configurations of MCP clients on this computer.
func (x *examination) clients() {
	seen := 0
	read := map[string]bool{} // in the home directory a user's file may be a project's, too
	for _, c := range clients.All() {
		for _, scope := range []clients.Scope{clients.User, clients.Project} {
			for _, path := range c.Files(x.System, scope) {
				if !read[path] {
					read[path] = true
					seen += x.file(c, scope, path)
				}
			}
		}
	}
	if seen == 0 {
		x.say("clients", Warning, "no MCP client on this computer is set up for PagerDuty", "pagerduty-mcp configure CLIENT")
	}
}

// file looks at one configuration and returns how many servers of PagerDuty's it has.
func (x *examination) file(c clients.Client, scope clients.Scope, path string) int {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	if err != nil {
		x.say(c.Title, Warning, "its configuration can't be read: "+err.Error(), "")
		return 0
	}
	found, err := c.Find(text)
	if err != nil {
		x.say(c.Title, Failed, fmt.Sprintf("%s is broken: %v", path, err), "mend it; the client may ignore all of it")
		return 0
	}
	for _, f := range found {
		x.server(c, scope, path, f)
	}
	return len(found)
}

// server looks at one server in a client's configuration. The worst there is to say
// about it comes first.
func (x *examination) server(c clients.Client, scope clients.Scope, path string, f clients.Found) {
	anew := "pagerduty-mcp configure " + c.Name
	if scope == clients.Project {
		anew += " --scope project"
	}
	if f.Name != clients.ServerName { // which 'configure' leaves as it is
		anew = fmt.Sprintf("take %q out of the file, then %s", f.Name, anew)
	}
	say := func(state State, found, fix string) {
		x.say(c.Title, state, fmt.Sprintf("%q in %s %s", f.Name, path, found), fix)
	}
	secret := f.Env[keyVariable]
	_, noKey := pdapi.ParseKey(secret)
	command, problem := x.command(f.Command)
	switch {
	case problem != "":
		say(Failed, problem, anew)
	case secret != "" && noKey != nil && !c.Refers(secret):
		say(Failed, "has no key in "+keyVariable+": "+noKey.Error(), anew)
	case f.Env[fileVariable] != "" && !x.readable(f.Env[fileVariable]):
		say(Failed, fmt.Sprintf("names a key file that can't be read, or by a path that is not absolute: %s", f.Env[fileVariable]), anew)
	case secret != "" && noKey == nil && scope == clients.Project:
		say(Warning, "holds the key in plain text, in a file that is shared with the project", "pagerduty-mcp auth login, then "+anew)
	case secret != "" && noKey == nil && others(path):
		say(Warning, "holds the key in plain text, and others on this computer can read the file", "pagerduty-mcp auth login, then "+anew)
	case secret != "" && noKey == nil:
		say(Warning, "holds the key in plain text", "pagerduty-mcp auth login, then "+anew)
	case !x.System.IsAbs(f.Command):
		say(Warning, fmt.Sprintf("starts %q, which a client that was not started from a shell may not find", f.Command), anew)
	default:
		say(OK, "starts "+command, "")
	}
}

const (
	keyVariable  = "PAGERDUTY_USER_API_KEY"
	fileVariable = "PAGERDUTY_USER_API_KEY_FILE"
)

// readable reports whether a client's server can read a file.
func (x *examination) readable(path string) bool {
	info, err := os.Stat(path)
	return x.System.IsAbs(path) && err == nil && info.Mode().IsRegular()
}

// command is the program that a client starts, or what is wrong with it.
func (x *examination) command(name string) (path, problem string) {
	if strings.Contains(name, "=") { // as in KEY=… program, which only a shell knows
		return "", "starts something that is not the path of a program"
	}
	if !x.System.IsAbs(name) && strings.ContainsAny(name, `/\`) {
		return "", fmt.Sprintf("starts %q, a path that means something else in every directory", name)
	}
	path, err := exec.LookPath(name)
	switch {
	case errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist):
		return "", fmt.Sprintf("starts %q, which does not exist", name)
	case errors.Is(err, fs.ErrPermission):
		return "", fmt.Sprintf("starts %q, which is not a program that may be run", name)
	case err != nil:
		return "", fmt.Sprintf("starts %q: %v", name, err)
	}
	return path, ""
}

// others reports whether others than a file's owner can read it. Windows does not say.
func others(path string) bool {
	info, err := os.Stat(path)
	return err == nil && os.PathSeparator == '/' && info.Mode().Perm()&0o044 != 0
}
