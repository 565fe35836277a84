package views

var spanishBooks = map[string]string{
	"Asked for a proof of the books": "Pidió comprobar los libros",
}
