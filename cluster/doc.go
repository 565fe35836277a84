// Package cluster proves that the program holds when it runs several times on one
// database. It holds tests alone: the built program behind a load balancer, restarted
// under load; the real pgbouncer of Debian before the database; a real streaming
// replica of Debian's PostgreSQL 15. All of them share one system, one after the other.
package cluster
