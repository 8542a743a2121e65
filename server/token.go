package server

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"
)

// tokens are confirm tokens: each stands for one call and the state of what it is about,
// and is good once. A token holds no words: it is signed, so that nobody else can make one.
type tokens struct {
	key [32]byte
	now func() time.Time

	mu   sync.Mutex
	used map[nonce]time.Time // until when each would have been good
}

type nonce [6]byte

const (
	tokenHead = 4 + len(nonce{}) // the time it ends, in seconds since 1970, and the nonce
	tokenMAC  = 12
)

func newTokens(now func() time.Time, key [32]byte) *tokens {
	return &tokens{key: key, now: now, used: map[nonce]time.Time{}}
}

// randomKey is a key that nobody else has.
func randomKey() (key [32]byte) {
	_, _ = rand.Read(key[:]) // never fails
	return key
}

// issue makes a token for what a digest stands for, good from a moment on.
func (t *tokens) issue(digest []byte, from time.Time) string {
	var head [tokenHead]byte
	binary.BigEndian.PutUint32(head[:], uint32(from.Add(confirmLasts).Unix())) //nolint:gosec // fits until 2106
	_, _ = rand.Read(head[4:])
	return base64.RawURLEncoding.EncodeToString(append(head[:], t.sign(head[:], digest)...))
}

// asked is from when on a token is good, as the token itself says; the zero time if it is
// none.
func (t *tokens) asked(token string) time.Time {
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(data) != tokenHead+tokenMAC {
		return time.Time{}
	}
	return time.Unix(int64(binary.BigEndian.Uint32(data)), 0).Add(-confirmLasts).UTC()
}

// use takes a token. It returns "", or what is wrong with it.
func (t *tokens) use(token string, digest []byte) (problem string) {
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(data) != tokenHead+tokenMAC {
		return "the confirm token is not one that this server gave"
	}
	head, mac := data[:tokenHead], data[tokenHead:]
	ends := time.Unix(int64(binary.BigEndian.Uint32(head)), 0)
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for n, until := range t.used {
		if now.After(until) {
			delete(t.used, n)
		}
	}
	_, used := t.used[nonce(head[4:])]
	switch {
	case now.After(ends):
		return "the confirm token has run out"
	case !hmac.Equal(mac, t.sign(head, digest)):
		return "the confirm token stands for another call, or what it is about has changed meanwhile"
	case used:
		return "the confirm token was used before"
	}
	t.used[nonce(head[4:])] = ends
	return ""
}

func (t *tokens) sign(head, digest []byte) []byte {
	mac := hmac.New(sha256.New, t.key[:])
	mac.Write(head)
	mac.Write(digest)
	return mac.Sum(nil)[:tokenMAC]
}

// digest stands for some texts in order.
func digest(texts ...string) []byte {
	h := sha256.New()
	for _, text := range texts {
		var length [8]byte
		binary.BigEndian.PutUint64(length[:], uint64(len(text)))
		h.Write(length[:])
		h.Write([]byte(text))
	}
	return h.Sum(nil)
}

func sameDigest(a, b []byte) bool { return hmac.Equal(a, b) }
