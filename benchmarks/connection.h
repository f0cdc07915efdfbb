/* A connection to a server, plain or with TLS. TLS reads and writes memory here, never the socket: so the kernel's time
   stamps, and what it took of a frame at once, are there for both. Any certificate will do. */
#include <openssl/ssl.h>

enum { RECORD_BYTES = 8192 };

struct connection {
    int fd;
    SSL *tls; /* NULL: plain */
};

/* Send what TLS has to send; return whether the kernel took all of it. */
static inline int flush_tls(struct connection *connection, int flags)
{
    uint8_t record[RECORD_BYTES];
    int size = BIO_read(SSL_get_wbio(connection->tls), record, sizeof record);
    return size <= 0 || send(connection->fd, record, size, MSG_NOSIGNAL | flags) == size;
}

/* Send bytes; return whether the kernel took all of them. */
static inline int transmit(struct connection *connection, const void *bytes, int size, int flags)
{
    if (!connection->tls)
        return send(connection->fd, bytes, size, MSG_NOSIGNAL | flags) == size;
    return SSL_write(connection->tls, bytes, size) == size && flush_tls(connection, flags);
}

/* Return how many of some bytes from the socket are the server's words, written over them. */
static inline int decrypt(struct connection *connection, uint8_t *bytes, int size, int room)
{
    if (!connection->tls)
        return size;
    BIO_write(SSL_get_rbio(connection->tls), bytes, size);
    int all = 0, some;
    while (all < room && (some = SSL_read(connection->tls, bytes + all, room - all)) > 0)
        all += some;
    return all;
}

static inline void begin_tls(struct connection *connection, SSL_CTX *context)
{
    uint8_t record[RECORD_BYTES];
    connection->tls = SSL_new(context);
    SSL_set_bio(connection->tls, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_tlsext_host_name(connection->tls, "localhost");
    while (SSL_connect(connection->tls) != 1) {
        if (!flush_tls(connection, 0))
            fail("send");
        int received = recv(connection->fd, record, sizeof record, 0);
        if (received <= 0)
            fail("TLS handshake");
        BIO_write(SSL_get_rbio(connection->tls), record, received);
    }
    if (!flush_tls(connection, 0))
        fail("send");
}
