/* Open and close WebSockets as fast as the server lets: connect, handshake, closing handshake, end of the connection.
   Before each, ask the answer webhook for its token, if asked to: what a new call costs in all.
   Usage: handshakes PORT AT_ONCE SECONDS ASKS (0 or 1)
   Prints a JSON object: how many were completed, how many failed, and in how many seconds. */
#include "websocket.h"

#include <sys/epoll.h>

#define QUESTION \
    "GET /webhooks/answer?uuid=%llx&conversation_uuid=CON-1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

static struct attempt {
    int fd, size;
    enum { CONNECTING, ASKING, OPENING, CLOSING } state;
    char authorization[1024]; /* what the answer webhook told; empty before, and where it is not asked */
    char answer[4096];
} *attempts;
static long completed, failed;
static int port, poller, asks;
static unsigned long long next_uuid;

static void watch(struct attempt *attempt, uint32_t events, int operation)
{
    struct epoll_event event = {.events = events, .data.ptr = attempt};
    if (epoll_ctl(poller, operation, attempt->fd, &event) < 0)
        fail("epoll_ctl");
}

static void begin(struct attempt *attempt)
{
    attempt->fd = connect_to(port, SOCK_NONBLOCK);
    attempt->state = CONNECTING;
    attempt->size = 0;
    memset(attempt->answer, 0, sizeof attempt->answer);
    watch(attempt, EPOLLOUT, EPOLL_CTL_ADD);
}

/* Ask the answer webhook about a new call, or open the socket; return -1 if that failed. */
static int request(struct attempt *attempt)
{
    char text[2048];
    attempt->state = asks && !*attempt->authorization ? ASKING : OPENING;
    if (attempt->state == ASKING)
        snprintf(text, sizeof text, QUESTION, next_uuid++);
    else
        snprintf(text, sizeof text, REQUEST, attempt->authorization);
    watch(attempt, EPOLLIN, EPOLL_CTL_MOD);
    return send(attempt->fd, text, strlen(text), MSG_NOSIGNAL) < 0 ? -1 : 0;
}

/* Keep the Authorization header that the NCCO names, and go on to the socket; return -1 if there is none. */
static int take_authorization(struct attempt *attempt)
{
    char *value = strstr(attempt->answer, "\"Bearer ");
    if (strncmp(attempt->answer, "HTTP/1.1 200 ", 13) || !value || !strchr(value + 1, '"'))
        return -1;
    snprintf(attempt->authorization, sizeof attempt->authorization, "Authorization: %.*s\r\n",
             (int)strcspn(value + 1, "\""), value + 1);
    close(attempt->fd);
    begin(attempt);
    return 0;
}

/* Take the next step; return -1 if that failed, 1 if it was the last. */
static int proceed(struct attempt *attempt)
{
    uint8_t frame[16];
    if (attempt->state == CONNECTING)
        return request(attempt);
    ssize_t received = recv(attempt->fd, attempt->answer + attempt->size, sizeof attempt->answer - 1 - attempt->size, 0);
    if (attempt->state == CLOSING)
        return received > 0 ? 0 : 1; /* the server answers our close frame and ends the connection */
    if (attempt->state == ASKING && !received)
        return take_authorization(attempt);
    if (received <= 0)
        return -1;
    attempt->size += received;
    if (attempt->state == ASKING || !strstr(attempt->answer, "\r\n\r\n"))
        return 0;
    attempt->state = CLOSING;
    size_t size = build_frame(frame, 8, (const uint8_t *)"\x03\xe8", 2); /* 1000 */
    return accepted(attempt->answer) && send(attempt->fd, frame, size, MSG_NOSIGNAL) == (ssize_t)size ? 0 : -1;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    int count = atoi(argv[2]);
    port = atoi(argv[1]), poller = epoll_create1(0), asks = atoi(argv[4]), next_uuid = now_ns(CLOCK_REALTIME);
    attempts = calloc(count, sizeof *attempts);
    for (int i = 0; i < count; i++)
        begin(&attempts[i]);
    int64_t start = now_ns(CLOCK_MONOTONIC), end = start + atof(argv[3]) * SECOND_NS;
    struct epoll_event ready[256];
    while (now_ns(CLOCK_MONOTONIC) < end) {
        int events = epoll_wait(poller, ready, 256, 100);
        for (int i = 0; i < events; i++) {
            struct attempt *attempt = ready[i].data.ptr;
            int outcome = proceed(attempt);
            if (!outcome)
                continue;
            *(outcome > 0 ? &completed : &failed) += 1;
            close(attempt->fd);
            *attempt->authorization = 0;
            begin(attempt);
        }
    }
    printf("{\"completed\": %ld, \"failed\": %ld, \"seconds\": %.3f}\n", completed, failed,
           (now_ns(CLOCK_MONOTONIC) - start) / (double)SECOND_NS);
}
