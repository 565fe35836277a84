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

	// when it is low
	"Notifications":                     "Avisos",
	"Available now: %s":                 "Disponible ahora: %s",
	"Medium below":                      "Medio por debajo de",
	"Low below":                         "Bajo por debajo de",
	"Time to think of the next deposit": "Hora de pensar en el siguiente depósito",
	"Orders may soon be refused":        "Pronto podrían rechazarse órdenes",
	"Save the levels":                   "Guardar los niveles",
	"Saved":                             "Guardado",
	"Low below %s, medium below %s":     "Bajo por debajo de %s, medio por debajo de %s",
	"Set when credit is low":            "Definió cuándo el saldo es bajo",
	"Change the balance levels":         "Cambiar los niveles de saldo",
	"The level says how much is available, in words and not by colour alone. Credit that lasts less than %s is called low, and less than %s medium, whatever stands here.": "El nivel dice cuánto hay disponible, con palabras y no solo con color. Un saldo que dura menos de %s se llama bajo, y menos de %s medio, sin importar lo que diga aquí.",
	"A threshold is not below zero": "Un límite no es menor que cero",
	"Medium begins above low":       "Medio comienza arriba de bajo",
	"Little credit is left.":        "Queda poco saldo.",
	"Nothing is available: orders are refused and nothing is charged, until a deposit arrives.":  "No hay nada disponible: las órdenes se rechazan y no se cobra nada, hasta que llegue un depósito.",
	"%s are available. Orders beyond that are refused and not charged.":                          "Hay %s disponibles. Las órdenes que pasen de eso se rechazan y no se cobran.",
	"%s are available and last %s at this pace. Orders beyond that are refused and not charged.": "Hay %s disponibles, que duran %s a este ritmo. Las órdenes que pasen de eso se rechazan y no se cobran.",
	"Documentation with this key":                             "Documentación con esta clave",
	"Your key; put the whole of it here, it is shown nowhere": "Tu clave; escríbela aquí completa, no se muestra en ningún lado",
}
