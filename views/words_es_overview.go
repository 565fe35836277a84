package views

var spanishOverview = map[string]string{
	"Mexico City":                          "Ciudad de México",
	"Money":                                "Dinero",
	"Approvals":                            "Aprobaciones",
	"%s, up to %s in %s":                   "%s, hasta las %s en %s",
	"Compare with":                         "Comparar con",
	"Yesterday":                            "Ayer",
	"Last %s":                              "%s pasado",
	"Today, compared with %s at this time": "Hoy, comparado con %s a esta hora",
	"was %s":                               "antes %s",
	"pt":                                   "pt",
	"Delivered|money":                      "Entregado",
	"Charged":                              "Cobrado",
	"Success rate":                         "Tasa de éxito",
	"Success":                              "Éxito",

	// right now
	"Right now":      "Ahora mismo",
	"In flight":      "En vuelo",
	"of %s places":   "de %s lugares",
	"for %s":         "desde hace %s",
	"Pace":           "Ritmo",
	"a minute":       "por minuto",
	"a minute of %s": "por minuto, de %s",
	"%s held":        "%s retenidos",

	// charts
	"Hour":                            "Hora",
	"Today":                           "Hoy",
	"Top-ups by hour":                 "Recargas por hora",
	"Latcom latency":                  "Latencia de Latcom",
	"Latcom latency by hour, seconds": "Latencia de Latcom por hora, en segundos",
	"Success rate by hour, percent; the axis starts at %s": "Tasa de éxito por hora, en porcentaje; el eje comienza en %s",
	"Nothing delivered yet":                                "Nada entregado todavía",
	"The first delivery of the day begins this chart.":     "La primera entrega del día comienza esta gráfica.",

	// causes
	"Failed, by cause":     "Fallidas, por causa",
	"Cause":                "Causa",
	"Mostly":               "Sobre todo",
	"Share of the failed":  "Parte de las fallidas",
	"Of all":               "Del total",
	"All causes":           "Todas las causas",
	"Nothing failed today": "Hoy nada ha fallado",
	"Causes stand here as soon as a top-up fails.": "Las causas aparecen aquí en cuanto falla una recarga.",
	"Without wrong numbers the rate is":            "Sin números equivocados, la tasa es",

	// what needs somebody
	"Every outcome is known": "Todo está confirmado",
	"A top-up whose answer is not clear stands here until it is settled.": "Una recarga con respuesta poco clara aparece aquí hasta que se aclare.",
	"No customer yet": "Aún no hay clientes",
	"A customer holds prepaid credit and orders top-ups with an API key.": "Un cliente tiene saldo prepagado y pide recargas con una clave de API.",

	// roles
	"Viewer":  "Consulta",
	"Support": "Soporte",
	"Finance": "Finanzas",
	"Admin":   "Administración",

	// when orders do not go out
	"Sending to Latcom stopped %s ago: %s":                                                   "El envío a Latcom se detuvo hace %s: %s",
	"New orders are refused with 503; what was accepted waits. One order tries again in %s.": "Las órdenes nuevas se rechazan con 503; lo aceptado espera. Una orden lo intenta de nuevo en %s.",
	"New orders are refused with 503; what was accepted waits. One order is trying now.":     "Las órdenes nuevas se rechazan con 503; lo aceptado espera. Una orden lo está intentando ahora.",
}
