package cli_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDesktopsNeedNoTelemetry holds that a build with the tag no_telemetry links no library
// that only servers over HTTP need, and that no build links gRPC.
func TestDesktopsNeedNoTelemetry(t *testing.T) {
	t.Parallel()
	for tags, not := range map[string][]string{
		"no_telemetry": {"github.com/prometheus/", "go.opentelemetry.io/", "google.golang.org/"},
		"none":         {"google.golang.org/grpc"},
	} {
		list := exec.Command("go", "list", "-deps", "-tags", tags, "..")
		out, err := list.Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, library := range not {
			if strings.Contains(string(out), library) {
				t.Errorf("with the tag %s, %s is linked", tags, library)
			}
		}
	}
}
