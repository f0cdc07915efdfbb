/* The least that an echo can cost: epoll, recv, unmask, send; no limits, no checks, and a handshake with one answer.
   Usage: floor PORT */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_FILES = 65536, BUFFER_BYTES = 65536, MAX_REST_BYTES = 4096 };

/* The load generator always sends the key of RFC 6455, section 1.3. */
static const char ANSWER[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/* What a connection sent that is no whole frame yet; an open one has sent its request. */
static struct connection {
    int open, rest_bytes;
    uint8_t *rest;
} connections[MAX_FILES];
static uint8_t input[BUFFER_BYTES + MAX_REST_BYTES], output[BUFFER_BYTES + MAX_REST_BYTES];

/* Write the echo of the whole frames of an input to the output, and their size to `taken`; return the echo's size. */
static int echo_frames(const uint8_t *data, int size, int *taken)
{
    int written = 0, start = 0;
    while (size - start >= 8) {
        int length = data[start + 1] & 0x7f, header = 2;
        if (length == 126) {
            length = data[start + 2] << 8 | data[start + 3];
            header = 4;
        }
        const uint8_t *mask = data + start + header, *payload = mask + 4;
        if (start + header + 4 + length > size)
            break;
        memcpy(output + written, data + start, header);
        output[written + 1] &= 0x7f;
        written += header;
        uint64_t wide_mask;
        memcpy(&wide_mask, mask, 4);
        memcpy((uint8_t *)&wide_mask + 4, mask, 4);
        int i = 0;
        for (; i + 8 <= length; i += 8) {
            uint64_t word;
            memcpy(&word, payload + i, 8);
            word ^= wide_mask;
            memcpy(output + written + i, &word, 8);
        }
        for (; i < length; i++)
            output[written + i] = payload[i] ^ mask[i & 3];
        written += length;
        start += header + 4 + length;
    }
    *taken = start;
    return written;
}

static void end(int fd)
{
    free(connections[fd].rest);
    connections[fd] = (struct connection){0};
    close(fd);
}

static void serve(int fd)
{
    struct connection *connection = &connections[fd];
    if (connection->rest_bytes)
        memcpy(input, connection->rest, connection->rest_bytes);
    int size = recv(fd, input + connection->rest_bytes, BUFFER_BYTES, 0);
    if (size <= 0) {
        end(fd);
        return;
    }
    size += connection->rest_bytes;
    if (!connection->open) {
        connection->open = 1;
        send(fd, ANSWER, sizeof ANSWER - 1, MSG_NOSIGNAL);
        return;
    }
    int closing = (input[0] & 0x0f) == 8, taken;
    int written = echo_frames(input, size, &taken);
    if (send(fd, output, written, MSG_NOSIGNAL) < written || closing || size - taken > MAX_REST_BYTES) {
        end(fd);
        return;
    }
    connection->rest_bytes = size - taken;
    if (connection->rest_bytes) {
        if (!connection->rest)
            connection->rest = malloc(MAX_REST_BYTES);
        memcpy(connection->rest, input + taken, connection->rest_bytes);
    }
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 0)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int yes = 1, listener = socket(AF_INET, SOCK_STREAM, 0), poller = epoll_create1(0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 4096) < 0) {
        perror("floor");
        return 1;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, ready[256];
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(poller, ready, 256, -1);
        for (int i = 0; i < count; i++) {
            if (ready[i].data.fd != listener) {
                serve(ready[i].data.fd);
                continue;
            }
            int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
            if (fd < 0 || fd >= MAX_FILES)
                continue;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            event.data.fd = fd;
            epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event);
        }
    }
}
