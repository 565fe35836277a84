package views

// The audit log, and what keeps it.
var spanishAudit = map[string]string{
	"Kept by the database.": "La base de datos lo protege.",
	"The program works as the role %[2]s, which can neither change nor remove a row of %[1]s table, and owns none.":                                                                                                                                    "El programa trabaja con el rol %[2]s, que no puede cambiar ni borrar una fila de %[1]s tabla y no es dueño de ninguna.",
	"The program works as the role %[2]s, which can neither change nor remove what stands in %[1]s tables, the ledger and the audit log among them, and owns none.":                                                                                    "El programa trabaja con el rol %[2]s, que no puede cambiar ni borrar lo que está en %[1]s tablas, entre ellas el libro y la bitácora, y no es dueño de ninguna.",
	"The database would let this program alter the books.":                                                                                                                                                                                             "La base de datos dejaría que este programa altere los libros.",
	"The program works as the role %[2]s, which could switch off what guards %[1]s table. It never does, and the proof would name what was changed; README tells how to have it work as a role that cannot.":                                           "El programa trabaja con el rol %[2]s, que podría desactivar lo que protege %[1]s tabla. Nunca lo hace, y la comprobación nombraría lo que cambió; README explica cómo hacer que trabaje con un rol que no puede.",
	"The program works as the role %[2]s, which could switch off what guards %[1]s tables, the ledger and the audit log among them. It never does, and the proof would name what was changed; README tells how to have it work as a role that cannot.": "El programa trabaja con el rol %[2]s, que podría desactivar lo que protege %[1]s tablas, entre ellas el libro y la bitácora. Nunca lo hace, y la comprobación nombraría lo que cambió; README explica cómo hacer que trabaje con un rol que no puede.",
}
