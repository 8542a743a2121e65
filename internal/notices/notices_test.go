// Package notices_test holds the file NOTICE, which the licenses of what is linked
// into the program ask to be handed on with it.
package notices_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/PagerDuty/pagerduty-mcp/internal/rig"
)

const (
	root = "../.."
	line = "--------------------------------------------------------------------------------\n"
)

// systems are those that the program is built for: each links other packages.
var systems = []string{"linux", "darwin", "windows"}

// linked is a module of which something is linked into the program.
type linked struct {
	path, version string
	dirs          map[string]bool // of its packages that are linked, and those above them
}

// modules are all modules that are linked into the program on any system, by path.
func modules(t *testing.T) []linked {
	t.Helper()
	all := map[string]linked{}
	for _, system := range systems {
		list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}\t{{$.Dir}}{{end}}{{end}}", ".")
		list.Dir, list.Stderr = root, os.Stderr
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		for row := range strings.Lines(string(out)) {
			field := strings.Split(strings.TrimSpace(row), "\t")
			if len(field) != 4 {
				continue // a package of Go's library, or of this module
			}
			module, known := all[field[0]]
			if !known {
				module = linked{path: field[0], version: field[1], dirs: map[string]bool{}}
				all[module.path] = module
			}
			for dir := field[3]; ; dir = filepath.Dir(dir) {
				module.dirs[dir] = true
				if dir == field[2] {
					break
				}
			}
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b linked) int { return cmp.Compare(a.path, b.path) })
}

// texts are what a module says of its license: the files LICENSE, COPYING and NOTICE
// of its own and of the packages that are linked.
func (m linked) texts(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, dir := range slices.Sorted(maps.Keys(m.dirs)) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			name := strings.ToUpper(strings.TrimSuffix(strings.TrimSuffix(entry.Name(), ".md"), ".txt"))
			if entry.IsDir() || !slices.Contains([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE"}, name) { //nolint:misspell // some modules spell it so
				continue
			}
			data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(strings.TrimSpace(string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")))) + "\n")
		}
	}
	if b.Len() == 0 {
		t.Fatalf("%s, which is linked into the program, has no LICENSE: find out whether it may be handed on", m.path)
	}
	return b.String()
}

// licenseOf names the license that a text is, as SPDX (https://spdx.org/licenses) has
// it. It knows those that a program under Apache-2.0 may be linked with and handed on
// with NOTICE; of another one it returns "".
func licenseOf(text string) string {
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, ">", " ")), " ")
	has := func(words string) bool { return strings.Contains(text, words) }
	switch {
	case has("Mozilla Public License, version 2.0"), has("Mozilla Public License Version 2.0"):
		return "MPL-2.0"
	case has("Apache License Version 2.0"):
		return "Apache-2.0"
	case has("Permission is hereby granted, free of charge"):
		return "MIT"
	case has("Redistribution and use in source and binary forms") && (has("Neither the name") || has("names of its contributors")):
		return "BSD-3-Clause"
	case has("Redistribution and use in source and binary forms"):
		return "BSD-2-Clause"
	}
	return ""
}

// notice is the text of NOTICE: a table, and each license once.
func notice(t *testing.T) string {
	t.Helper()
	all := modules(t)
	if len(all) < 5 {
		t.Fatalf("only these modules were found: %v", all)
	}
	users := map[string][]string{} // of a text
	var table, texts strings.Builder
	row := func(name, license, source string) { fmt.Fprintf(&table, "%-40s %-13s %s\n", name, license, source) }
	for _, m := range all {
		text := m.texts(t)
		license := licenseOf(text)
		if license == "" {
			t.Fatalf("%s has a license that internal/notices does not know; read it before the module is linked into the program:\n%s", m.path, text)
		}
		row(m.path, license, "https://pkg.go.dev/"+m.path+"@"+m.version)
		users[text] = append(users[text], m.path)
		if m.path == "golang.org/x/sys" { // Go's own license is the same, word by word
			row("Go's standard library and runtime", license, "https://go.dev/dl/")
			users[text] = append(users[text], "Go's standard library and runtime")
		}
	}
	for _, text := range slices.SortedFunc(maps.Keys(users), func(a, b string) int { return cmp.Compare(users[a][0], users[b][0]) }) {
		texts.WriteString("\n" + line + strings.Join(users[text], "\n") + "\n" + line + "\n" + text)
	}
	return "pagerduty-mcp\n\nThe license of this program is in the file LICENSE. Other people's works are linked into\n" +
		"the program, unchanged. This is under which licenses they are, and where their source is:\n\n" + table.String() + texts.String()
}

// TestNotice holds that NOTICE has the license of everything that is linked into the
// program.
func TestNotice(t *testing.T) {
	t.Parallel()
	rig.Golden(t, root+"/NOTICE", []byte(notice(t)))
}

func TestLicenseOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Mozilla Public License, version 2.0\n… the GNU General Public License, Version 2.0": "MPL-2.0",
		"  Apache License\n  Version 2.0, January 2004":                                      "Apache-2.0",
		"MIT\n> Permission is hereby granted,\n> free of charge, to any person":              "MIT",
		"Redistribution and use in source\nand binary forms … Neither the name of X":         "BSD-3-Clause",
		"Redistribution and use in source and binary forms, with":                            "BSD-2-Clause",
		"GNU GENERAL PUBLIC LICENSE\nVersion 3":                                              "",
		"All rights reserved.":                                                               "",
	} {
		if got := licenseOf(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
