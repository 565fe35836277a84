package views

// The Spanish of Mexico: tú only in verbs, and the words recarga, saldo, retenido, disponible, depósito, clave, aviso,
// estado de cuenta. One catalogue an area, each in its own file; a text that several areas use stands in common.
var spanishCatalogues = []map[string]string{
	spanishDocsCalls, spanishCommon, spanishOverview, spanishCustomers, spanishTopUps, spanishDashboard, spanishSignIn,
	spanishErrors, spanishDocs, spanishFilter, spanishAlerts, spanishDesk, spanishBooks, spanishStatements,
	spanishRunway, spanishApprovals, spanishPeople, spanishBrakes, spanishQueue, spanishExports, spanishDeskLists,
	spanishAudit, spanishTerms, spanishPricing, spanishSearch, spanishSettings, spanishKeys, spanishMembers, spanishFloat, spanishClassify, spanishWebhooks, spanishDocsWebhooks,
	spanishCalls,
	spanishReferences,
	spanishCredit,
	spanishSandbox,
	spanishPromises,
	spanishDocsMore,
	spanishLimits,
}

var spanishCommon = map[string]string{
	// frame
	"Skip to content":               "Ir al contenido",
	"Sections":                      "Secciones",
	"Main":                          "Principal",
	"Main, compact":                 "Principal, compacto",
	"Overview":                      "Resumen",
	"Top-ups":                       "Recargas",
	"Customers":                     "Clientes",
	"Documentation":                 "Documentación",
	"on Latcom Billing":             "en Latcom Billing",
	"Language":                      "Idioma",
	"Switch between light and dark": "Cambiar entre claro y oscuro",
	"Sign out":                      "Cerrar sesión",
	"Your account":                  "Tu cuenta",
	"Simulator":                     "Simulador",
	"Simulator in use.":             "Simulador en uso.",
	"Nothing reaches Latcom and no airtime is delivered.": "Nada llega a Latcom y no se entrega tiempo aire.",
	"Dismiss":              "Cerrar",
	"This did not arrive.": "Esto no llegó.",
	"The page may be out of date. Load it again.": "La página puede estar atrasada. Cárgala de nuevo.",

	// live
	"Live":         "En vivo",
	"Pause":        "Pausar",
	"Paused":       "En pausa",
	"at|moment":    "a las",
	"%s newer":     "%s más recientes",
	"Resume":       "Reanudar",
	"Reconnecting": "Reconectando",
	"last fresh":   "al día",
	"%s ago":       "hace %s",
	"d|days":       "días",
	"d|day":        "día",

	// states, levels, outcomes
	"Queued":          "En cola",
	"Sending":         "Enviando",
	"Succeeded":       "Exitosa",
	"Failed":          "Fallida",
	"Unknown":         "Por confirmar",
	"Reversed":        "Revertida",
	"Queued|many":     "En cola",
	"Sending|many":    "Enviando",
	"Succeeded|many":  "Exitosas",
	"Failed|many":     "Fallidas",
	"Unknown|many":    "Por confirmar",
	"Reversed|many":   "Revertidas",
	"Low":             "Bajo",
	"Medium":          "Medio",
	"Good":            "Bien",
	"Delivered":       "Entregada",
	"Refused":         "Rechazada",
	"Not sent":        "No enviada",
	"Unknown|outcome": "Sin respuesta clara",
	"On its way":      "En camino",

	// actions
	"Copy":   "Copiar",
	"Copied": "Copiado",
}
