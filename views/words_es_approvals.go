package views

// The Spanish of what waits for a second operator.
var spanishApprovals = map[string]string{
	"It cannot be below zero":       "No puede ser menor que cero",
	"A discount is less than 100 %": "Un descuento es menor que 100 %",
	"A rate is above zero":          "Un tipo de cambio es mayor que cero",
	"It is that already":            "Ya es ese valor",
	"Who asked for this made your account, or reset it last: a third operator decides it. Nothing has moved.":       "Quien lo pidió creó tu cuenta o fue el último en restablecerla: lo decide un tercer operador. Nada se ha movido.",
	"Your account was made or reset with the key that breaks the glass: it approves from %s on. Nothing has moved.": "Tu cuenta se creó o restableció con la llave de emergencia: aprueba a partir de %s. Nada se ha movido.",
}
