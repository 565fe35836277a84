package views

var spanishReplica = map[string]string{
	"The read replica is not used": "La réplica de lectura no se usa",
	"%s Lists, reports and files are read from the main database instead: nothing is missing or wrong in them.": "%s Las listas, los informes y los archivos se leen de la base principal: en ellos no falta nada ni hay nada mal.",
	"See the settings":                   "Ver los ajustes",
	"It does not answer.":                "No responde.",
	"It is more than 10 seconds behind.": "Va más de 10 segundos atrasada.",
	"It is no standby: it was promoted, or DATABASE_REPLICA_URL names another server.": "No es una réplica: fue promovida, o DATABASE_REPLICA_URL apunta a otro servidor.",
	"It is a standby of another database: look at DATABASE_REPLICA_URL.":               "Es réplica de otra base de datos: revisa DATABASE_REPLICA_URL.",
	"It answers with an error, which the log tells.":                                   "Responde con un error, que está en el registro.",
	"Nobody has looked at it yet.":                                                     "Aún nadie la ha revisado.",
	"None: everything is read from the database itself":                                "Ninguna: todo se lee de la base misma",
	"Not used.": "No se usa.",
	"Lists, reports and files are read from it": "De ella se leen listas, informes y archivos",
	"This took too long":                        "Esto tardó demasiado",
	"The database gave it up, and nothing was changed. Ask for less, such as fewer days, or try again in a moment.": "La base de datos lo dejó y no cambió nada. Pide menos, por ejemplo menos días, o inténtalo de nuevo en un momento.",
	"Read replica": "Réplica de lectura",
}
