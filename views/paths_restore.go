package views

// RestorePath shows what has to be checked after the database was restored, and
// takes what it showed.
const RestorePath = "/admin/queue/restore"
