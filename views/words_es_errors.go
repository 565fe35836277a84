package views

// What pages and forms answer when something is wrong: said by views and by handlers.
var spanishErrors = map[string]string{
	"Error %d":              "Error %d",
	"There is nothing here": "Aquí no hay nada",
	"The address is wrong, or what it named is not yours to see.": "La dirección está mal, o lo que nombra no es tuyo.",
	"Something went wrong": "Algo falló",
	"It is our fault and was logged. Money is only ever moved whole, so check the ledger before you try again.": "Es culpa nuestra y quedó registrado. El dinero solo se mueve completo: revisa el libro antes de intentar de nuevo.",
	"Not for your role": "Tu rol no lo permite",
	"Your role does not allow this. An admin can do it, or change your role.":     "Un administrador puede hacerlo, o cambiar tu rol.",
	"The database cannot be reached":                                              "No se llega a la base de datos",
	"Nothing was changed. This page works again as soon as the database is back.": "No se cambió nada. Esta página funciona en cuanto la base de datos vuelva.",
	"This form is out of date":                                                    "Este formulario ya caducó",
	"Go back, load the page again and send it once more. Nothing was changed.":    "Regresa, carga la página de nuevo y envíalo otra vez. No se cambió nada.",
	"Not done this way": "Así no se puede",
	"This address cannot be used like that. Start from the overview.": "Esta dirección no se usa de ese modo. Empieza desde el resumen.",
	"This could not be read": "No se pudo leer",
	"What the browser sent could not be understood. Go back and try again. Nothing was changed.": "No se entendió lo que envió el navegador. Regresa e intenta de nuevo. No se cambió nada.",
}
