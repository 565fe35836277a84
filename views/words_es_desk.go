package views

var spanishDesk = map[string]string{
	"the result stands, close the case": "el resultado queda, cierra el caso",
}
