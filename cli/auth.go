package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/PagerDuty/pagerduty-mcp/cli/keychain"
	"github.com/PagerDuty/pagerduty-mcp/pdapi"
	"github.com/PagerDuty/pagerduty-mcp/server"
)

// envKeychain switches the system's keychain off, for computers whose keychain nobody
// unlocks.
const envKeychain = "PAGERDUTY_MCP_KEYCHAIN"

// authCommand keeps the key between runs.
func authCommand(p Process) *cli.Command {
	command := func(name, does string, action func(*cli.Context, Process) error) *cli.Command {
		return &cli.Command{
			Name: name, Usage: does, UsageText: programName + " auth " + name, OnUsageError: onUsageError, HideHelpCommand: true,
			Action: func(c *cli.Context) error {
				if c.NArg() > 0 { // not shown: it may be the key
					return usage("'auth %s' takes no arguments. A key on the command line could be read by everybody on this computer: 'auth login' asks for it, or reads it from standard input", name)
				}
				return action(c, p)
			},
		}
	}
	return &cli.Command{
		Name: "auth", Usage: "Store the API key: login, status, logout",
		UsageText: programName + " auth login|status|logout", OnUsageError: onUsageError, HideHelpCommand: true,
		Subcommands: []*cli.Command{
			command("login", "Store the key in the system's keychain; reads it from the terminal or from standard input", login),
			command("status", "Say which key is used, and where it is", status),
			command("logout", "Take the stored key away", logout),
		},
		Action: func(*cli.Context) error {
			return usage("which of them? %s auth login, auth status or auth logout", programName)
		},
	}
}

// store is where the key is kept on this computer.
func store(p Process) (keychain.Store, error) {
	off := strings.TrimSpace(p.Getenv(envKeychain))
	if off != "" && off != "off" && off != "on" {
		return keychain.Store{}, usage("%s: %q is neither on nor off", envKeychain, off)
	}
	return keychain.Store{
		System: runtime.GOOS, Off: off == "off", Files: system(p).KeyFiles(),
		Bus: func() bool {
			if p.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
				return true
			}
			_, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid()))
			return err == nil
		},
	}, nil
}

// storedKey is the key that 'auth login' stored, and where it is.
func storedKey(ctx context.Context, p Process) (secret, source string, err error) {
	s, err := store(p)
	if err != nil {
		return "", "", err
	}
	secret, place, err := s.Load(ctx, func(path string) (string, error) {
		text, warning, err := readKeyFile(path)
		if warning != "" {
			_, _ = fmt.Fprintf(p.Stderr, "%s: warning: %s\n", programName, warning)
		}
		return text, err
	})
	if err != nil && place.Path != "" {
		return "", "", usage("can't read the key stored in %s: %w; store it anew: %s auth login", place, err, programName)
	}
	return secret, place.String(), err
}

func login(c *cli.Context, p Process) error {
	s, err := store(p)
	if err != nil {
		return err
	}
	ctx, stop := untilSignal(c.Context)
	defer stop()
	secret, err := askKey(ctx, p)
	if err != nil {
		return err
	}
	if _, err := pdapi.ParseKey(secret); err != nil {
		return usage("%w. Nothing was stored", err)
	}
	place, why, err := s.Save(ctx, strings.TrimSpace(secret))
	if err != nil {
		return fmt.Errorf("the key could not be stored: %w", err)
	}
	_, _ = fmt.Fprintf(p.Stdout, "Stored the key in %s.\n", place)
	if why != nil {
		_, _ = fmt.Fprintf(p.Stdout, "It is a file that you alone can read (mode 0600), because %v.\n", why)
	}
	if name := overruling(p); name != "" {
		_, _ = fmt.Fprintf(p.Stdout, "%s is set, and is used instead; unset it to use the stored key.\n", name)
	}
	_, _ = fmt.Fprintf(p.Stdout, "See whose it is: %s doctor\n", programName)
	return nil
}

// overruling is the variable that is used instead of the stored key, if one is set.
func overruling(p Process) string {
	switch {
	case strings.TrimSpace(p.Getenv(envKey)) != "":
		return envKey
	case keyFilePath(p) != "":
		return envKeyFile
	}
	return ""
}

// maxTyped is more than anybody pastes as a key, in bytes.
const maxTyped = 64 << 10

// askKey reads a key: at a terminal without showing it, else the first line of
// standard input.
func askKey(ctx context.Context, p Process) (string, error) {
	if !isTerminal(p.Stdin) {
		text, err := io.ReadAll(io.LimitReader(p.Stdin, maxTyped))
		if err != nil {
			return "", fmt.Errorf("reading the key from standard input: %w", err)
		}
		secret, err := decodeText(text)
		if err != nil {
			return "", usage("standard input: %w", err)
		}
		if strings.TrimSpace(secret) == "" {
			return "", usage("standard input is empty: pipe the key into 'auth login', or run it at a terminal")
		}
		return secret, nil
	}
	_, _ = fmt.Fprint(p.Stderr, "In PagerDuty: My Profile > User Settings > Create API User Token.\nPaste the key (it is not shown) and press Enter: ")
	fd := int(server.FileDescriptor(p.Stdin))
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	type answer struct {
		text []byte
		err  error
	}
	typed := make(chan answer, 1)
	go func() {
		text, err := term.ReadPassword(fd)
		typed <- answer{text, err}
	}()
	select {
	case a := <-typed:
		_, _ = fmt.Fprintln(p.Stderr)
		switch {
		case a.err != nil:
			return "", fmt.Errorf("reading the key from the terminal: %w", a.err)
		case strings.TrimSpace(string(a.text)) == "":
			return "", usage("no key was given. Nothing was stored")
		}
		return string(a.text), nil
	case <-ctx.Done():
		_ = term.Restore(fd, before) // or the shell would show nothing that is typed
		_, _ = fmt.Fprintln(p.Stderr)
		return "", context.Cause(ctx)
	}
}

func status(c *cli.Context, p Process) error {
	secret, source, err := findKey(c.Context, p)
	if err != nil {
		return err
	}
	key, err := pdapi.ParseKey(secret)
	if err != nil {
		return usage("%s: %w", source, err)
	}
	_, _ = fmt.Fprintf(p.Stdout, "%s, from %s.\nSee whose it is, and whether it works: %s doctor\n", key.Kind(), source, programName)
	return nil
}

func logout(c *cli.Context, p Process) error {
	s, err := store(p)
	if err != nil {
		return err
	}
	places, err := s.Delete(c.Context)
	for _, place := range places {
		_, _ = fmt.Fprintf(p.Stdout, "Took the key out of %s.\n", place)
	}
	switch {
	case errors.Is(err, keychain.ErrNone):
		_, _ = fmt.Fprintln(p.Stdout, "No key is stored; there is nothing to take away.")
	case err != nil:
		return err
	default:
		_, _ = fmt.Fprintln(p.Stdout, "It is still valid: to end that, delete it in PagerDuty under My Profile > User Settings.")
	}
	if name := overruling(p); name != "" {
		_, _ = fmt.Fprintf(p.Stdout, "%s is still set.\n", name)
	}
	return nil
}
