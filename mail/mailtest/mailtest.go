// Package mailtest is a mail server for tests, which keeps what it is handed.
package mailtest

import (
	"io"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"testing"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Office is an SMTP server. Its user is called billing.
type Office struct {
	Password string // "": nobody has to sign in
	Refuses  bool   // it knows nobody
	Letters  chan *mail.Message
}

// NewSession is what a connection has to do with.
func (o *Office) NewSession(*smtp.Conn) (smtp.Session, error) { return &session{Office: o}, nil }

type session struct {
	*Office
	in bool
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, name, password string) error {
		if s.in = name == "billing" && password == s.Password; !s.in {
			return smtp.ErrAuthFailed
		}
		return nil
	}), nil
}

func (s *session) Mail(string, *smtp.MailOptions) error {
	if s.Password != "" && !s.in {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (s *session) Rcpt(string, *smtp.RcptOptions) error {
	if s.Refuses {
		return &smtp.SMTPError{Code: 550, Message: "no such person"}
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	m.Body = strings.NewReader(string(body))
	s.Letters <- m
	return err
}
func (*session) Reset()        {}
func (*session) Logout() error { return nil }

// Open answers on the address that it returns, until the test ends.
func (o *Office) Open(t *testing.T) (address string) {
	t.Helper()
	o.Letters = make(chan *mail.Message, 1)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(o)
	server.AllowInsecureAuth = true
	go server.Serve(listener) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { server.Close() })
	return listener.Addr().String()
}
