package views

// The documentation's chapters on limits, promises and changes, and its form to try a call.
var spanishPromises = map[string]string{
	// try it
	"Try it": "Pruébalo",
	"Calls the sandbox from this page, with a key that begins with lb_test_: play money, no airtime. Members make one on the Sandbox page of their dashboard. The key stays in this page and goes nowhere but into the call.": "Llama al entorno de pruebas desde esta página, con una clave que empieza con lb_test_: dinero de juego, sin tiempo aire. Los miembros crean una en la página Sandbox de su panel. La clave se queda en esta página y solo va dentro de la llamada.",
	"Your browser runs no scripts here: copy the lines of the quick start instead.": "Tu navegador no ejecuta scripts aquí: copia las líneas del inicio rápido.",
	"Only a sandbox key is used here: it begins with lb_test_.":                     "Aquí solo se usa una clave de pruebas: empieza con lb_test_.",

	"Waiting for the answer…": "Esperando la respuesta…",

	"No answer came. In a program: repeat the same order with the same reference.": "No llegó respuesta. En un programa: repite la misma orden con la misma referencia.",

	"Sandbox key":                          "Clave de pruebas",
	"Call":                                 "Llamada",
	"Send the same twice to see a replay.": "Envía dos veces lo mismo para ver una repetición.",
	"Send":                                 "Enviar",

	// limits
	"Limits":                                 "Límites",
	"Body of a request":                      "Cuerpo de una solicitud",
	"64 KiB; a batch 1 MiB and 1,000 orders": "64 KiB; un lote, 1 MiB y 1,000 órdenes",
	"Amount of an order":                     "Monto de una orden",
	"20 to 200 MXN, 2 decimals, unless another range is agreed with you": "de 20 a 200 MXN, 2 decimales, salvo que se acuerde contigo otro rango",
	"1 to 64 characters of A-Z a-z 0-9 . _ : -":                          "de 1 a 64 caracteres de A-Z a-z 0-9 . _ : -",
	"an object of 4 KiB, 50 keys and 5 levels":                           "un objeto de 4 KiB, 50 claves y 5 niveles",
	"Waiting in a request":                                               "Espera en una solicitud",
	"25 seconds, 60 when preferred":                                      "25 segundos, 60 si lo prefieres",
	"A page of a list":                                                   "Una página de una lista",
	"50 lines, 200 when asked for; as a file without an end":             "50 líneas, 200 si las pides; como archivo, sin fin",
	"How far back": "Hasta cuándo atrás",
	"everything since your first order, without a window":                            "todo desde tu primera orden, sin ventana",
	"Time until it is sent":                                                          "Espera antes del envío",
	"15 minutes at most; then the top-up fails with expired, and nothing is charged": "15 minutos como máximo; después la recarga falla con expired y no se cobra nada",
	"Wrong keys": "Claves equivocadas",
	"30 from one address, then one every 2 seconds; keys that were right go on working": "30 desde una dirección, después una cada 2 segundos; las claves que ya eran correctas siguen funcionando",
	"No limit on requests holds until one is agreed with you; then every answer tells where you stand, in the headers of the IETF's draft: RateLimit-Policy names each limit (q requests in w seconds), RateLimit what is left (r) and in how many seconds it is whole again (t). Beyond it the answer is 429 with Retry-After, and nothing was accepted. A repeated order is answered before any limit.": "No hay límite de solicitudes hasta que se acuerde uno contigo; entonces cada respuesta dice cómo vas, en los encabezados del borrador de la IETF: RateLimit-Policy nombra cada límite (q solicitudes en w segundos), RateLimit lo que queda (r) y en cuántos segundos vuelve a estar completo (t). Más allá, la respuesta es 429 con Retry-After y no se aceptó nada. Una orden repetida se responde antes de cualquier límite.",
	"Headers of a limited key": "Encabezados de una clave con límite",
	"Customers do not wait behind each other: one that sends ten thousand orders at once waits for its own.": "Un cliente no espera detrás de otro: quien envía diez mil órdenes a la vez espera por las suyas.",

	// promises
	"What we promise": "Lo que prometemos",
	"Each line is measured from the records of the orders themselves, for every customer alike. You see your own on the dashboard: each top-up with its times, and the day's success by cause.": "Cada línea se mide con los registros de las propias órdenes, igual para todos los clientes. Las tuyas se ven en el panel: cada recarga con sus tiempos, y el éxito del día por causa.",
	"What we promise, how it is measured, where to see it": "Lo que prometemos, cómo se mide, dónde se ve",
	"Promise":            "Promesa",
	"How it is measured": "Cómo se mide",
	"Where to see it":    "Dónde se ve",
	"Not ours to promise: the 6 to 7 seconds of the carrier, and that it takes every number.": "No depende de nosotros: los 6 a 7 segundos de la operadora, ni que acepte todos los números.",
	"An order is charged once, or not at all.":                                                "Una orden se cobra una vez, o ninguna.",
	"Every balance is computed again from its entries every hour, by a program of its own.":   "Cada saldo se vuelve a calcular con sus movimientos cada hora, con un programa aparte.",
	"The ledger and the statements; GET /api/v1/ledger":                                       "Los movimientos y los estados de cuenta; GET /api/v1/ledger",
	"An accepted order is never lost.":                                                        "Una orden aceptada nunca se pierde.",
	"Order, hold and job are written in one transaction before you get an answer.":            "La orden, lo retenido y el trabajo se escriben en una sola transacción antes de responderte.",
	"Look a reference up on the dashboard":                                                    "Busca una referencia en el panel",
	"99.9 % of the requests of a month are answered without a 5xx.":                           "El 99.9 % de las solicitudes de un mes se responde sin un 5xx.",
	"Share of all requests with a valid key.":                                                 "Proporción de todas las solicitudes con una clave válida.",
	"GET /readyz tells the present; X-Request-Id names each request":                          "GET /readyz dice el presente; X-Request-Id nombra cada solicitud",
	"We add less than a second to the time of the carrier, for 99 of 100 top-ups.":            "Añadimos menos de un segundo al tiempo de la operadora, en 99 de 100 recargas.",
	"From your request to our answer, less the time that the carrier took.":                   "De tu solicitud a nuestra respuesta, menos lo que tardó la operadora.",
	"The timeline of each top-up":                                                             "La línea de tiempo de cada recarga",
	"An unknown top-up is settled within one business day.":                                   "Una recarga en duda se resuelve en un día hábil.",
	"From its order to its final state.":                                                      "Desde su orden hasta su estado final.",
	"The dashboard’s list with status unknown; the event that tells it":                       "La lista del panel con el estado en duda; el evento que lo dice",

	// changes
	"Changes": "Cambios",
	"Fields, codes, events and values may be added at any time: ignore what you do not know. Nothing is removed or changes its meaning under /api/v1; what is deprecated says so in its answers (Deprecation, RFC 9745) for six months at least.": "Se pueden añadir campos, códigos, eventos y valores en cualquier momento: ignora lo que no conozcas. En /api/v1 nada se quita ni cambia de significado; lo obsoleto lo dice en sus respuestas (Deprecation, RFC 9745) durante seis meses por lo menos.",
	"Webhooks, a sandbox with test keys, quotes that hold their price, batches, products and statements; expiry, scopes, addresses and a daily cap for keys.":                                                                                     "Webhooks, un entorno de pruebas con claves de prueba, cotizaciones que mantienen su precio, lotes, productos y estados de cuenta; vencimiento, permisos, direcciones y tope diario para las claves.",
	"The calls of the system before this one, deprecated; numbers, the ledger, lists as CSV and NDJSON; rotation of keys with an overlap.":                                                                                                        "Las llamadas del sistema anterior, obsoletas; números, movimientos, listas en CSV y NDJSON; rotación de claves con traslape.",
	"The first version: order, look up, list, balance, price.": "La primera versión: pedir, consultar, listar, saldo, precio.",
}
