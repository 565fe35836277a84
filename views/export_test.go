package views

import "sort"

// SpanishWords and SpanishTwice show the catalogue to its test.
func SpanishWords() map[string]string { return spanishWords() }

func SpanishTwice() []string {
	seen, twice := map[string]string{}, []string(nil)
	for _, catalogue := range spanishCatalogues {
		for english, spanish := range catalogue {
			if first, ok := seen[english]; ok && first != spanish {
				twice = append(twice, english)
			}
			seen[english] = spanish
		}
	}
	sort.Strings(twice)
	return twice
}
