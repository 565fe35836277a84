package billing

// Cutting a filter's text into words, and finding the word that was meant.

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// filterToken is a word of a filter's text: where it stands, and what it says
// without its quotes.
type filterToken struct {
	start, end int
	value      int    // where the part behind the sign begins, in the whole text
	text       string // unquoted
	sign       int    // where the sign begins, in text; -1: none
	signLength int
	compares   bool // the sign is < or >, perhaps with =
	quoted     bool // begins with a quote: not a word of the language
}

// parts are "status", ":" and "failed". An equals sign is as good as a colon.
func (t filterToken) parts() (name, sign, value string) {
	if t.sign < 0 {
		return "", "", ""
	}
	sign = t.text[t.sign : t.sign+t.signLength]
	if sign == "=" {
		sign = ":"
	}
	return strings.ToLower(t.text[:t.sign]), sign, t.text[t.sign+t.signLength:]
}

// splitFilterText cuts at spaces that stand outside quotes; closed is false when
// the last quote is still open. In quotes a backslash takes the next character as
// it is.
func splitFilterText(text string) (tokens []filterToken, closed bool) {
	token, open, inside, escaped := filterToken{}, false, false, false
	var word strings.Builder
	end := func(at int) {
		token.end, token.text = at, word.String()
		tokens = append(tokens, token)
		word.Reset()
		open = false
	}
	for at, r := range text {
		if !open && !unicode.IsSpace(r) {
			token, open = filterToken{start: at, value: at, sign: -1, quoted: r == '"'}, true
		}
		switch {
		case !open:
		case escaped:
			word.WriteRune(r)
			escaped = false
		case inside && r == '\\':
			escaped = true
		case r == '"':
			inside = !inside
		case unicode.IsSpace(r) && !inside:
			end(at)
		default:
			token.note(r, at, word.Len(), inside)
			word.WriteRune(r)
		}
	}
	if open {
		end(len(text))
	}
	return tokens, !inside
}

// note remembers the first sign outside quotes, behind at least one letter.
func (t *filterToken) note(r rune, at, length int, inside bool) {
	behindSign := t.sign >= 0 && length == t.sign+t.signLength
	switch {
	case inside || t.quoted:
	case t.sign < 0 && length > 0 && strings.ContainsRune(":=<>", r):
		t.sign, t.signLength, t.value, t.compares = length, 1, at+1, r == '<' || r == '>'
	case behindSign && r == '=' && t.compares && t.signLength == 1:
		t.signLength, t.value = 2, at+1
	}
}

// quoted is value in quotes where it would fall apart without them.
func quoted(value string) string {
	if value == "" || strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || r == '"' || r == '\\' }) {
		return quote(value)
	}
	return value
}

var quoting = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func quote(value string) string { return `"` + quoting.Replace(value) + `"` }

func knownFieldWords() (words []string) {
	for _, f := range fieldWords {
		words = append(words, f.words...)
	}
	return words
}

func knownValueWords() (words []string) {
	for _, v := range valueWords {
		words = append(words, v.words...)
	}
	return words
}

// Nearest is the one of known that somebody who typed word may have meant: one of
// which it is the beginning, or that is a letter or two away. "" when none is near.
func Nearest(word string, known []string) string { return nearest(word, known) }

func nearest(word string, known []string) string {
	letters := utf8.RuneCountInString(word)
	if letters < 3 || letters > 64 {
		return ""
	}
	best, least := "", 2
	if letters > 5 {
		least = 3
	}
	for _, candidate := range known {
		distance := editDistance(word, candidate)
		if strings.HasPrefix(candidate, word) {
			distance = 1
		}
		if distance < least {
			best, least = candidate, distance
		}
	}
	return best
}

// editDistance counts the letters to add, drop or replace.
func editDistance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range to {
			replaced := diagonal
			if x != y {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
