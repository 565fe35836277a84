package views

var spanishMembers = map[string]string{
	"Members": "Equipo",
	"Who of your company sees this dashboard, and what each may do":                          "Quién de tu empresa ve este panel y qué puede hacer cada persona",
	"An owner of your company invites members and changes their roles.":                      "Un dueño de tu empresa invita al equipo y cambia sus roles.",
	"Finance or an admin changes members.":                                                   "Finanzas o un administrador cambia el equipo.",
	"Invite a member":                                                                        "Invitar a alguien",
	"Nobody sees the dashboard":                                                              "Nadie ve el panel",
	"Invite an owner of the customer first: an owner invites the others and makes API keys.": "Invita primero a un dueño del cliente: un dueño invita a los demás y crea las claves de API.",
	"To the dashboard of %s, with a link that sets the password":                             "Al panel de %s, con un enlace que define la contraseña",
	"The name to sign in with; it can’t be changed later":                                    "El nombre para iniciar sesión; no se puede cambiar después",
	"Also orders by hand, keeps API keys and members":                                        "También recarga a mano y tiene a su cargo claves de API y equipo",
	"Sees the whole dashboard, orders nothing and keeps neither keys nor members":            "Ve todo el panel; no recarga ni tiene claves o equipo a su cargo",
	"This is the only owner who can sign in. Make another one first.":                        "Es el único dueño que puede iniciar sesión. Nombra antes a otro.",

	"The link is on its way to %s":                                             "El enlace va en camino a %s",
	"It opens once, until %s.":                                                 "Se abre una vez, hasta %s.",
	"It could not be mailed.":                                                  "No se pudo enviar por correo.",
	"Your access to Latcom Billing":                                            "Tu acceso a Latcom Billing",
	"Hello, %s:":                                                               "Hola, %s:",
	"A new password for Latcom Billing":                                        "Una contraseña nueva para Latcom Billing",
	"The log says why. Hand the link over yourself.":                           "El registro dice por qué. Entrega tú el enlace.",
	"With this link you set a new password for Latcom Billing:":                "Con este enlace pones una contraseña nueva para Latcom Billing:",
	"You are invited to Latcom Billing. With this link you set your password:": "Tienes una invitación a Latcom Billing. Con este enlace pones tu contraseña:",
	"Give it to nobody: whoever opens it sets the password.":                   "No lo des a nadie: quien lo abra pone la contraseña.",
	"If you expected no such letter, there is nothing to do: without the link nothing changes.": "Si no esperabas este correo, no hay nada que hacer: sin el enlace nada cambia.",
}
