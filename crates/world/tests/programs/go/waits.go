// Every way to wait for a time in Go: each test waits for minutes, and looks at the clock.
package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}

func check(err error) {
	if err != nil {
		fail("%v", err)
	}
}

// It has taken this long since then: never less, hardly more.
func took(begin time.Time, seconds float64) {
	took := time.Since(begin).Seconds()
	if took < seconds || took > seconds+3 {
		fail("took %f and not %f", took, seconds)
	}
}

var tests = map[string]func(){
	"sleep": func() {
		begin := time.Now()
		time.Sleep(300 * time.Second)
		took(begin, 300)
	},
	"timer-and-ticker": func() {
		begin := time.Now()
		<-time.After(100 * time.Second)
		took(begin, 100)
		ticker := time.NewTicker(10 * time.Second)
		for index := 1; index <= 20; index++ {
			<-ticker.C
			took(begin, 100+float64(10*index))
		}
	},
	"context": func() {
		begin := time.Now()
		limited, cancel := context.WithTimeout(context.Background(), 300*time.Second)
		defer cancel()
		<-limited.Done()
		took(begin, 300)
	},
	"goroutines": func() {
		begin := time.Now()
		var group sync.WaitGroup
		for index := 0; index < 1000; index++ {
			group.Add(1)
			go func() {
				time.Sleep(time.Duration(index%100) * time.Second)
				took(begin, float64(index%100))
				group.Done()
			}()
		}
		group.Wait()
		took(begin, 99)
	},
	// One thread does everything, and wakes each second.
	"steps-on-one-processor": func() {
		runtime.GOMAXPROCS(1)
		begin := time.Now()
		far := time.After(200 * time.Second)
		for index := 1; index <= 90; index++ {
			time.Sleep(time.Until(begin.Add(time.Duration(index) * time.Second)))
			took(begin, float64(index))
		}
		<-far
		took(begin, 200)
	},
	"deadline-of-a-socket": func() {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		check(err)
		connection, err := net.Dial("tcp", listener.Addr().String())
		check(err)
		begin := time.Now()
		check(connection.SetReadDeadline(begin.Add(300 * time.Second)))
		_, err = connection.Read(make([]byte, 1))
		if !os.IsTimeout(err) {
			fail("%v", err)
		}
		took(begin, 300)
	},
	"child": func() {
		begin := time.Now()
		check(exec.Command("/bin/sleep", "300").Run())
		took(begin, 300)
		limited, cancel := context.WithTimeout(context.Background(), 300*time.Second)
		defer cancel()
		if exec.CommandContext(limited, "/bin/sleep", "1000").Run() == nil {
			fail("it was not killed")
		}
		took(begin, 600)
	},
	// A thread of its own, and system calls of its own.
	"system-calls": func() {
		runtime.LockOSThread()
		begin := time.Now()
		check(syscall.Nanosleep(&syscall.Timespec{Sec: 200}, nil))
		queue, err := syscall.EpollCreate1(0)
		check(err)
		_, err = syscall.EpollWait(queue, make([]syscall.EpollEvent, 1), 100000)
		check(err)
		took(begin, 300)
	},
	// Work that is done meanwhile takes its time and no more.
	"busy-beside-sleepers": func() {
		begin := time.Now()
		done := make(chan bool)
		go func() {
			time.Sleep(300 * time.Second)
			close(done)
		}()
		sum := 0
		for time.Since(begin) < 100*time.Millisecond {
			sum++
		}
		if time.Since(begin) > 10*time.Second {
			fail("the clock jumped while it was busy: %v", time.Since(begin))
		}
		<-done
		took(begin, 300)
	},
}

func main() {
	if len(os.Args) < 2 {
		for name := range tests {
			fmt.Println(name)
		}
		return
	}
	tests[os.Args[1]]()
}
