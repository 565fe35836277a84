package mail

import (
	"io"
	"mime"
	"strings"
	"testing"

	"latcom.example/latcom-billing/mail/mailtest"
)

func TestALetterArrivesAsItWasWritten(t *testing.T) {
	t.Parallel()
	o := &mailtest.Office{Password: "s3cret/+"}
	s, err := New("smtp://billing:s3cret%2F+@" + o.Open(t) + "?from=billing@latcom.example")
	if err != nil {
		t.Fatal(err)
	}
	l := Letter{To: "lucia@enviadespensa.example", Subject: "Tu acceso a Latcom Billing", Text: "Hola, Lucía:\n\nhttps://billing.example/dashboard/link/abc"}
	if err := s.Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	m := <-o.Letters
	body, err := io.ReadAll(m.Body)
	if err != nil || strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n")) != l.Text {
		t.Errorf("arrived: %q, %v", body, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != l.Subject || !strings.Contains(m.Header.Get("From"), "billing@latcom.example") || !strings.Contains(m.Header.Get("To"), l.To) {
		t.Errorf("arrived: %v, %v", m.Header, err)
	}
}

func TestALetterThatIsNotTakenIsAnError(t *testing.T) {
	t.Parallel()
	wrong, err := New("smtp://billing:wrong@" + (&mailtest.Office{Password: "right"}).Open(t) + "?from=billing@latcom.example")
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := New("smtp://" + (&mailtest.Office{Refuses: true}).Open(t) + "?from=billing@latcom.example")
	if err != nil {
		t.Fatal(err)
	}
	away, err := New("smtp://127.0.0.1:1?from=billing@latcom.example")
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*Sender{"a wrong password": wrong, "an unknown person": nobody, "no server": away} {
		if err := s.Send(t.Context(), Letter{To: "lucia@enviadespensa.example", Subject: "x", Text: "y"}); err == nil || strings.Contains(err.Error(), "wrong@") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := nobody.Send(t.Context(), Letter{To: "nobody", Subject: "x", Text: "y"}); err == nil {
		t.Error("a letter to no address was taken")
	}
}

func TestAnAddressThatCannotServeIsRefused(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"smtp://billing%40mail.example@mail.example":               "",
		"smtps://u:p@mail.example:465?from=a@mail.example":         "",
		"smtp://u:p@mail.example?from=nobody":                      "its from is not an e-mail address",
		"smtp://u:p@mail.example":                                  "",
		"smtp://127.0.0.1:25":                                      "",
		"smtp://mail.example:99999?from=a@mail.example":            "its port is none",
		"http://mail.example":                                      "it is not an address such as smtp://user:password@mail.example:587?from=billing@mail.example",
		"smtp://billing%40mail.example:top-secret@mail.example:25": "",
	} {
		_, err := New(address)
		if got := errorText(err); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
