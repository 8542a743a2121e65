package cli_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// writeCertificate writes a new certificate of this machine, with its key, into a
// directory. The files of names that are equally long are equally large.
func writeCertificate(t *testing.T, dir, name string, trusted *x509.CertPool) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), BasicConstraintsValid: true, IsCA: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{"tls.crt": {Type: "CERTIFICATE", Bytes: cert}, "tls.key": {Type: "PRIVATE KEY", Bytes: key}} {
		writePEM(t, filepath.Join(dir, file), string(pem.EncodeToMemory(block)))
	}
	trusted.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}))
}

func writePEM(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// servedCertificate is the name in the certificate that a new connection gets.
func (s *overHTTP) servedCertificate(t *testing.T, trusted *x509.CertPool) string {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}, DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport}).Post(s.url, "application/json", strings.NewReader(getIncident))
	if err != nil {
		t.Fatalf("%v: %s", err, s.log)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(answer), "card authorizations") {
		t.Errorf("%v %s", err, answer)
	}
	return resp.TLS.PeerCertificates[0].Subject.CommonName
}

// logged waits until the log has a text a number of times.
func (s *overHTTP) logged(t *testing.T, text string, times int) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); strings.Count(s.log.String(), text) != times; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the log does not have %q %d times: %s", text, times, s.log)
		}
	}
}

const (
	readAgain = "a file has changed and was read again"
	unusable  = "a file has changed and can't be used; what it held before still counts"
)

// TestServesTLS has a certificate replaced while the program serves. While the new files
// are broken the old one is served, and the log says so once.
func TestServesTLS(t *testing.T) {
	t.Parallel()
	dir, trusted := t.TempDir(), x509.NewCertPool()
	cert, key := filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")
	writeCertificate(t, dir, "the first", trusted)
	s := serveHTTP(t, bare(), "--sandbox", "--tls-cert", cert, "--tls-key", key)
	if !strings.HasPrefix(s.url, "https://") {
		t.Errorf("it serves at %s", s.url)
	}
	if got := s.servedCertificate(t, trusted); got != "the first" {
		t.Errorf("%q is served", got)
	}
	writeCertificate(t, dir, "a longer name for the second", trusted)
	if got := s.servedCertificate(t, trusted); got != "a longer name for the second" {
		t.Errorf("after the change %q is served", got)
	}
	s.logged(t, readAgain, 1)
	for broken, path := range map[string]string{"a broken certificate": cert, "a key that a slip of the hand cut off": key} {
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		writePEM(t, path, broken)
		for range 2 {
			if got := s.servedCertificate(t, trusted); got != "a longer name for the second" {
				t.Errorf("with %s %q is served", broken, got)
			}
		}
		writePEM(t, path, string(before))
		s.servedCertificate(t, trusted)
	}
	s.logged(t, unusable, 2)
	s.logged(t, readAgain, 3)
	if log := s.log.String(); !strings.Contains(log, cert) || strings.Contains(log, "slip of the hand") {
		t.Errorf("the log does not name the file, or tells what is in it: %s", log)
	}
}

// TestCertificateOfKubernetes swaps the link through which Kubernetes mounts a secret: the
// new files are of the same size and, here, of the same time as the old ones.
func TestCertificateOfKubernetes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege on Windows")
	}
	dir, trusted := t.TempDir(), x509.NewCertPool()
	mount := func(version string) {
		t.Helper()
		target := filepath.Join(dir, "..version-"+version)
		if err := os.Mkdir(target, 0o700); err != nil {
			t.Fatal(err)
		}
		writeCertificate(t, target, version, trusted)
		for _, file := range []string{"tls.crt", "tls.key"} {
			if err := os.Chtimes(filepath.Join(target, file), time.Time{}, time.Unix(1_700_000_000, 0)); err != nil {
				t.Fatal(err)
			}
		}
		err := os.Symlink(filepath.Base(target), filepath.Join(dir, "..data_tmp"))
		if err == nil {
			err = os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	mount("one")
	for _, file := range []string{"tls.crt", "tls.key"} {
		if err := os.Symlink(filepath.Join("..data", file), filepath.Join(dir, file)); err != nil {
			t.Fatal(err)
		}
	}
	s := serveHTTP(t, bare(), "--sandbox", "--tls-cert", filepath.Join(dir, "tls.crt"), "--tls-key", filepath.Join(dir, "tls.key"))
	for _, version := range []string{"one", "two"} {
		if version != "one" {
			mount(version)
		}
		if got := s.servedCertificate(t, trusted); got != version {
			t.Errorf("%q is served, want %q", got, version)
		}
	}
}
