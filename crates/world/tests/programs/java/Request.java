import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Asks a server by name, and says what it answers: Request NAME PORT MILLISECONDS. */
public class Request {
    public static void main(String[] words) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(words[0], Integer.parseInt(words[1])), 5000);
            socket.setSoTimeout(5000);
            socket.getOutputStream().write((words[2] + "\n").getBytes());
            System.out.print(new String(socket.getInputStream().readAllBytes()));
        } catch (IOException error) {
            System.out.println(error);
        }
    }
}
