// Asks a server by name, and says what it answers: request NAME PORT MILLISECONDS.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

func main() {
	connection, err := net.DialTimeout("tcp", net.JoinHostPort(os.Args[1], os.Args[2]), 5*time.Second)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Fprintln(connection, os.Args[3])
	answer, err := io.ReadAll(connection)
	fmt.Print(string(answer))
	if err != nil {
		fmt.Println(err)
	}
}
