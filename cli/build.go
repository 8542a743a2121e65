package cli

import (
	"runtime/debug"
	"strings"
)

// Build says what the program was built from. What is empty is not known.
type Build struct {
	Version string // of a release, as 1.2.3, without a v
	Commit  string // of the source, in hexadecimal
	Date    string // of that commit, in RFC 3339
}

// orFrom fills in what is not known from what Go wrote into the program: the version of
// the module for go install, the commit and its date for go build in a clone.
func (b Build) orFrom(info *debug.BuildInfo) Build {
	if b.Version != "" {
		return b
	}
	b.Version = "dev"
	if info == nil {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.Version = strings.TrimPrefix(v, "v")
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			b.Commit = setting.Value
		case "vcs.time":
			b.Date = setting.Value
		}
	}
	return b
}

// shownCommit is how many digits of a commit are shown: those that Go's versions have.
const shownCommit = 12

func (b Build) shortCommit() string { return b.Commit[:min(len(b.Commit), shownCommit)] }

// day is the date of the commit without its time.
func (b Build) day() string {
	day, _, _ := strings.Cut(b.Date, "T")
	return day
}

// String is how the program names its build to others, in the User-Agent and to MCP
// clients: the version, with commit and date as build metadata of a semantic version,
// as in 1.2.3+0123456789ab.2026-11-25. A version that Go made up has them already.
func (b Build) String() string {
	if b.Commit == "" || strings.Contains(b.Version, "+") || strings.Contains(b.Version, b.shortCommit()) {
		return b.Version
	}
	return b.Version + "+" + strings.Trim(b.shortCommit()+"."+b.day(), ".")
}

// words say for a person what the program was built from.
func (b Build) words() string {
	var more []string
	if b.Commit != "" {
		more = append(more, "commit "+b.shortCommit())
	}
	if b.Date != "" {
		more = append(more, "of "+b.Date)
	}
	if len(more) == 0 {
		return b.Version
	}
	return b.Version + " (" + strings.Join(more, " ") + ")"
}
