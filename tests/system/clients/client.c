/* Opens a WebSocket with libwebsockets, sends 640 bytes and expects them back: ./client PORT AUTHORIZATION */

#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

static const char *authorization;
static unsigned char frame[LWS_PRE + 640];

static int on_event(struct lws *socket, enum lws_callback_reasons reason, void *user, void *in, size_t length) {
    (void)user;
    switch (reason) {
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER: {
        unsigned char **at = in, *end = *at + length;
        return lws_add_http_header_by_name(socket, (const unsigned char *)"Authorization:",
                                           (const unsigned char *)authorization, (int)strlen(authorization), at, end);
    }
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        lws_callback_on_writable(socket);
        break;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        lws_write(socket, frame + LWS_PRE, 640, LWS_WRITE_BINARY);
        break;
    case LWS_CALLBACK_CLIENT_RECEIVE:
        exit(length == 640 ? 0 : 1);
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        lwsl_err("%s\n", in ? (const char *)in : "no connection");
        exit(1);
    default:
        break;
    }
    return 0;
}

int main(int count, char **arguments) {
    static const struct lws_protocols protocols[] = {{"audio", on_event, 0, 1024, 0, NULL, 0}, {0}};
    struct lws_context_creation_info info = {.port = CONTEXT_PORT_NO_LISTEN, .protocols = protocols};
    struct lws_client_connect_info to = {.address = "127.0.0.1", .host = "127.0.0.1", .path = "/socket"};
    if (count != 3)
        return 64;
    authorization = arguments[2];
    to.port = atoi(arguments[1]);
    to.context = lws_create_context(&info);
    if (!to.context || !lws_client_connect_via_info(&to))
        return 1;
    while (lws_service(to.context, 0) >= 0)
        ;
    return 1;
}
