package views

// What came under a reference.
var spanishReferences = map[string]string{
	"Requests with this reference": "Solicitudes con esta referencia",
	"Accepted: %s for %s":          "Aceptada: %s para %s",
	"The same order: answered this top-up, sent and charged nothing": "La misma orden: se respondió con esta recarga, sin enviar ni cobrar nada",
	"Refused with reference_reused: %s":                              "Rechazada con reference_reused: %s",
	"%s for %s instead":                                              "%s para %s en su lugar",
	"for %s instead":                                                 "para %s en su lugar",
	"%s instead":                                                     "%s en su lugar",
	"The first %s repeats are kept.":                                 "Se guardan las primeras %s repeticiones.",
	"%s request":                                                     "%s solicitud",
	"%s requests":                                                    "%s solicitudes",
	"By hand":                                                        "A mano",
	"Look a reference up":                                            "Buscar una referencia",
	"Look up":                                                        "Buscar",
	"What your programs sent under one reference: the first request, every repeat, who sent it, from where, and what differed.": "Lo que tus programas enviaron con una referencia: la primera solicitud, cada repetición, quién la envió, desde dónde y en qué difería.",
	"No order was accepted under %s": "No se aceptó ninguna orden con %s",
	"Either none arrived, or each was refused. A refused order does not use its reference up: order with the same one again. Capitals count.": "O no llegó ninguna, o todas se rechazaron. Una orden rechazada no gasta su referencia: pide de nuevo con la misma. Las mayúsculas cuentan.",
}
