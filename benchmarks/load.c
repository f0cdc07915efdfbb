/* Open calls on a WebSocket echo server and stream audio: in every period each call sends one frame, at a random moment
   of its own slot of the period, on an absolute clock, whatever comes back. Every echo is compared with what was sent.
   A round trip ends when the kernel has the echo (its time stamp), so that this program may read it later: a call reads
   what is there before it sends, needs no epoll, and costs less than the servers that it measures.
   Each call first sends `websocket:connected`, as the telephony platform does, and answers `notify` and pings as one
   whose queue is empty. Its queue plays one frame every 20 ms and obeys `clear`: a frame's age is that at which it is
   played.
   Usage: load PORT CALLS FRAMES_PER_SECOND WARM_UP_SECONDS SECONDS TLS (0 or 1: any certificate will do) AFTER_SECONDS
   (0, or a second load without a stop: two seconds that don't count, and these)
   Prints `open`, `begin` and `end` when it comes to it, then the result as a JSON object. */
#include "websocket.h"

#include "connection.h"

#include <sys/prctl.h>

enum { MAX_RTT_US = 10000000, PENDING_BYTES = 8192, QUEUE_FRAMES = 512, FRAME_NS = 20000000, REST_SECONDS = 2 };

struct mark { /* in the payload of a frame */
    int64_t sent_at;
    uint32_t call, number, measured;
};

static const uint8_t CONNECTED[] = "{\"event\":\"websocket:connected\",\"content-type\":\"audio/l16;rate=16000\"}";

static struct call {
    struct connection connection;
    int pending_bytes;
    uint32_t sent, echoed;         /* numbers of the next frames */
    uint8_t pending[PENDING_BYTES]; /* read, but no whole frame yet */
    int64_t plays_until;
    int64_t starts[QUEUE_FRAMES], ages[QUEUE_FRAMES]; /* of the frames in the play-out queue, by their number */
    uint32_t queued, played;
} *calls;
static uint32_t round_trips[MAX_RTT_US + 1]; /* how many took so many microseconds */
static uint32_t after_round_trips[MAX_RTT_US + 1], ages[MAX_RTT_US + 1];
static uint8_t audio[FRAME_BYTES];           /* behind the mark, the same in all frames */
static int64_t sent[3], echoed[3], corrupt, ended, latest_send_ns; /* by the load: 1, or 2 for the one after it */

static void open_call(struct call *call, int port, SSL_CTX *tls)
{
    char answer[PENDING_BYTES] = "";
    uint8_t frame[256];
    int yes = 1, size = snprintf(answer, sizeof answer, REQUEST, "");
    call->connection.fd = connect_to(port, 0);
    if (tls)
        begin_tls(&call->connection, tls);
    if (!transmit(&call->connection, answer, size, 0))
        fail("send");
    *answer = size = 0;
    while (!strstr(answer, "\r\n\r\n")) {
        int room = sizeof answer - 1 - size, received = recv(call->connection.fd, answer + size, room, 0);
        if (received <= 0)
            fail("handshake");
        size += decrypt(&call->connection, (uint8_t *)answer + size, received, room);
        answer[size] = 0;
    }
    if (!accepted(answer))
        fail(answer);
    size = build_frame(frame, 1, CONNECTED, sizeof CONNECTED - 1);
    if (!transmit(&call->connection, frame, size, 0))
        fail("send");
    if (setsockopt(call->connection.fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof yes) < 0)
        fail("setsockopt");
}

static void end_call(struct call *call)
{
    close(call->connection.fd);
    call->connection.fd = -1;
    ended++;
}

static void send_frame(struct call *call, int64_t due, int measured)
{
    uint8_t payload[FRAME_BYTES], frame[FRAME_BYTES + 8];
    int64_t lateness_ns = now_ns(CLOCK_MONOTONIC) - due;
    if (measured && lateness_ns > latest_send_ns)
        latest_send_ns = lateness_ns;
    memcpy(payload, audio, sizeof payload);
    struct mark mark = {now_ns(CLOCK_REALTIME), call - calls, call->sent++, measured};
    memcpy(payload, &mark, sizeof mark);
    size_t size = build_frame(frame, 2, payload, sizeof payload);
    sent[measured]++;
    if (!transmit(&call->connection, frame, size, MSG_DONTWAIT))
        end_call(call);
}

static void count(uint32_t *times, int64_t ns)
{
    times[ns < 0 ? 0 : ns / 1000 < MAX_RTT_US ? ns / 1000 : MAX_RTT_US]++;
}

/* Let the platform's queue play until now. */
static void play(struct call *call, int64_t now)
{
    for (; call->played < call->queued && call->starts[call->played % QUEUE_FRAMES] <= now; call->played++)
        if (call->ages[call->played % QUEUE_FRAMES])
            count(ages, call->ages[call->played % QUEUE_FRAMES]);
}

static void queue(struct call *call, const struct mark *mark, int64_t now)
{
    play(call, call->queued - call->played == QUEUE_FRAMES ? INT64_MAX : now);
    int64_t start = call->plays_until > now ? call->plays_until : now;
    call->starts[call->queued % QUEUE_FRAMES] = start;
    call->ages[call->queued++ % QUEUE_FRAMES] = mark->measured == 1 ? start - mark->sent_at : 0;
    call->plays_until = start + FRAME_NS;
}

static void check_echo(struct call *call, const uint8_t *payload, int length, int64_t received_at)
{
    struct mark mark;
    memcpy(&mark, payload, sizeof mark);
    int whole = length == FRAME_BYTES && !memcmp(payload + sizeof mark, audio + sizeof mark, length - sizeof mark);
    if (!whole || mark.call != call - calls || mark.number < call->echoed || mark.number >= call->sent) {
        corrupt++;
        return;
    }
    call->echoed = mark.number + 1;
    echoed[mark.measured]++;
    queue(call, &mark, received_at ? received_at : now_ns(CLOCK_REALTIME));
    if (mark.measured && received_at)
        count(mark.measured == 1 ? round_trips : after_round_trips, received_at - mark.sent_at);
}

/* Answer a ping, or a `notify` with its own payload; any other message needs no answer. */
static void answer(struct call *call, int opcode, const uint8_t *message, int length)
{
    static const char EVENT[] = "{\"event\": \"websocket:notify\", ", ACTION[] = "{\"action\": \"notify\", ";
    uint8_t text[256], frame[256];
    int size = 0;
    if (opcode == 9) {
        size = build_frame(frame, 10, message, length);
    } else if (opcode == 1 && length >= (int)sizeof ACTION && !memcmp(message, ACTION, sizeof ACTION - 1)) {
        length -= sizeof ACTION - 1;
        memcpy(text, EVENT, sizeof EVENT - 1);
        memcpy(text + sizeof EVENT - 1, message + sizeof ACTION - 1, length);
        size = build_frame(frame, 1, text, sizeof EVENT - 1 + length);
    } else if (opcode == 1) { /* `clear` */
        int64_t now = now_ns(CLOCK_REALTIME);
        play(call, now);
        call->queued = call->played;
        call->plays_until = now;
    }
    if (size && !transmit(&call->connection, frame, size, MSG_DONTWAIT))
        end_call(call);
}

/* Read what has come, at most a buffer; return whether there may be more. */
static int receive(struct call *call)
{
    char control[CMSG_SPACE(sizeof(struct timespec))] = "";
    int room = PENDING_BYTES - call->pending_bytes, start = 0;
    struct iovec buffer = {call->pending + call->pending_bytes, room};
    struct msghdr message = {.msg_iov = &buffer, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t received = recvmsg(call->connection.fd, &message, MSG_DONTWAIT);
    if (received <= 0) {
        if (!received || errno != EAGAIN)
            end_call(call);
        return 0;
    }
    int64_t received_at = now_ns(CLOCK_REALTIME); /* the first bytes of a call may have no stamp */
    if (CMSG_FIRSTHDR(&message)) {
        struct timespec *stamp = (struct timespec *)CMSG_DATA(CMSG_FIRSTHDR(&message));
        received_at = stamp->tv_sec * (int64_t)SECOND_NS + stamp->tv_nsec;
    }
    call->pending_bytes += decrypt(&call->connection, buffer.iov_base, received, room);
    while (call->pending_bytes - start >= 4) {
        uint8_t *frame = call->pending + start;
        int header = frame[1] == 126 ? 4 : 2, length = header == 2 ? frame[1] : frame[2] << 8 | frame[3];
        if (call->pending_bytes - start < header + length)
            break;
        int rest = call->pending_bytes - start - header - length; /* the stamp is that of the last byte */
        if ((frame[0] & 0x0f) == 2)
            check_echo(call, frame + header, length, !rest || frame[header + length] == 0x82 ? received_at : 0);
        else if (length < 126 && call->connection.fd >= 0)
            answer(call, frame[0] & 0x0f, frame + header, length);
        start += header + length;
    }
    call->pending_bytes -= start;
    memmove(call->pending, call->pending + start, call->pending_bytes);
    return received == room;
}

static void sleep_until(int64_t time)
{
    struct timespec wake_up = {time / SECOND_NS, time % SECOND_NS};
    if (now_ns(CLOCK_MONOTONIC) < time)
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &wake_up, NULL);
}

static int percentile_us(const uint32_t *times, double share)
{
    int64_t left = 0;
    int microseconds = 0;
    for (int i = 0; i <= MAX_RTT_US; i++)
        left += times[i];
    left *= share;
    while (microseconds < MAX_RTT_US && left >= times[microseconds])
        left -= times[microseconds++];
    return microseconds;
}

static int longest_us(const uint32_t *times)
{
    int microseconds = MAX_RTT_US;
    while (microseconds && !times[microseconds])
        microseconds--;
    return microseconds;
}

int main(int argc, char **argv)
{
    if (argc != 8)
        return 2;
    SSL_CTX *tls = atoi(argv[6]) ? SSL_CTX_new(TLS_client_method()) : NULL;
    int count = atoi(argv[2]), measured = 0;
    setlinebuf(stdout); /* the marks are waited for */
    prctl(PR_SET_TIMERSLACK, 1);
    for (int i = 0; i < FRAME_BYTES; i++)
        audio[i] = random_bits();
    calls = calloc(count, sizeof *calls);
    for (int i = 0; i < count; i++)
        open_call(&calls[i], atoi(argv[1]), tls);
    puts("open");
    int64_t slot_ns = SECOND_NS / atof(argv[3]) / count, start = now_ns(CLOCK_MONOTONIC);
    int64_t begin = start + atof(argv[4]) * SECOND_NS, end = begin + atof(argv[5]) * SECOND_NS, last = end;
    int64_t after_ns = atof(argv[7]) * SECOND_NS;
    if (after_ns)
        last = end + REST_SECONDS * (int64_t)SECOND_NS + after_ns;
    for (int64_t slot = 0, due; (due = start + slot * slot_ns + random_bits() % slot_ns) < last; slot++) {
        struct call *call = &calls[slot % count];
        sleep_until(due);
        if (!measured && due >= begin)
            measured = puts("begin") != EOF;
        if (measured == 1 && due >= end)
            measured = puts("end") != EOF ? 3 : 0;
        while (call->connection.fd >= 0 && receive(call))
            ;
        if (call->connection.fd >= 0)
            send_frame(call, due, measured < 3 ? measured : due >= last - after_ns ? 2 : 0);
    }
    if (!after_ns)
        puts("end");
    sleep_until(last + SECOND_NS);
    for (struct call *call = calls; call < calls + count; call++) {
        while (call->connection.fd >= 0 && receive(call))
            ;
        play(call, INT64_MAX);
    }
    printf("{\"sent\": %ld, \"echoed\": %ld, \"corrupt\": %ld, \"ended\": %ld, \"p50_us\": %d, \"p99_us\": %d, "
           "\"max_us\": %d, \"latest_send_us\": %ld, \"age_p99_us\": %d, \"age_max_us\": %d, \"after_sent\": %ld, "
           "\"after_echoed\": %ld, \"after_p99_us\": %d}\n",
           (long)sent[1], (long)echoed[1], (long)corrupt, (long)ended, percentile_us(round_trips, 0.5),
           percentile_us(round_trips, 0.99), longest_us(round_trips), (long)latest_send_ns / 1000,
           percentile_us(ages, 0.99), longest_us(ages), (long)sent[2], (long)echoed[2],
           percentile_us(after_round_trips, 0.99));
}
