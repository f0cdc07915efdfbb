/* What the load generator's two programs share: an opening handshake (RFC 6455, section 4), frames, and a clock. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_BYTES = 640, SECOND_NS = 1000000000 };

/* The key and its answer are those of RFC 6455, section 1.3; %s stands for further header lines. */
#define REQUEST \
    "GET /socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n"
static const char ACCEPT[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

static inline int64_t now_ns(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * (int64_t)SECOND_NS + time.tv_nsec;
}

static inline uint32_t random_bits(void) /* xorshift */
{
    static uint32_t state = 2463534242;
    state ^= state << 13;
    state ^= state >> 17;
    return state ^= state << 5;
}

static inline void fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(1);
}

static inline int connect_to(int port, int socket_flags)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM | socket_flags, 0);
    if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) < 0)
        fail("socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS)
        fail("connect");
    return fd;
}

/* Whether a server's answer, NUL-terminated, opens the WebSocket. */
static inline int accepted(const char *answer)
{
    return !strncmp(answer, "HTTP/1.1 101 ", 13) && strstr(answer, ACCEPT);
}

/* Build a client's masked frame of a payload shorter than 65536 bytes; return its size. */
static inline size_t build_frame(uint8_t *frame, uint8_t opcode, const uint8_t *payload, size_t length)
{
    size_t size = 0;
    frame[size++] = 0x80 | opcode;
    frame[size++] = 0x80 | (length < 126 ? length : 126);
    if (length >= 126) {
        frame[size++] = length >> 8;
        frame[size++] = length;
    }
    uint32_t bits = random_bits();
    uint8_t mask[4];
    memcpy(mask, &bits, 4);
    memcpy(frame + size, mask, 4);
    size += 4;
    for (size_t i = 0; i < length; i++)
        frame[size + i] = payload[i] ^ mask[i & 3];
    return size + length;
}
