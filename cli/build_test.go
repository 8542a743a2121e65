package cli

import (
	"runtime/debug"
	"testing"
)

// TestBuild reads what a build was made from, as each way to build tells it.
func TestBuild(t *testing.T) {
	t.Parallel()
	const commit, date = "0123456789abcdef0123456789abcdef01234567", "2026-11-25T12:00:00Z"
	vcs := []debug.BuildSetting{{Key: "vcs.revision", Value: commit}, {Key: "vcs.time", Value: date}, {Key: "vcs.modified", Value: "true"}}
	for name, c := range map[string]struct {
		stamped      Build
		info         *debug.BuildInfo
		named, words string
	}{
		"release":               {Build{"1.2.3", commit, date}, &debug.BuildInfo{Main: debug.Module{Version: "v9.9.9"}}, "1.2.3+0123456789ab.2026-11-25", "1.2.3 (commit 0123456789ab of 2026-11-25T12:00:00Z)"},
		"release without date":  {Build{"1.2.3", commit, ""}, nil, "1.2.3+0123456789ab", "1.2.3 (commit 0123456789ab)"},
		"version alone":         {Build{"1.2.3", "", ""}, nil, "1.2.3", "1.2.3"},
		"snapshot":              {Build{"1.2.4-next", commit, date}, nil, "1.2.4-next+0123456789ab.2026-11-25", "1.2.4-next (commit 0123456789ab of 2026-11-25T12:00:00Z)"},
		"go install":            {Build{}, &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}, "1.2.3", "1.2.3"},
		"go build in a clone":   {Build{}, &debug.BuildInfo{Main: debug.Module{Version: "v1.2.4-0.20261125120000-0123456789ab+dirty"}, Settings: vcs}, "1.2.4-0.20261125120000-0123456789ab+dirty", "1.2.4-0.20261125120000-0123456789ab+dirty (commit 0123456789ab of 2026-11-25T12:00:00Z)"},
		"go build of a tag":     {Build{}, &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: vcs}, "1.2.3+0123456789ab.2026-11-25", "1.2.3 (commit 0123456789ab of 2026-11-25T12:00:00Z)"},
		"no version of its own": {Build{}, &debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "dev", "dev"},
		"nothing known":         {Build{}, nil, "dev", "dev"},
	} {
		b := c.stamped.orFrom(c.info)
		if b.String() != c.named || b.words() != c.words {
			t.Errorf("%s: %s, %s; want %s, %s", name, b, b.words(), c.named, c.words)
		}
	}
}
