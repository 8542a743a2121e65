package pdapi

import "sync"

// Memory holds answers for as long as one call lasts, so that what was read to find
// out whether an id is one is not read again to be shown. See [Reader.Remembering]
// and [Reader.Recalling].
type Memory struct {
	mu      sync.Mutex
	answers map[string]remembered // by URL
}

// Remembering returns a reader that puts the answers to its reads into m.
func (r Reader) Remembering(m *Memory) Reader {
	r.remember = m
	return r
}

// Recalling returns a reader that takes an answer that is in m for its own.
func (r Reader) Recalling(m *Memory) Reader {
	r.recall = m
	return r
}

// Recalling is [Reader.Recalling] for a client.
func (c Client) Recalling(m *Memory) Client { return Client{c.Reader.Recalling(m)} }

// remembered is an answer, and the epoch in which its request was sent.
type remembered struct {
	envelope
	epoch uint64
}

// get returns the answer to a read, unless this client has written something since.
func (m *Memory) get(url string, epoch uint64) (envelope, bool) {
	if m == nil {
		return nil, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.answers[url]
	return a.envelope, ok && a.epoch == epoch
}

func (m *Memory) put(url string, epoch uint64, e envelope) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.answers == nil {
		m.answers = map[string]remembered{}
	}
	m.answers[url] = remembered{e, epoch}
}
