// Opens a WebSocket with Java's own HTTP client, sends 640 bytes and expects them back: java Client.java URI AUTHORIZATION

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

class Client {
    public static void main(String[] arguments) throws Exception {
        CompletableFuture<Integer> echoed = new CompletableFuture<>();
        WebSocket socket = HttpClient.newHttpClient().newWebSocketBuilder()
            .header("Authorization", arguments[1])
            .buildAsync(URI.create(arguments[0]), new WebSocket.Listener() {
                public CompletionStage<?> onBinary(WebSocket webSocket, ByteBuffer data, boolean last) {
                    echoed.complete(data.remaining());
                    return null;
                }
            }).get(20, TimeUnit.SECONDS);
        socket.sendBinary(ByteBuffer.allocate(640), true).get();
        if (echoed.get(20, TimeUnit.SECONDS) != 640) {
            throw new IllegalStateException("the frame came back changed");
        }
        System.exit(0);
    }
}
