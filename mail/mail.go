// Package mail hands letters to the SMTP server that SMTP_URL names.
package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// patience bounds a letter's way to the server: somebody waits for the page.
const patience = 10 * time.Second

// Letter is a text to one person, or to several who see each other's addresses.
type Letter struct {
	To, Subject, Text string
	Others            []string // who get it too; all of them or nobody
	ID                string   // the same at every try, so that a mailbox shows it once; empty: a new one
}

// Sender hands letters over. A nil Sender has no server.
type Sender struct {
	host, from string
	options    []gomail.Option
}

// New reads an address such as smtp://user:password@mail.example:587?from=billing@mail.example.
// With smtp the connection is encrypted by STARTTLS, or not at all on this machine
// itself; with smtps it is from the first byte. Without from, the user writes: an
// address, or a name at that host. Errors name what is wrong, and never the password.
func New(address string) (*Sender, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, errors.New("it is not an address such as smtp://user:password@mail.example:587?from=billing@mail.example")
	}
	s := &Sender{host: u.Hostname(), from: u.Query().Get("from"), options: []gomail.Option{gomail.WithTimeout(patience)}}
	if s.from == "" {
		s.from = writer(u)
	}
	if _, err := mail.ParseAddress(s.from); err != nil {
		return nil, errors.New("its from is not an e-mail address")
	}
	if err := s.connection(u); err != nil {
		return nil, err
	}
	return s, nil
}

// writer is who writes when nobody is named.
func writer(u *url.URL) string {
	name, host := u.User.Username(), u.Hostname()
	if strings.Contains(name, "@") {
		return name
	}
	if name == "" {
		name = "billing"
	}
	if net.ParseIP(host) != nil {
		host = "localhost"
	}
	return name + "@" + host
}

// connection says how the server is reached.
func (s *Sender) connection(u *url.URL) error {
	port := 587
	if u.Scheme == "smtps" {
		port = 465
		s.options = append(s.options, gomail.WithSSL())
	}
	if text := u.Port(); text != "" {
		var err error
		if port, err = strconv.Atoi(text); err != nil || port < 1 || port > 65535 {
			return errors.New("its port is none")
		}
	}
	policy, proof := gomail.TLSMandatory, gomail.SMTPAuthAutoDiscover // the best that the server offers
	if ip := net.ParseIP(s.host); s.host == "localhost" || ip != nil && ip.IsLoopback() {
		policy, proof = gomail.TLSOpportunistic, gomail.SMTPAuthPlainNoEnc // nobody listens in between
	}
	s.options = append(s.options, gomail.WithTLSPolicy(policy), gomail.WithPort(port))
	if password, set := u.User.Password(); set {
		s.options = append(s.options, gomail.WithSMTPAuth(proof), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return nil
}

// Send returns when the server has taken the letter, or an error that says why not.
func (s *Sender) Send(ctx context.Context, l Letter) error {
	m := gomail.NewMsg()
	if err := m.FromFormat("Latcom Billing", s.from); err != nil {
		return fmt.Errorf("write a letter: %w", err)
	}
	if err := m.To(append([]string{l.To}, l.Others...)...); err != nil {
		return fmt.Errorf("write a letter: %w", err)
	}
	if l.ID != "" {
		m.SetMessageIDWithValue(l.ID + "@" + s.host)
	}
	m.Subject(l.Subject)
	m.SetBodyString(gomail.TypeTextPlain, l.Text)
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("reach the mail server: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		return fmt.Errorf("hand a letter to the mail server: %w", err)
	}
	return nil
}
