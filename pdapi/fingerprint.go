package pdapi

import "crypto/sha256"

// Fingerprint tells credentials apart without keeping them: a hash of the key and of
// the host that it is for.
func (k Key) Fingerprint(host string) [sha256.Size]byte {
	kind := "token"
	if k.bearer {
		kind = "bearer"
	}
	return sha256.Sum256([]byte(host + "\x00" + kind + "\x00" + k.secret))
}
