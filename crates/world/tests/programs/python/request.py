"""Asks a server by name, and says what it answers: request.py NAME PORT MILLISECONDS."""

import socket
import sys

try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5) as connection:
        connection.sendall(sys.argv[3].encode() + b"\n")
        print(connection.makefile().read(), end="")
except OSError as error:
    print(error)
