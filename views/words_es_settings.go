package views

var spanishSettings = map[string]string{
	"Settings":   "Ajustes",
	"In force":   "En vigor",
	"Comes from": "Viene de",

	"What this process was started with. To change it, change its environment and start it again.": "Con qué se inició este proceso. Para cambiarlo, cambia su entorno e inícialo de nuevo.",

	"The environment":               "El entorno",
	"Not set":                       "Sin valor",
	"The default":                   "El valor usual",
	"set, never shown":              "puesto, nunca se muestra",
	"Not used by this version":      "Esta versión no lo usa",
	"Set, not used by this version": "Puesto, esta versión no lo usa",
	"This process":                  "Este proceso",
	"Changed while it runs":         "Se cambia sin reiniciar",
	"Version":                       "Versión",
	"Database":                      "Base de datos",
	"Role in the database":          "Rol en la base de datos",
	"Business day":                  "Día hábil",
	"Exchange rate, products":       "Tipo de cambio, productos",
	"A customer’s terms and limits": "Condiciones y límites de un cliente",
	"Roles, second factor":          "Roles, segundo factor",
	"Meaning of answers":            "Significado de las respuestas",
}
