//go:build !unix

package main

// Where there are no groups of processes.

import "syscall"

func apart() *syscall.SysProcAttr { return nil }
