// Command pack makes, for a release, what goreleaser does not: the links that archives
// and packages have, desktop extensions, npm packages, and the entry of the MCP registry
// with the hashes of the extensions. goreleaser and the tasks of Taskfile.yml call it in
// the root of the repository; it writes into packaging/out.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/internal/packaging"
)

const (
	out    = "packaging/out"
	manual = "packaging/man/pagerduty-mcp.1"
	usage  = "usage: pack version | pack notes VERSION | pack stage VERSION | pack mcpb VERSION UNIX-TIME GOOS GOARCH PROGRAM | pack npm VERSION DIST | pack server VERSION"
)

func main() {
	if err := run(os.Args[1:]); err != nil { //nolint:forbidigo // this is a program of its own
		fmt.Fprintln(os.Stderr, "pack:", err) //nolint:forbidigo // as above
		os.Exit(1)                            //nolint:forbidigo // as above
	}
}

func run(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "version":
		return show(packaging.Version)
	case len(args) == 2 && args[0] == "notes":
		return show(func(changelog string) string { return packaging.Notes(changelog, args[1]) })
	case len(args) == 2 && args[0] == "stage":
		return stage(args[1])
	case len(args) == 6 && args[0] == "mcpb":
		return mcpb(args[1], args[2], args[3], args[4], args[5])
	case len(args) == 3 && args[0] == "npm":
		return npm(args[1], args[2])
	case len(args) == 2 && args[0] == "server":
		return server(args[1])
	}
	return errors.New(usage)
}

// show prints something that the changelog says.
func show(of func(changelog string) string) error {
	changelog, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stdout, of(string(changelog))) //nolint:forbidigo // this is a program of its own
	return err
}

// stage makes the links to the program and the manual pages. The version is that of the
// release, which has to be the one that CHANGELOG.md and the generated files have:
// snapshots end in -next, and may differ.
func stage(version string) error {
	changelog, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		return err
	}
	if newest := packaging.Version(string(changelog)); newest != version && !strings.HasSuffix(version, "-next") {
		return fmt.Errorf("version %s is to be released, but the newest in CHANGELOG.md is %s; see docs/releasing.md", version, newest)
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	page, err := os.ReadFile(manual)
	if err != nil {
		return err
	}
	if err := writeManual(packaging.Program, page); err != nil {
		return err
	}
	links := filepath.Join(out, "links")
	if err := os.MkdirAll(links, 0o755); err != nil {
		return err
	}
	for _, link := range packaging.Links() {
		if err := os.Symlink(packaging.Program, filepath.Join(links, link)); err != nil {
			return err
		}
		if err := writeManual(link, []byte(".so man1/"+packaging.Program+".1\n")); err != nil {
			return err
		}
	}
	return write(filepath.Join(out, "windows", "pagerduty-links.cmd"), packaging.WindowsLinks(), 0o755)
}

// writeManual writes a manual page, as it is for archives, and compressed for packages
// of systems.
func writeManual(name string, page []byte) error {
	if err := write(filepath.Join(out, "man", name+".1"), page, 0o644); err != nil {
		return err
	}
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression) // without name and time, so that it is the same each time
	if err != nil {
		return err
	}
	if _, err := w.Write(page); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return write(filepath.Join(out, "man1", name+".1.gz"), b.Bytes(), 0o644)
}

// mcpb packs the desktop extension for a platform. macOS gets one, with the universal
// program, so those for one kind of processor are passed over.
func mcpb(version, date, goos, goarch, program string) error {
	if goos == "darwin" && goarch != "all" {
		return nil
	}
	seconds, err := strconv.ParseInt(date, 10, 64)
	if err != nil {
		return fmt.Errorf("the date of the files %q is no number of seconds since 1970", date)
	}
	platform, binary := goos, packaging.Program
	if goos == "windows" {
		platform, binary = "win32", binary+".exe"
	}
	manifest, err := packaging.JSON(packaging.Manifest(version, platform))
	if err != nil {
		return err
	}
	members := []packaging.Member{{Name: "manifest.json", Mode: 0o644, Data: manifest}}
	for _, file := range []struct {
		name, path string
		mode       os.FileMode
	}{{"server/" + binary, program, 0o755}, {"LICENSE", "LICENSE", 0o644}, {"NOTICE", "NOTICE", 0o644}} {
		data, err := os.ReadFile(file.path)
		if err != nil {
			return err
		}
		members = append(members, packaging.Member{Name: file.name, Mode: file.mode, Data: data})
	}
	data, err := packaging.MCPB(members, time.Unix(seconds, 0))
	if err != nil {
		return err
	}
	return write(filepath.Join(out, "mcpb", fmt.Sprintf("%s_%s_%s_%s.mcpb", packaging.Program, version, goos, goarch)), data, 0o644)
}

// npm lays out the npm packages, with the programs that goreleaser built into dist.
func npm(version, dist string) error {
	launcher, err := packaging.Launcher(version)
	if err != nil {
		return err
	}
	dir := filepath.Join(out, "npm", packaging.Program)
	if err := write(filepath.Join(dir, "package.json"), launcher, 0o644); err != nil {
		return err
	}
	if err := copies(dir, map[string]string{packaging.Program + ".js": "packaging/npm/pagerduty-mcp.js", "README.md": "packaging/npm/README.md"}); err != nil {
		return err
	}
	for _, p := range packaging.Platforms {
		description, err := packaging.PackageOf(version, p)
		if err != nil {
			return err
		}
		built, err := filepath.Glob(filepath.Join(dist, fmt.Sprintf("%s_%s_%s_*", packaging.Program, p.GOOS, p.GOARCH), p.Binary()))
		if err != nil || len(built) != 1 {
			return fmt.Errorf("%s has %d programs for %s/%s, want 1; run goreleaser first", dist, len(built), p.GOOS, p.GOARCH)
		}
		dir := filepath.Join(out, "npm", filepath.Base(p.Package()))
		if err := write(filepath.Join(dir, "package.json"), description, 0o644); err != nil {
			return err
		}
		if err := copies(dir, map[string]string{"bin/" + p.Binary(): built[0]}); err != nil {
			return err
		}
	}
	return nil
}

// copies copies files into the directory of a package, and the licenses.
func copies(dir string, files map[string]string) error {
	files["LICENSE"], files["NOTICE"] = "LICENSE", "NOTICE"
	for to, from := range files {
		data, err := os.ReadFile(from)
		if err != nil {
			return err
		}
		mode := os.FileMode(0o644)
		if strings.HasPrefix(to, "bin/") || strings.HasSuffix(to, ".js") {
			mode = 0o755
		}
		if err := write(filepath.Join(dir, to), data, mode); err != nil {
			return err
		}
	}
	return nil
}

// server writes the entry of the MCP registry with the extensions that are there.
func server(version string) error {
	files, err := filepath.Glob(filepath.Join(out, "mcpb", "*.mcpb"))
	if err != nil || len(files) == 0 {
		return errors.New("there are no desktop extensions in " + out + "; run goreleaser first")
	}
	var bundles []packaging.Bundle
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(data)
		bundles = append(bundles, packaging.Bundle{Name: filepath.Base(file), SHA256: hex.EncodeToString(sum[:])})
	}
	entry, err := packaging.JSON(packaging.Server(version, bundles))
	if err != nil {
		return err
	}
	return write(filepath.Join(out, "server.json"), entry, 0o644)
}

func write(path string, data []byte, mode os.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, mode)
}
