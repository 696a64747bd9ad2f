package main

// [START spanner_cancel_backup_create]
import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"time"

	longrunning "cloud.google.com/go/longrunning/autogen/longrunningpb"
	database "cloud.google.com/go/spanner/admin/database/apiv1"
	adminpb "cloud.google.com/go/spanner/admin/database/apiv1/databasepb"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	// waitLimit is how long the end of the operation is waited for; the caller's context may end the wait sooner.
	waitLimit = 5 * time.Minute
	// cleanUpLimit bounds the requests that clean up. They are made even if the caller's context is done.
	cleanUpLimit = 30 * time.Second
)

// mayHaveStarted are the codes after which CreateBackup may have taken effect although its reply says otherwise.
var mayHaveStarted = []codes.Code{codes.Unavailable, codes.DeadlineExceeded, codes.Unknown, codes.Internal}

// cancelBackup starts a backup of the database and cancels it, so that no backup of this call is left. Cancelling is
// best effort: the backup may well be completed, and is then deleted.
func cancelBackup(ctx context.Context, w io.Writer, db, backupID string) error {
	matches := regexp.MustCompile("^(.+)/databases/([^/]+)$").FindStringSubmatch(db)
	if matches == nil {
		return fmt.Errorf("cancelBackup: invalid database name %q", db)
	}
	instance, databaseID := matches[1], matches[2]
	backupName := instance + "/backups/" + backupID

	adminClient, err := database.NewDatabaseAdminClient(ctx)
	if err != nil {
		return fmt.Errorf("cancelBackup.NewDatabaseAdminClient: %w", err)
	}
	defer adminClient.Close()

	fmt.Fprintf(w, "Creating backup %s of database %s.\n", backupID, databaseID)
	expireTime := time.Now().AddDate(0, 0, 3).Truncate(time.Microsecond)
	op, err := adminClient.CreateBackup(ctx, &adminpb.CreateBackupRequest{
		Parent:   instance,
		BackupId: backupID,
		Backup:   &adminpb.Backup{Database: db, ExpireTime: timestamppb.New(expireTime)},
	})
	if err != nil {
		refusal := &failure{"Could not create backup " + backupID, err}
		if !slices.Contains(mayHaveStarted, statusOf(err).Code()) {
			return refusal
		}
		// Somebody else's backup may have this name; the expiration time, to the microsecond, tells ours from it.
		getCtx, cancel := cleanUpContext(ctx)
		defer cancel()
		found, err := adminClient.GetBackup(getCtx, &adminpb.GetBackupRequest{Name: backupName})
		switch {
		case statusOf(err).Code() == codes.NotFound:
			return refusal
		case err != nil:
			return errors.Join(refusal, &failure{"Could not tell whether backup " + backupID + " exists", err})
		case found.Database != db || !found.ExpireTime.AsTime().Equal(expireTime):
			return refusal
		}
		return errors.Join(refusal, deleteBackup(ctx, w, adminClient, backupName, backupID))
	}

	fmt.Fprintf(w, "Cancelling operation %s.\n", op.Name())
	err = adminClient.LROClient.CancelOperation(ctx, &longrunning.CancelOperationRequest{Name: op.Name()})
	if err != nil {
		fmt.Fprintf(w, "The cancel request was refused: %s.\n", codeName(err))
	}

	err = waitForEnd(ctx, op)
	switch {
	case err == nil:
		fmt.Fprintln(w, "The backup was completed before it could be cancelled.")
		return deleteBackup(ctx, w, adminClient, backupName, backupID)
	case !op.Done():
		fmt.Fprintf(os.Stderr, "Could not see the operation end: %s.\n", codeName(err))
		// Deleting a backup that is still being created also cancels its operation.
		return deleteBackup(ctx, w, adminClient, backupName, backupID)
	case statusOf(err).Code() == codes.Canceled:
		fmt.Fprintln(w, "The operation was cancelled; no backup was made.")
		return nil
	default:
		return &failure{"The operation failed", err}
	}
}

// waitForEnd polls the operation, ever less often, until it is done, and returns the error that it ended with. If
// the operation is not done, the error says why its end could not be seen.
func waitForEnd(ctx context.Context, op *database.CreateBackupOperation) error {
	ctx, cancel := context.WithTimeout(ctx, waitLimit)
	defer cancel()
	for delay := 250 * time.Millisecond; ; delay = min(2*delay, 10*time.Second) {
		if _, err := op.Poll(ctx); err != nil || op.Done() {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(delay):
		}
	}
}

func deleteBackup(ctx context.Context, w io.Writer, client *database.DatabaseAdminClient, name, id string) error {
	ctx, cancel := cleanUpContext(ctx)
	defer cancel()
	if err := client.DeleteBackup(ctx, &adminpb.DeleteBackupRequest{Name: name}); err != nil {
		return &failure{"Could not delete backup " + id, err}
	}
	fmt.Fprintf(w, "Deleted backup %s.\n", id)
	return nil
}

func cleanUpContext(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), cleanUpLimit)
}

// failure is an error that reads as a sentence: what failed, and the code that it failed with.
type failure struct {
	what string
	err  error
}

func (f *failure) Error() string { return f.what + ": " + codeName(f.err) + "." }

func (f *failure) Unwrap() error { return f.err }

// statusOf returns the status that a request ended with, be it on the server or in this process.
func statusOf(err error) *status.Status {
	if s, ok := status.FromError(err); ok {
		return s
	}
	return status.FromContextError(err)
}

// codeName returns the name of the error's code in google.rpc.Code.
func codeName(err error) string {
	return code.Code(statusOf(err).Code()).String()
}

// [END spanner_cancel_backup_create]
