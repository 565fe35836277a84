package billing

import "strings"

// Phone is a Mexican number in E.164: "+525512345678".
type Phone string

// National is the 10 digits that Latcom wants: "5512345678".
func (p Phone) National() string { return strings.TrimPrefix(string(p), "+52") }

// Masked keeps the last 4 digits, for logs: "…5678".
func (p Phone) Masked() string { return "…" + string(p[max(0, len(p)-4):]) }

// PhoneProblem says what is wrong with a phone number.
type PhoneProblem string

// What ParsePhone can find wrong.
const (
	PhoneEmpty    PhoneProblem = "empty"
	PhoneNotOne   PhoneProblem = "not a phone number"
	PhoneTooShort PhoneProblem = "digits missing: a Mexican number has 10"
	PhoneTooLong  PhoneProblem = "too many digits: a Mexican number has 10"
	PhoneForeign  PhoneProblem = "not a Mexican number"
)

// ParsePhone reads any usual writing of a Mexican number (contract §6):
// "55 1234 5678", "(55) 1234-5678", "525512345678", and with the old mobile 1
// after the country code, "+52 1 55 1234 5678". Anything that would have to be
// guessed is a PhoneError: airtime sent to a stranger cannot be taken back. It
// checks the form, not the numbering plan: plans change faster than lists, and
// Latcom refuses a number that is not in use at no cost.
func ParsePhone(s string) (Phone, error) {
	digits, plus, err := phoneDigits(s)
	if err != nil {
		return "", err
	}
	switch {
	case plus && !strings.HasPrefix(digits, "52"):
		return "", PhoneError{PhoneForeign}
	case plus || len(digits) > 10 && strings.HasPrefix(digits, "52"):
		digits = digits[2:]
		if len(digits) == 11 && digits[0] == '1' {
			digits = digits[1:]
		}
	}
	switch {
	case len(digits) < 10:
		return "", PhoneError{PhoneTooShort}
	case len(digits) > 10:
		return "", PhoneError{PhoneTooLong}
	case digits[0] < '2': // no Mexican area code begins with 0 or 1
		return "", PhoneError{PhoneForeign}
	}
	return Phone("+52" + digits), nil
}

func phoneDigits(s string) (digits string, plus bool, err error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", false, PhoneError{PhoneEmpty}
	}
	if len(s) > 64 {
		return "", false, PhoneError{PhoneNotOne}
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && b.Len() == 0 && !plus:
			plus = true
		case strings.ContainsRune(" ()-./\u00a0\u2010\u2011\u2013", r):
		default:
			return "", false, PhoneError{PhoneNotOne}
		}
	}
	if b.Len() == 0 {
		return "", false, PhoneError{PhoneNotOne}
	}
	return b.String(), plus, nil
}
