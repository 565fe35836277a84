package views

var spanishKeys = map[string]string{
	// the lists
	"With one of them your programs order; each is shown once, when it is made": "Con una de ellas piden tus programas; cada una se muestra una vez, al crearla",
	"Documentation with your key": "Documentación con tu clave",
	"Make a key":                  "Crear una clave",
	"Change|do":                   "Cambiar",
	"See all API keys":            "Ver todas las claves de API",
	"An owner of your company makes, rotates and ends keys.":               "Un dueño de tu empresa crea, renueva y termina las claves.",
	"Your programs need one to order. It is shown once, when you make it.": "Tus programas la necesitan para pedir. Se muestra una vez, al crearla.",
	"Your programs need one to order. An owner of your company makes it.":  "Tus programas la necesitan para pedir. La crea un dueño de tu empresa.",
	"Rotate…":       "Renovar…",
	"End…":          "Terminar…",
	"Rotate %s, %s": "Renovar %s, %s",
	"End %s, %s":    "Terminar %s, %s",
	"from|address":  "desde",

	// a new one
	"For a program of %s. It is shown once.":                           "Para un programa de %s. Se muestra una vez.",
	"Says which program has it: “Production”, “Point of sale, Puebla”": "Dice qué programa la tiene: “Producción”, “Punto de venta, Puebla”",
	"Make the key":       "Crear la clave",
	"The key":            "La clave",
	"The key %s is made": "La clave %s está creada",
	"We keep only its hash: nobody can read it again. Put it where your program reads it, then leave this page.": "Solo guardamos su hash: nadie puede volver a leerla. Ponla donde tu programa la lee y luego deja esta página.",
	"It was shown once": "Ya se mostró una vez",
	"Nobody can show it again. If it is lost, make another.": "Nadie puede volver a mostrarlo. Si se perdió, crea otro.",

	// its rotation
	"Rotate %s": "Renovar %s",
	"Makes a new key, shown once, in place of %s":                       "Crea una clave nueva, que se muestra una vez, en lugar de %s",
	"How long the old key goes on":                                      "Cuánto sigue la clave anterior",
	"Both keys work until %s":                                           "Las dos claves funcionan hasta el %s",
	"Programs that still use the old one are refused (401) from now on": "Los programas que aún usan la anterior se rechazan (401) desde ahora",
	"Not at all":       "Nada",
	"%s hour":          "%s hora",
	"%s hours":         "%s horas",
	"%s day":           "%s día",
	"%s days":          "%s días",
	"Make the new key": "Crear la clave nueva",
	"A new key for %s": "Una clave nueva para %s",
	"The old key, %s, works until %s. Give the new one to your programs before.": "La clave anterior, %s, funciona hasta el %s. Pon antes la nueva en los programas.",
	"The old key, %s, opens nothing any more.":                                   "La clave anterior, %s, ya no abre nada.",
	"Nothing was changed":                    "No se cambió nada",
	"This key was replaced or ended before.": "Esta clave ya se reemplazó o se terminó antes.",

	// its end
	"End the key %s?": "¿Terminar la clave %s?",
	"Keep the key":    "Conservar la clave",
	"End %s":          "Terminar %s",
	"Programs that use %s are refused (401) from now on. What they ordered before goes on to its end. This can’t be taken back.": "Los programas que usan %s se rechazan (401) desde ahora. Lo que pidieron antes sigue hasta su final. No se puede deshacer.",
	"It was never used.":           "Nunca se usó.",
	"It was last used %s.":         "Se usó por última vez %s.",
	"It was last used %s from %s.": "Se usó por última vez %s desde %s.",
	"It is the only key that works: until another is made, no program can order.": "Es la única clave que funciona: hasta que se cree otra, ningún programa puede pedir.",
	"The key %s has ended":       "La clave %s terminó",
	"%s opens nothing any more.": "%s ya no abre nada.",
}
