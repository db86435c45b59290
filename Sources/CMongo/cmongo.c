#include "internal.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const uint32_t cmongo_domain_server = MONGOC_ERROR_SERVER;
const uint32_t cmongo_domain_write_concern = MONGOC_ERROR_WRITE_CONCERN;
const uint32_t cmongo_domain_stream = MONGOC_ERROR_STREAM;
const uint32_t cmongo_domain_server_selection = MONGOC_ERROR_SERVER_SELECTION;
const uint32_t cmongo_domain_client = MONGOC_ERROR_CLIENT;
const uint32_t cmongo_code_authentication = MONGOC_ERROR_CLIENT_AUTHENTICATE;

struct cmongo_pool {
    mongoc_client_pool_t *pool;
};

struct cmongo_client {
    cmongo_pool_t *pool;
    mongoc_client_t *client;
    mongoc_client_session_t *session;
};

static void discard_log(mongoc_log_level_t level, const char *domain, const char *message, void *data) {
    (void)level;
    (void)domain;
    (void)message;
    (void)data;
}

/// libmongoc initialises itself when it is loaded, before any code of ours can switch that off, and keeps its counters
/// in /dev/shm/mongoc-PID. A process that is killed leaves that file behind, and the next one with the same id prints a
/// warning over our screen. Without its name the memory stays mapped and goes with the process.
__attribute__((constructor)) static void unlink_counters(void) {
    char name[32];
    snprintf(name, sizeof name, "/mongoc-%u", (unsigned)getpid());
    shm_unlink(name);
}

void cmongo_configure_heap(int arenas, int map_threshold, int trim_threshold) {
    mallopt(M_ARENA_MAX, arenas);
    mallopt(M_MMAP_THRESHOLD, map_threshold);
    mallopt(M_TRIM_THRESHOLD, trim_threshold);
}

void cmongo_trim_heap(void) {
    malloc_trim(0);
}

void cmongo_initialize(void) {
    // The handler is a global behind libmongoc's own mutex; setting it again changes nothing.
    mongoc_log_set_handler(discard_log, NULL);
    mongoc_init();
}

void cmongo_copy_error(cmongo_error_t *to, const bson_error_t *from) {
    to->domain = from->domain;
    to->code = from->code;
    memcpy(to->message, from->message, sizeof to->message < sizeof from->message ? sizeof to->message : sizeof from->message);
    to->message[sizeof to->message - 1] = 0;
}

void cmongo_steal_reply(cmongo_bytes_t *to, bson_t *from) {
    uint32_t length = 0;
    // Not bson_new() plus steal: that leaks the struct.
    uint8_t *data = bson_destroy_with_steal(from, true, &length);
    to->data = data;
    to->length = length;
}

cmongo_pool_t *cmongo_pool_new(const char *uri_string, const char *app_name, cmongo_error_t *error) {
    bson_error_t failure = {0};
    mongoc_uri_t *uri = mongoc_uri_new_with_error(uri_string, &failure);
    if (!uri) {
        cmongo_copy_error(error, &failure);
        return NULL;
    }
    mongoc_client_pool_t *pool = mongoc_client_pool_new_with_error(uri, &failure);
    mongoc_uri_destroy(uri);
    if (!pool) {
        cmongo_copy_error(error, &failure);
        return NULL;
    }
    mongoc_client_pool_set_error_api(pool, MONGOC_ERROR_API_VERSION_2);
    mongoc_client_pool_set_appname(pool, app_name);
    cmongo_pool_t *result = bson_malloc0(sizeof *result);
    result->pool = pool;
    return result;
}

void cmongo_pool_destroy(cmongo_pool_t *pool) {
    // Forgets the sessions: telling a server that is gone about their end would block for the server selection time.
    // Servers end them by themselves.
    mongoc_client_t *client = mongoc_client_pool_try_pop(pool->pool);
    if (client) {
        mongoc_client_reset(client);
        mongoc_client_pool_push(pool->pool, client);
    }
    mongoc_client_pool_destroy(pool->pool);
    bson_free(pool);
}

cmongo_client_t *cmongo_client_pop(cmongo_pool_t *pool, cmongo_error_t *error) {
    bson_error_t failure = {0};
    mongoc_client_t *client = mongoc_client_pool_pop(pool->pool);
    if (!client) {
        bson_set_error(&failure, MONGOC_ERROR_CLIENT, MONGOC_ERROR_CLIENT_NOT_READY, "no free connection in the pool");
        cmongo_copy_error(error, &failure);
        return NULL;
    }
    mongoc_session_opt_t *options = mongoc_session_opts_new();
    mongoc_session_opts_set_causal_consistency(options, false);
    mongoc_client_session_t *session = mongoc_client_start_session(client, options, &failure);
    mongoc_session_opts_destroy(options);
    // A server that is not yet in its replica set has no sessions; commands then go without.
    bool has_none = failure.domain == MONGOC_ERROR_CLIENT && failure.code == MONGOC_ERROR_CLIENT_SESSION_FAILURE;
    if (!session && !has_none) {
        mongoc_client_pool_push(pool->pool, client);
        cmongo_copy_error(error, &failure);
        return NULL;
    }
    cmongo_client_t *result = bson_malloc0(sizeof *result);
    result->pool = pool;
    result->client = client;
    result->session = session;
    return result;
}

void cmongo_client_push(cmongo_client_t *client) {
    if (client->session) mongoc_client_session_destroy(client->session);
    mongoc_client_pool_push(client->pool->pool, client->client);
    bson_free(client);
}

uint32_t cmongo_select_primary(cmongo_client_t *client, cmongo_error_t *error) {
    bson_error_t failure = {0};
    mongoc_server_description_t *server = mongoc_client_select_server(client->client, true, NULL, &failure);
    if (!server) {
        cmongo_copy_error(error, &failure);
        return 0;
    }
    uint32_t id = mongoc_server_description_id(server);
    mongoc_server_description_destroy(server);
    return id;
}

bool cmongo_command(cmongo_client_t *client, uint32_t server_id, const char *database, const void *command,
                    size_t length, cmongo_bytes_t *reply, cmongo_error_t *error) {
    bson_error_t failure = {0};
    bson_t body, answer;
    reply->data = NULL;
    if (!bson_init_static(&body, command, length)) {
        bson_set_error(&failure, MONGOC_ERROR_BSON, MONGOC_ERROR_BSON_INVALID, "the command is not BSON");
        cmongo_copy_error(error, &failure);
        return false;
    }
    bson_t options = BSON_INITIALIZER;
    BSON_APPEND_INT32(&options, "serverId", (int32_t)server_id);
    bool done = !client->session || mongoc_client_session_append(client->session, &options, &failure);
    if (done) {
        done = mongoc_client_command_with_opts(client->client, database, &body, NULL, &options, &answer, &failure);
        if (bson_empty(&answer)) {
            bson_destroy(&answer);
        } else {
            cmongo_steal_reply(reply, &answer);
        }
    }
    bson_destroy(&options);
    if (!done) cmongo_copy_error(error, &failure);
    return done;
}
