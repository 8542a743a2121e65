package server

import (
	"crypto/tls"
	"log/slog"
)

// Certificate is a TLS certificate with its key, from two files that may change at any
// time.
type Certificate struct{ files *watched[*tls.Certificate] }

// OpenCertificate reads a certificate and its key, both in PEM.
func OpenCertificate(cert, key string, log *slog.Logger) (*Certificate, error) {
	files, err := watch(log, func(contents [][]byte) (*tls.Certificate, error) {
		pair, err := tls.X509KeyPair(contents[0], contents[1])
		return &pair, err
	}, cert, key)
	if err != nil {
		return nil, err
	}
	return &Certificate{files}, nil
}

// config has each connection use the certificate as it is when the connection begins.
func (c *Certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return c.files.get(), nil },
	}
}
