package pdapi

import (
	"crypto/hmac"
	"crypto/sha256"
)

// Fingerprint tells credentials apart without keeping them: a hash of the key and of
// the host that it is for.
func (k Key) Fingerprint(host string) [sha256.Size]byte {
	kind := "token"
	if k.bearer {
		kind = "bearer"
	}
	return sha256.Sum256([]byte(host + "\x00" + kind + "\x00" + k.secret))
}

// Derive makes a secret for another purpose out of the key. Whoever has the key gets the
// same, such as all replicas of a server; from the secret nobody learns the key.
func (k Key) Derive(purpose string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, []byte(k.secret))
	mac.Write([]byte(purpose))
	return [sha256.Size]byte(mac.Sum(nil))
}

// IsOAuth reports whether the key is an OAuth access token, and no API key.
func (k Key) IsOAuth() bool { return k.bearer }
