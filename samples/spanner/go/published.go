//go:build published

package main

// Published code imports this module and ours does not; it is named here so that go.mod and go.sum keep it. No build
// sets the tag.
import _ "github.com/golang/protobuf/ptypes/timestamp"
