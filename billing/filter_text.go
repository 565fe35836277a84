package billing

// The language of filters (docs/FILTERS.md): "status:failed customer:ENVIA amount>50 5512345678".
// A text becomes fields as an address carries them, and fields become the text again.

import (
	"regexp"
	"slices"
	"strings"
)

// FilterProblemKind says why a text is not understood.
type FilterProblemKind string

// What ReadFilterText can find wrong.
const (
	FilterUnknownWord FilterProblemKind = "unknown word"
	FilterNoValue     FilterProblemKind = "a field without a value"
	FilterTwice       FilterProblemKind = "a field twice"
	FilterOpenQuote   FilterProblemKind = "a quote that is not closed"
	FilterManyWords   FilterProblemKind = "several words without a field"
)

// FilterProblem is a word that is not understood. Instead, if anything, is what
// may have been meant, and Corrected the whole text with it.
type FilterProblem struct {
	Kind                     FilterProblemKind
	Word, Instead, Corrected string
}

// filterReading is a text half read.
type filterReading struct {
	text     string
	fields   map[string]string
	bare     []filterToken
	problems []FilterProblem
}

// ReadFilterText reads a filter: its fields, each as typed but for the words of
// the language, and what is not understood. Fields are only to be used when
// there is no problem.
func ReadFilterText(text string) (map[string]string, []FilterProblem) {
	r := filterReading{text: text, fields: map[string]string{}}
	tokens, closed := splitFilterText(text)
	if !closed {
		r.problem(FilterOpenQuote, tokens[len(tokens)-1], "")
		return r.fields, r.problems
	}
	for _, token := range tokens {
		r.read(token)
	}
	r.readBare()
	return r.fields, r.problems
}

func (r *filterReading) problem(kind FilterProblemKind, at filterToken, instead string) {
	p := FilterProblem{Kind: kind, Word: r.text[at.start:at.end], Instead: instead}
	if instead != "" {
		p.Corrected = r.text[:at.start] + instead + r.text[at.end:]
	}
	r.problems = append(r.problems, p)
}

func (r *filterReading) read(token filterToken) {
	name, sign, value := token.parts()
	field := filterField(name)
	switch {
	case sign == "" && !token.quoted:
		if field, value, known := wordValue(token.text); known {
			r.set(token, field, value)
			return
		}
		r.bare = append(r.bare, token)
	case sign == "":
		r.bare = append(r.bare, token)
	case field == "" || field != FieldAmount && sign != ":":
		r.readStranger(token, name, sign)
	case value == "":
		r.problem(FilterNoValue, token, "")
	case field == FieldAmount && sign != ":":
		r.set(token, field, sign+value)
	case field == FieldDate:
		r.readDate(token, value)
	default:
		r.set(token, field, translated(field, value))
	}
}

// readStranger takes "tm:774120" for a reference, unless its first part is nearly
// a field's name.
func (r *filterReading) readStranger(token filterToken, name, sign string) {
	if near := nearest(name, knownFieldWords()); near != "" {
		if filterField(near) != FieldAmount {
			sign = ":"
		}
		r.problem(FilterUnknownWord, token, near+sign+r.text[token.value:token.end])
		return
	}
	r.bare = append(r.bare, token)
}

var oneDay = regexp.MustCompile(`^[0-9]{4}-`)

func (r *filterReading) readDate(token filterToken, value string) {
	from, to, isRange := strings.Cut(value, "..")
	switch {
	case isRange && from == "" && to == "":
		r.problem(FilterNoValue, token, "")
	case isRange:
		if from != "" {
			r.set(token, FieldFrom, from)
		}
		if to != "" {
			r.set(token, FieldTo, to)
		}
	case oneDay.MatchString(value):
		r.set(token, FieldFrom, value)
		r.set(token, FieldTo, value)
	default:
		r.set(token, FieldDate, translated(FieldDate, value))
	}
}

// set gives a field its value; a second one joins the first where a field may
// have several.
func (r *filterReading) set(token filterToken, field, value string) {
	before, twice := r.fields[field]
	switch {
	case !twice:
		r.fields[field] = value
	case slices.Contains(manyValued, field):
		r.fields[field] = before + "," + value
	default:
		r.problem(FilterTwice, token, "")
	}
}

// translated puts the language's own words in place of those that mean the same.
func translated(field, value string) string {
	parts := strings.Split(value, ",")
	for i, part := range parts {
		if f, known, is := wordValue(part); is && f == field {
			parts[i] = known
		}
	}
	return strings.Join(parts, ",")
}

var phoneWord = regexp.MustCompile(`^[+()0-9./-]+$`)

// readBare reads the words without a field: one phone, reference or id. A phone
// may be written in several groups.
func (r *filterReading) readBare() {
	if len(r.bare) == 0 {
		return
	}
	var words []string
	for _, token := range r.bare {
		if words = append(words, token.text); token.text == "" {
			r.problem(FilterNoValue, token, "")
		}
	}
	if len(words) > 1 && !slices.ContainsFunc(words, func(w string) bool { return !phoneWord.MatchString(w) }) {
		if phone, err := ParsePhone(strings.Join(words, " ")); err == nil {
			r.fields[FieldFind] = phone.National()
			return
		}
	}
	for _, token := range r.bare {
		if near := nearest(strings.ToLower(token.text), knownValueWords()); near != "" && !token.quoted {
			field, value, _ := wordValue(near)
			r.problem(FilterUnknownWord, token, writtenAs(field)+":"+value)
		}
	}
	if len(words) > 1 && len(r.problems) == 0 {
		r.problem(FilterManyWords, r.bare[1], "")
	}
	r.fields[FieldFind] = words[0]
}

// WriteFilterText is the text of fields: ReadFilterText gives them back.
func WriteFilterText(fields map[string]string) string {
	var terms []string
	for _, field := range FilterFields() {
		value := fields[field]
		switch {
		case value == "":
		case field == FieldFrom || field == FieldTo && fields[FieldFrom] == "":
			terms = append(terms, writtenAs(FieldDate)+":"+quoted(writtenDays(fields[FieldFrom], fields[FieldTo])))
		case field == FieldTo: // stands with from
		case field == FieldFind:
			terms = append(terms, writtenFind(value))
		case field == FieldAmount:
			terms = append(terms, writtenAmount(value)...)
		default:
			terms = append(terms, writtenAs(field)+":"+quoted(value))
		}
	}
	return strings.Join(terms, " ")
}

func writtenDays(from, to string) string {
	if from == to && oneDay.MatchString(from) {
		return from
	}
	return from + ".." + to
}

// writtenFind quotes a word that would mean something else.
func writtenFind(value string) string {
	if fields, problems := ReadFilterText(value); len(problems) > 0 || len(fields) != 1 || fields[FieldFind] != value {
		return quote(value)
	}
	return value
}

func writtenAmount(value string) []string {
	amounts, err := ParseAmountRange(value)
	if err != nil {
		return []string{FieldAmount + ":" + quoted(value)}
	}
	if text := amounts.String(); !strings.ContainsAny(text, "<>") {
		return []string{FieldAmount + ":" + text}
	}
	var terms []string
	for _, comparison := range amounts.Comparisons() {
		terms = append(terms, FieldAmount+comparison)
	}
	return terms
}
