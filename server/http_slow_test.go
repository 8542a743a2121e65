package server_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/server"
)

// TestSlowClients has clients stop in the middle of their headers, in the middle of their
// body, and before they read any answer. The server hangs up on each, and holds nothing
// for them any more; others are served meanwhile.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	w := newWeb(t, account(t).URL(), server.AuthNone, func(_ *server.Options, h *server.HTTPOptions) { h.Patience = 100 * time.Millisecond })
	address, end := serve(t, w)
	const list = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	request := fmt.Sprintf("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(list), list)
	for name, send := range map[string]func(c net.Conn) error{
		"headers": func(c net.Conn) error {
			_, err := fmt.Fprint(c, "POST /mcp HTTP/1.1\r\nHost: localhost\r\n")
			return err
		},
		"body": func(c net.Conn) error {
			_, err := fmt.Fprint(c, strings.TrimSuffix(request, list[1:]))
			return err
		},
		"answers": func(c net.Conn) error { // asks on, and reads nothing
			for {
				if _, err := fmt.Fprint(c, request); err != nil {
					return nil //nolint:nilerr // the server has hung up
				}
			}
		},
	} {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_ = c.(*net.TCPConn).SetReadBuffer(4 << 10)
		_ = c.SetDeadline(time.Now().Add(time.Minute))
		if err := send(c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := w.post(t, nil, aPing); got.status != http.StatusOK {
			t.Errorf("another client, meanwhile: %d", got.status)
		}
		for lines := bufio.NewReader(c); ; { // until the server hangs up
			if _, err := lines.ReadByte(); err != nil {
				if errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("%s: the server waits on", name)
				}
				break
			}
		}
		_ = c.Close()
		until(t, name+": nothing is held", func() bool { return w.http.Stats() == server.Stats{Sessions: 1, Budget: -1} })
	}
	if err := end(); err != nil {
		t.Error(err)
	}
}
