package tool

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Contact shows where a person is reached, a number or an e-mail address, with most
// of it left out: +49 … 42, a…@example.com. It is shown whole only if whoever
// started the server said so; see [Session.ShowContacts].
func (c *Call) Contact(address string) string {
	if c.showContacts {
		return address
	}
	return maskContact(address)
}

// maskContact leaves out of an address what it takes to reach somebody there.
func maskContact(address string) string {
	address = strings.TrimSpace(address)
	if address == "" {
		return ""
	}
	if name, domain, isMail := cutLast(address, "@"); isMail {
		_, size := utf8.DecodeRuneInString(name)
		return name[:size] + "…@" + domain
	}
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, address)
	if strings.IndexFunc(address, unicode.IsLetter) >= 0 || len(digits) < 7 {
		return "…" // a device, or a number too short to show a part of
	}
	country := ""
	if strings.HasPrefix(address, "+") {
		country = "+" + digits[:countryCodeLength(digits)] + " "
	}
	return country + "… " + digits[len(digits)-2:]
}

func cutLast(s, separator string) (before, after string, found bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

// shortCountryCodes are the country codes of one and two digits by the numbering
// plan of the ITU (E.164). All others have three.
var shortCountryCodes = strings.Fields("1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 " +
	"60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98")

// countryCodeLength is how many digits of a number are its country code.
func countryCodeLength(digits string) int {
	for n := 1; n <= 2; n++ {
		if slices.Contains(shortCountryCodes, digits[:n]) {
			return n
		}
	}
	return 3
}
