package when_test

import (
	"archive/zip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/when"
	"github.com/PagerDuty/pagerduty-mcp/toolsets/tool/wording"
)

func TestParseZone(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Europe/Berlin":                          "Europe/Berlin",
		" europe/BERLIN ":                        "Europe/Berlin",
		"america/new york":                       "America/New_York",
		"America/Argentina/buenos_aires":         "America/Argentina/Buenos_Aires",
		"US/Eastern":                             "US/Eastern",
		"Pacific Time (US & Canada)":             "America/Los_Angeles",
		"pacific time":                           "America/Los_Angeles",
		"(GMT-05:00) Eastern Time (US & Canada)": "America/New_York",
		"Mumbai":                                 "Asia/Kolkata",
		"Nuku'alofa":                             "Pacific/Tongatapu",
		"Samoa":                                  "Pacific/Apia",
		"Berlin":                                 "Europe/Berlin",
		"Berlin time":                            "Europe/Berlin",
		"new_york":                               "America/New_York",
		"New York":                               "America/New_York",
		"Zürich":                                 "Europe/Zurich",
		"São Paulo":                              "America/Sao_Paulo",
		"knox":                                   "America/Indiana/Knox",
		"Japan":                                  "Japan",
		"UTC":                                    "UTC",
		"gmt":                                    "UTC",
		"Z":                                      "UTC",
		"CET":                                    "Europe/Brussels",
		"CEST":                                   "Europe/Brussels",
		"est":                                    "America/New_York",
		"EDT":                                    "America/New_York",
		"ET":                                     "America/New_York",
		"PST":                                    "America/Los_Angeles",
		"JST":                                    "Asia/Tokyo",
		"SGT":                                    "Asia/Singapore",
		"UTC+2":                                  "UTC+02:00",
		"utc + 2":                                "UTC+02:00",
		"GMT-05:30":                              "UTC-05:30",
		"+02:00":                                 "UTC+02:00",
		"-0330":                                  "UTC-03:30",
		"+05":                                    "UTC+05:00",
		"UTC+0":                                  "UTC",
		"Etc/GMT-2":                              "Etc/GMT-2",
	} {
		zone, problem := when.ParseZone(text)
		if problem != "" || zone.String() != want {
			t.Errorf("ParseZone(%q) = %v %s, want %s", text, zone, problem, want)
		}
	}
	for text, says := range map[string][]string{
		"IST":                    {"Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"},
		"cst":                    {"America/Chicago", "Asia/Shanghai", "America/Havana"},
		"Eastern":                {"US/Eastern", "Canada/Eastern"},
		"Berlln":                 {"Europe/Berlin"},
		"Europe/Berln":           {"Europe/Berlin"},
		"Amerika/New_York":       {"America/New_York"},
		"york":                   {"America/New_York"},
		"":                       {"Europe/Berlin", "UTC+2"},
		"Atlantis":               {"Europe/Berlin"},
		"UTC+15":                 {"UTC+2"},
		"+5":                     {"UTC+2"},
		"+02:60":                 {"UTC+2"},
		"../../etc/passwd":       {"Europe/Berlin"},
		"Local":                  {"Europe/Berlin"},
		strings.Repeat("x", 1e6): {"too long"},
	} {
		zone, problem := when.ParseZone(text)
		for _, s := range says {
			if zone != nil || !strings.Contains(problem, s) || len(problem) > 300 {
				t.Errorf("ParseZone(%q) = %v %q, want a problem with %s", wording.Shorten(text, 20), zone, problem, s)
			}
		}
	}
}

// What is a zone's name in PagerDuty is that zone, also where people mean
// another by it.
func TestPagerDutyZone(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Europe/Berlin": "Europe/Berlin", "Pacific Time (US & Canada)": "America/Los_Angeles",
		"EST": "EST", "MST": "MST", "UTC": "UTC", "Etc/UTC": "Etc/UTC", "Kyiv": "Europe/Kiev",
	} {
		if zone := when.PagerDutyZone(name); zone == nil || zone.String() != want {
			t.Errorf("PagerDutyZone(%q) = %v, want %s", name, zone, want)
		}
	}
	for _, name := range []string{"", "Berlln", "UTC+2", "Local"} {
		if zone := when.PagerDutyZone(name); zone != nil {
			t.Errorf("PagerDutyZone(%q) = %v, want none", name, zone)
		}
	}
}

// zoneNames reads the IANA names that are kept, and those of them that are
// older or other names.
func zoneNames(t *testing.T) (names []string, others map[string]bool) {
	t.Helper()
	data, err := os.ReadFile("zonenames.txt")
	if err != nil {
		t.Fatal(err)
	}
	others = map[string]bool{}
	for line := range strings.Lines(string(data)) {
		area, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if !ok || line[0] == '#' {
			continue
		}
		first, second, _ := strings.Cut(rest, "|")
		for i, part := range []string{first, second} {
			for name := range strings.FieldsSeq(part) {
				if area != "-" {
					name = area + "/" + name
				}
				names = append(names, name)
				others[name] = i == 1
			}
		}
	}
	return names, others
}

func TestEveryZoneLoads(t *testing.T) {
	t.Parallel()
	names, _ := zoneNames(t)
	kept := map[string]bool{}
	for _, name := range names {
		kept[name] = true
		if zone := when.PagerDutyZone(strings.ToUpper(name)); zone == nil || zone.String() != name {
			t.Errorf("the zone %s is %v", name, zone)
		}
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Skip("there is no go command to ask: ", err)
	}
	archive, err := zip.OpenReader(filepath.Join(strings.TrimSpace(string(root)), "lib/time/zoneinfo.zip"))
	if err != nil {
		t.Skip("Go's own zones can't be read: ", err)
	}
	defer func() { _ = archive.Close() }()
	for _, file := range archive.File {
		if !strings.HasSuffix(file.Name, "/") && file.Name != "Factory" && !kept[file.Name] {
			t.Errorf("Go has the zone %s, and zonenames.txt lacks it", file.Name)
		}
	}
}

func TestEveryRailsZone(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("railszones.txt")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for line := range strings.Lines(string(data)) {
		name, iana, ok := strings.Cut(strings.TrimSpace(line), " = ")
		if !ok || line[0] == '#' {
			continue
		}
		count++
		loaded := zoneOf(t, iana)
		for _, now := range []time.Time{time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC), time.Date(2026, 7, 15, 0, 0, 0, 0, time.UTC)} {
			for _, text := range []string{name, strings.ToUpper(name)} {
				zone, problem := when.ParseZone(text)
				if problem != "" || now.In(zone).Format(time.RFC3339) != now.In(loaded).Format(time.RFC3339) {
					t.Errorf("ParseZone(%q) = %v %s, want %s", text, zone, problem, iana)
				}
			}
			if zone := when.PagerDutyZone(name); zone == nil || now.In(zone).Format(time.RFC3339) != now.In(loaded).Format(time.RFC3339) {
				t.Errorf("PagerDutyZone(%q) = %v, want %s", name, zone, iana)
			}
		}
	}
	if count != 152 {
		t.Errorf("there are %d Rails names, want 152", count)
	}
}

// Whatever letters stand for a zone in what this program writes can be read, and
// means no other zone.
func TestEveryAbbreviation(t *testing.T) {
	t.Parallel()
	names, others := zoneNames(t)
	for _, name := range names {
		zone := zoneOf(t, name)
		for _, month := range []time.Month{time.January, time.July} {
			noon := time.Date(2026, month, 15, 12, 0, 0, 0, time.UTC)
			abbr, offset := noon.In(zone).Zone()
			if others[name] || strings.ContainsAny(abbr, "+-") {
				continue
			}
			means, problem := when.ParseZone(abbr)
			switch {
			case strings.Contains(problem, " may be the time zone "):
			case problem != "":
				t.Errorf("%s, of %s: %s", abbr, name, problem)
			// Its name in Manila and Havana is taken for the one in America.
			case abbr == "PST" && name == "Asia/Manila", abbr == "CDT" && name == "America/Havana":
			default:
				parsed, _ := when.ParseTime(noon.In(zone).Format("2006-01-02 15:04 ") + abbr)
				// Places without summer time have the name of winter time all year.
				if at, problem := parsed.At(noon, time.UTC, when.Begin); !at.Equal(noon) && problem == "" {
					t.Errorf("%s is %s, and %d seconds from UTC in %s: %s", abbr, means, offset, name, at)
				}
			}
			written := when.Clock(noon, zone)
			parsed, problem := when.ParseTime(written)
			if at, wrong := parsed.At(noon, time.UTC, when.Begin); problem != "" || wrong != "" || !at.Equal(noon) {
				t.Errorf("%q, which is %s, is read as %s %s %s", written, noon, at, problem, wrong)
			}
		}
	}
}
