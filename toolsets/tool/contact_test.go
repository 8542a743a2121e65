package tool

import "testing"

// TestContactsAreMasked: what is shown tells a person which of their addresses it
// is, and nobody else how to reach them.
func TestContactsAreMasked(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"+491701234542":             "+49 … 42",
		"+49 170 12345-42":          "+49 … 42",
		"+15555551234":              "+1 … 34",
		"+79161234567":              "+7 … 67",
		"+420601234567":             "+420 … 67",
		"01701234542":               "… 42",
		"12345":                     "…",
		"":                          "",
		"ana.souza@example.com":     "a…@example.com",
		"é@example.com":             "é…@example.com",
		"@example.com":              "…@example.com",
		`"odd@local"@example.com`:   `"…@example.com`,
		"QABCDEF1234567":            "…",
		"  +442071234567  ":         "+44 … 67",
		"sip:anna@pbx.example":      "s…@pbx.example",
		"f3a9c0de77b1:APA91bHun4M3": "…",
	} {
		if got := (&Call{}).Contact(address); got != want {
			t.Errorf("%q is shown as %q, want %q", address, got, want)
		}
		if got := (&Call{showContacts: true}).Contact(address); got != address {
			t.Errorf("%q is shown as %q though all is to be shown", address, got)
		}
	}
}
