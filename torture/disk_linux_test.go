package torture

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// mountSmall makes a disk of so many bytes, in memory. It takes root. What still holds a
// file there is no reason to keep it.
func mountSmall(folder string, size int) (unmount func() error, err error) {
	if err := unix.Mount("torture", folder, "tmpfs", 0, fmt.Sprintf("size=%d,mode=755", size)); err != nil {
		return nil, fmt.Errorf("mount a small disk: %w", err)
	}
	return func() error { return unix.Unmount(folder, unix.MNT_DETACH) }, nil
}

// fill takes all the room that is left where the file is.
func fill(name string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	at := int64(0)
	for piece := int64(64 << 20); piece >= 4096; {
		switch err := unix.Fallocate(int(file.Fd()), 0, at, piece); {
		case err == nil:
			at += piece
		case errors.Is(err, syscall.ENOSPC):
			piece /= 2
		default:
			return fmt.Errorf("fill the disk: %w", err)
		}
	}
	return nil
}
