/* Open and close WebSockets as fast as the server lets: connect, handshake, closing handshake, end of the connection.
   Usage: handshakes PORT AT_ONCE SECONDS
   Prints a JSON object: how many were completed, how many failed, and in how many seconds. */
#include "websocket.h"

#include <sys/epoll.h>

static struct attempt {
    int fd, size;
    enum { CONNECTING, OPENING, CLOSING } state;
    char answer[1024];
} *attempts;
static long completed, failed;

static void watch(struct attempt *attempt, uint32_t events, int poller, int operation)
{
    struct epoll_event event = {.events = events, .data.ptr = attempt};
    if (epoll_ctl(poller, operation, attempt->fd, &event) < 0)
        fail("epoll_ctl");
}

static void begin(struct attempt *attempt, int port, int poller)
{
    *attempt = (struct attempt){.fd = connect_to(port, SOCK_NONBLOCK), .state = CONNECTING};
    watch(attempt, EPOLLOUT, poller, EPOLL_CTL_ADD);
}

/* Take the next step; return -1 if that failed, 1 if it was the last. */
static int proceed(struct attempt *attempt, int poller)
{
    uint8_t frame[16];
    if (attempt->state == CONNECTING) {
        attempt->state = OPENING;
        watch(attempt, EPOLLIN, poller, EPOLL_CTL_MOD);
        return send(attempt->fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL) < 0 ? -1 : 0;
    }
    ssize_t received = recv(attempt->fd, attempt->answer + attempt->size, sizeof attempt->answer - 1 - attempt->size, 0);
    if (attempt->state == CLOSING)
        return received > 0 ? 0 : 1; /* the server answers our close frame and ends the connection */
    if (received <= 0)
        return -1;
    attempt->size += received;
    if (!strstr(attempt->answer, "\r\n\r\n"))
        return 0;
    attempt->state = CLOSING;
    size_t size = build_frame(frame, 8, (const uint8_t *)"\x03\xe8", 2); /* 1000 */
    return accepted(attempt->answer) && send(attempt->fd, frame, size, MSG_NOSIGNAL) == (ssize_t)size ? 0 : -1;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    int port = atoi(argv[1]), count = atoi(argv[2]), poller = epoll_create1(0);
    attempts = calloc(count, sizeof *attempts);
    for (int i = 0; i < count; i++)
        begin(&attempts[i], port, poller);
    int64_t start = now_ns(CLOCK_MONOTONIC), end = start + atof(argv[3]) * SECOND_NS;
    struct epoll_event ready[256];
    while (now_ns(CLOCK_MONOTONIC) < end) {
        int events = epoll_wait(poller, ready, 256, 100);
        for (int i = 0; i < events; i++) {
            struct attempt *attempt = ready[i].data.ptr;
            int outcome = proceed(attempt, poller);
            if (!outcome)
                continue;
            *(outcome > 0 ? &completed : &failed) += 1;
            close(attempt->fd);
            begin(attempt, port, poller);
        }
    }
    printf("{\"completed\": %ld, \"failed\": %ld, \"seconds\": %.3f}\n", completed, failed,
           (now_ns(CLOCK_MONOTONIC) - start) / (double)SECOND_NS);
}
