/// The facade over libmongoc: bytes in, bytes out. The only target that includes mongoc.h.
///
/// Why it exists: Debian's `bson_t` is aligned to 128 bytes, which Swift cannot represent, so no `bson_t` leaves these
/// functions. Every buffer that is handed out came from malloc and belongs to the caller.
#ifndef CMONGO_H
#define CMONGO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// What went wrong. `domain` and `code` are libmongoc's (error API version 2: server codes are the server's own).
typedef struct {
    uint32_t domain;
    uint32_t code;
    char message[504];
} cmongo_error_t;

/// `domain` of an error that the server answered; all others are the driver's.
extern const uint32_t cmongo_domain_server;
/// Server errors of a write concern.
extern const uint32_t cmongo_domain_write_concern;
extern const uint32_t cmongo_domain_stream;
extern const uint32_t cmongo_domain_server_selection;
extern const uint32_t cmongo_domain_client;
extern const uint32_t cmongo_code_authentication;

/// A reply: BSON bytes from malloc, owned by the caller; NULL when there was none.
typedef struct {
    uint8_t *_Nullable data;
    size_t length;
} cmongo_bytes_t;

typedef struct cmongo_pool cmongo_pool_t;
typedef struct cmongo_client cmongo_client_t;

/// Sends libmongoc's own log nowhere; call before anything else, any number of times, from any thread.
void cmongo_initialize(void);

/// Sets the number of malloc's arenas, above how many bytes a block comes from the kernel, and above how many free bytes
/// at its end the heap gives memory back. Call before there is a second thread.
void cmongo_configure_heap(int arenas, int map_threshold, int trim_threshold);

/// Gives the heap's free pages back to the kernel, those in its middle too. Blocks other threads' allocations for
/// milliseconds.
void cmongo_trim_heap(void);

/// Makes a pool; no connection is opened. NULL with `error` when the URI is not accepted. Thread safe but for
/// `cmongo_pool_destroy`, which needs every client back.
cmongo_pool_t *_Nullable cmongo_pool_new(const char *uri, const char *app_name, cmongo_error_t *error);
void cmongo_pool_destroy(cmongo_pool_t *pool);

/// Takes a client with an explicit session (not causally consistent: read concerns are written into the commands).
/// Blocks at most the URI's waitQueueTimeoutMS, and for the session up to serverSelectionTimeoutMS. One thread at a time may use a client.
cmongo_client_t *_Nullable cmongo_client_pop(cmongo_pool_t *pool, cmongo_error_t *error);
/// Gives the client back and ends its session.
void cmongo_client_push(cmongo_client_t *client);

/// The id of the server that is the primary now. Blocks up to serverSelectionTimeoutMS; 0 with `error` set.
uint32_t cmongo_select_primary(cmongo_client_t *client, cmongo_error_t *error);

/// Runs a command as it is, on one server, in the client's session; adds only `$db`, `lsid` and `$clusterTime`.
/// Blocks up to connectTimeoutMS + socketTimeoutMS. False with `error`, and with `reply` where the server answered.
bool cmongo_command(cmongo_client_t *client, uint32_t server_id, const char *database, const void *command,
                    size_t length, cmongo_bytes_t *reply, cmongo_error_t *error);

/// The hosts of a connection string as "host:port" lines, from malloc; those of a mongodb+srv name are looked up in
/// DNS, which blocks as long as the system's resolver does. Opens no connection. NULL with `error`.
char *_Nullable cmongo_seeds(const char *uri, cmongo_error_t *error);

/// Connects, runs one command on `admin` without a session of ours, and disconnects. Tries once, so that a refusal is
/// told at once. Blocks up to connectTimeoutMS + socketTimeoutMS. False with `error`, and with `reply` where the server
/// answered.
bool cmongo_ask(const char *uri, const void *command, size_t length, cmongo_bytes_t *reply, cmongo_error_t *error);

/// The version of libmongoc, such as "1.23.1".
const char *cmongo_driver_version(void);

#pragma clang assume_nonnull end

#endif
