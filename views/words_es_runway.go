package views

// How customers go and how long their credit lasts: on the overview, in their list, on their pages.
var spanishRunway = map[string]string{
	// the overview
	"Credit that runs out first": "Saldos que se acaban primero",
	"%s today":                   "%s hoy",
	"%s on a usual %s":           "%s en un %s habitual",

	// the list
	"By level":                     "Por nivel",
	"Sort by":                      "Ordenar por",
	"Runs out first":               "Se acaba primero",
	"Least available":              "Menos disponible",
	"Most top-ups today":           "Más recargas hoy",
	"Delivered, MXN":               "Entregado, MXN",
	"No customer is at this level": "Ningún cliente está en este nivel",
	"A level follows from the customer’s own thresholds and from how long its credit lasts.": "El nivel resulta de los límites del propio cliente y de cuánto dura su saldo.",
	"The first %s of %s. A search finds the others.":                                         "Los primeros %s de %s. Una búsqueda encuentra a los demás.",

	// one of them
	"Credit|history":            "Saldo",
	"With a credit limit of %s": "Con una línea de crédito de %s",
	"Not ended yet":             "Sin terminar",
	"Available through the day": "Disponible durante el día",
	"On a usual %s: %s":         "En un %s habitual: %s",
	"Nothing was spent today yet; this is how a usual %s goes.":                    "Hoy aún no se gastó nada; así va un %s habitual.",
	"No deposit and no adjustment yet":                                             "Aún no hay depósitos ni ajustes",
	"What operators add to or take from the balance stands here, with its reason.": "Lo que los operadores suman o restan al saldo aparece aquí, con su motivo.",
	"decided by %s": "decidió %s",
}
