// Opens a WebSocket with gorilla, sends 640 bytes and expects them back: go run client.go URI AUTHORIZATION
package main

import (
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

func main() {
	header := http.Header{"Authorization": {os.Args[2]}}
	socket, _, err := websocket.DefaultDialer.Dial(os.Args[1], header)
	if err != nil {
		panic(err)
	}
	if err := socket.WriteMessage(websocket.BinaryMessage, make([]byte, 640)); err != nil {
		panic(err)
	}
	kind, message, err := socket.ReadMessage()
	if err != nil || kind != websocket.BinaryMessage || len(message) != 640 {
		panic("the frame came back changed")
	}
}
