// Command spanner-cancel-backup runs the sample.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"
)

func main() {
	timeout := flag.Duration("timeout", 10*time.Minute, "how long the sample may take before it only cleans up")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: spanner-cancel-backup [flags] PROJECT INSTANCE DATABASE BACKUP")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 4 {
		flag.Usage()
		os.Exit(2)
	}
	db := fmt.Sprintf("projects/%s/instances/%s/databases/%s", flag.Arg(0), flag.Arg(1), flag.Arg(2))

	ctx, cancel := context.WithTimeout(context.Background(), *timeout)
	defer cancel()
	if err := cancelBackup(ctx, os.Stdout, db, flag.Arg(3)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		cancel()
		os.Exit(1)
	}
}
