package views

// The documentation's later chapters: calls of the old system, and the newer calls of today.
var spanishDocsCalls = map[string]string{
	// numbers and the ledger
	"Check a phone": "Revisar un teléfono",
	"How a phone is read, and what the numbering plan says of it. It costs nothing and asks no carrier: whether the number is in use shows when a top-up is ordered.": "Cómo se lee un teléfono y qué dice de él el plan de numeración. No cuesta nada ni pregunta a ninguna operadora: si el número está en uso se ve al pedir una recarga.",
	"A phone in any usual writing, escaped as addresses need it.": "Un teléfono en cualquier escritura usual, con los escapes que piden las direcciones.",
	"What you sent.": "Lo que enviaste.",
	"Whether an order for it would be taken: it has the form of a Mexican number.": "Si se aceptaría una orden para él: tiene la forma de un número mexicano.",
	"The phone in E.164, or null.":     "El teléfono en E.164, o null.",
	"Its 10 national digits, or null.": "Sus 10 dígitos nacionales, o null.",
	"Whether the numbering plan, as we know it, has such numbers; null when that cannot be told. Plans change faster than lists: it refuses nothing.": "Si el plan de numeración, como lo conocemos, tiene números así; null cuando no se puede saber. Los planes cambian más rápido que las listas: no rechaza nada.",
	"true or false where the plan tells; null for the many Mexican numbers that may be either.":                                                       "true o false donde el plan lo dice; null para los muchos números mexicanos que pueden ser móviles o no.",
	"What is wrong with it, or null.":                               "Qué tiene de malo, o null.",
	"What can be said of the phone, also of one that is not valid.": "Lo que se puede decir del teléfono, también de uno que no es válido.",
	"Read the ledger": "Leer el libro de movimientos",
	"Every entry of your account, newest first, a page at a time: what was held, charged, given back, paid in. Entries are numbered without a gap and never change. With Accept: text/csv or application/x-ndjson all of it is one file.": "Cada movimiento de tu cuenta, los más recientes primero, página por página: lo retenido, cobrado, devuelto y depositado. Los movimientos se numeran sin huecos y nunca cambian. Con Accept: text/csv o application/x-ndjson, todo es un solo archivo.",
	"The entries, newest first.":                                                          "Los movimientos, los más recientes primero.",
	"Its place in your account, from 1 without a gap.":                                    "Su lugar en tu cuenta, desde 1 y sin huecos.",
	"hold, capture, release, deposit, adjustment, reversal or charge. More may be added.": "hold, capture, release, deposit, adjustment, reversal o charge. Puede haber más.",
	"What moved, above zero.":                                                             "Lo que se movió, mayor que cero.",
	"What it did to your balance.":                                                        "Lo que le hizo a tu saldo.",
	"What it did to what is held.":                                                        "Lo que le hizo a lo retenido.",
	"Your balance after it.":                                                              "Tu saldo después de él.",
	"What was held after it.":                                                             "Lo retenido después de él.",
	"The top-up that caused it, or null.":                                                 "La recarga que lo causó, o null.",
	"Your reference of that top-up, or null.":                                             "Tu referencia de esa recarga, o null.",
	"Why your balance was adjusted, or null.":                                             "Por qué se ajustó tu saldo, o null.",
	"When it was posted.":                                                                 "Cuándo se asentó.",
	"A page of entries.":                                                                  "Una página de movimientos.",
	"Fields of a ledger entry":                                                            "Campos de un movimiento",

	"With Accept: text/csv or application/x-ndjson, top-ups, ledger and statements come whole, all that the filters match, however much it is, without pages. A file that ends early breaks the connection: what arrived whole is whole.": "Con Accept: text/csv o application/x-ndjson, recargas, movimientos y estados de cuenta llegan enteros, todo lo que cumplen los filtros, por mucho que sea y sin páginas. Un archivo que termina antes corta la conexión: lo que llegó entero está entero.",

	// old calls
	"Old calls": "Llamadas antiguas",

	"Deprecated. They go on as they are for integrations that use them; new ones use the calls above.": "Obsoletas. Siguen como están para las integraciones que las usan; las nuevas usan las llamadas de arriba.",

	"Integrations of the system before this one need no change: the same paths, headers and bodies, with the key that they have. What was not safe there is safe here: an order that is sent again answers its first result, and an outcome that nobody knows yet is 202 with PENDING, never an error that invites another order.": "Las integraciones del sistema anterior no necesitan cambios: las mismas rutas, encabezados y cuerpos, con la clave que tienen. Lo que allá no era seguro aquí lo es: una orden que se envía otra vez responde su primer resultado, y un resultado que nadie conoce aún es 202 con PENDING, nunca un error que invite a pedir de nuevo.",

	"The way over": "El paso a las de hoy",

	"The key alone: X-API-Key, or Authorization: Bearer. An imported key works in both.": "Solo la clave: X-API-Key o Authorization: Bearer. Una clave importada sirve en ambas.",

	"POST /api/v1/topups with a reference always. Those used before stay used: the same reference, phone and amount answer the first top-up.": "POST /api/v1/topups, siempre con referencia. Las ya usadas siguen usadas: la misma referencia, teléfono y monto responden la primera recarga.",

	"1 to 64 characters of A-Z a-z 0-9 . _ : - instead of any 100.": "De 1 a 64 caracteres de A-Z a-z 0-9 . _ : - en lugar de 100 cualesquiera.",

	"201, or 200 for a repeated order, with status succeeded.": "201, o 200 para una orden repetida, con status succeeded.",

	"202 with status queued, sending or unknown; GET /api/v1/topups/{id} tells how it ends.": "202 con status queued, sending o unknown; GET /api/v1/topups/{id} dice cómo termina.",

	"201 with status failed for what the carrier refused; a problem document with code and retry for the rest.": "201 con status failed para lo que rechazó la operadora; un documento de problema con code y retry para lo demás.",

	"402 insufficient_balance, with available and price.": "402 insufficient_balance, con available y price.",

	"GET /api/v1/balance: current_balance is balance less held.": "GET /api/v1/balance: current_balance es balance menos held.",

	"Decimal strings, \"1234.5000\": no program rounds them by accident.": "Textos decimales, \"1234.5000\": ningún programa los redondea por accidente.",

	"GET /readyz": "GET /readyz",

	"Fields of transaction and of an error": "Campos de transaction y de un error",

	"Order a top-up, the old way": "Pedir una recarga, a la manera antigua",

	"For integrations that were written for the system before this one. A reference that was seen before answers its first result; without one, the same phone and amount within 5 minutes do.": "Para integraciones escritas para el sistema anterior. Una referencia ya vista responde su primer resultado; sin referencia, lo hacen el mismo teléfono y monto dentro de 5 minutos.",

	"Read the balance, the old way": "Leer el saldo, a la manera antigua",

	"What you have before your credit limit is touched, less what open top-ups hold.": "Lo que tienes antes de tocar tu límite de crédito, menos lo que retienen las recargas abiertas.",

	"A Mexican number of 10 digits in any usual writing.": "Un número mexicano de 10 dígitos, en cualquier escritura usual.",

	"The face value in MXN, 2 decimals at most.": "El valor nominal en MXN, con 2 decimales como máximo.",

	"Your name for this order: any text of up to 100 characters. Send one: without it two wanted top-ups of one phone and amount within 5 minutes are one.": "Tu nombre para esta orden: cualquier texto de hasta 100 caracteres. Envíalo: sin él, dos recargas deseadas del mismo teléfono y monto dentro de 5 minutos son una sola.",

	"true: delivered, or accepted and not known yet.": "true: entregada, o aceptada y aún sin resultado conocido.",

	"What you have left in USD before your credit limit is touched.": "Lo que te queda en USD antes de tocar tu límite de crédito.",

	"SUCCESS: delivered. PENDING: accepted, its result is not known yet; the same request asks for it. REVERSED: delivered and taken back later.": "SUCCESS: entregada. PENDING: aceptada, aún sin resultado conocido; la misma solicitud pregunta por él. REVERSED: entregada y revertida después.",

	"The face value in MXN.": "El valor nominal en MXN.",

	"The phone as you wrote it.": "El teléfono como lo escribiste.",

	"Your reference, or the name that we gave to an order without one.": "Tu referencia, o el nombre que le dimos a una orden sin ella.",

	"true": "true",

	"What you sent as x-customer-id.": "Lo que enviaste como x-customer-id.",

	"Your company.": "Tu empresa.",

	"What you have in USD before your credit limit is touched, less what open top-ups hold.": "Lo que tienes en USD antes de tocar tu límite de crédito, menos lo que retienen las recargas abiertas.",

	"How far below zero you may go, in USD.": "Hasta cuánto por debajo de cero puedes llegar, en USD.",

	"false: certainly not delivered, or not known to us; the message says which.": "false: seguro que no se entregó, o no lo sabemos; el mensaje dice cuál de los dos.",

	"What happened.": "Lo que pasó.",

	"With 403: what you have, in USD.": "Con 403: lo que tienes, en USD.",

	"With 403: what the top-up costs, in USD.": "Con 403: lo que cuesta la recarga, en USD.",

	"Your customer id: as the old system knew it, or your code here. It must belong to the key.": "Tu id de cliente: como lo conocía el sistema anterior, o tu código aquí. Debe ser el de la clave.",

	"Delivered and charged.": "Entregada y cobrada.",

	"Accepted, and its result is not known yet. Never order it again under another reference.": "Aceptada, y aún sin resultado conocido. Nunca la pidas otra vez con otra referencia.",
}
