//go:build unix

package main

// A process that a Ctrl-C on our terminal does not reach.

import "syscall"

// apart lets us end it ourselves, after the report.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
