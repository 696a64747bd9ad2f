import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.*;
import java.util.concurrent.locks.LockSupport;

/** Every way to wait for a time in Java: each test waits for minutes, and looks at the clock. */
public class Waits {
    interface Test {
        void run() throws Exception;
    }

    /** It takes this long: never less, hardly more. */
    static void took(double seconds, Test test) throws Exception {
        long begin = System.nanoTime();
        long day = System.currentTimeMillis();
        test.run();
        double took = (System.nanoTime() - begin) / 1e9;
        if (took < seconds || took > seconds + 3) throw new AssertionError("took " + took + " and not " + seconds);
        double byDay = (System.currentTimeMillis() - day) / 1e3;
        if (Math.abs(byDay - took) > 1) throw new AssertionError("took " + byDay + " by day and not " + took);
    }

    static final Map<String, Test> TESTS = new LinkedHashMap<>();

    static {
        TESTS.put("sleep", () -> took(300, () -> Thread.sleep(300_000)));
        TESTS.put("monitors", () -> {
            Object monitor = new Object();
            took(300, () -> {
                synchronized (monitor) {
                    monitor.wait(300_000);
                }
            });
            took(300, () -> LockSupport.parkNanos(300_000_000_000L));
            took(300, () -> {
                if (new Semaphore(0).tryAcquire(300, TimeUnit.SECONDS)) throw new AssertionError();
            });
        });
        TESTS.put("executors", () -> {
            ScheduledExecutorService pool = Executors.newScheduledThreadPool(4);
            took(300, () -> pool.schedule(() -> {}, 300, TimeUnit.SECONDS).get());
            CountDownLatch ticks = new CountDownLatch(30);
            took(300, () -> {
                pool.scheduleAtFixedRate(ticks::countDown, 10, 10, TimeUnit.SECONDS);
                ticks.await();
            });
            pool.shutdownNow();
            took(300, () -> {
                try {
                    new CompletableFuture<Void>().orTimeout(300, TimeUnit.SECONDS).get();
                } catch (ExecutionException expected) {
                }
            });
        });
        TESTS.put("children", () -> took(300, () -> {
            if (new ProcessBuilder("/bin/sleep", "300").start().waitFor() != 0) throw new AssertionError();
        }));
        TESTS.put("sockets", () -> {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                socket.setSoTimeout(300_000);
                took(300, () -> {
                    try {
                        socket.getInputStream().read();
                    } catch (SocketTimeoutException expected) {
                    }
                });
            }
        });
    }

    public static void main(String[] words) throws Exception {
        if (words.length == 0) TESTS.keySet().forEach(System.out::println);
        else {
            TESTS.get(words[0]).run();
            System.exit(0);
        }
    }
}
