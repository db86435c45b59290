#include "internal.h"

#include <string.h>

/// A client without a pool: it watches no server, has no session of its own and tries once. NULL with `error`.
static mongoc_client_t *single_client(const char *uri_string, cmongo_error_t *error) {
    bson_error_t failure = {0};
    mongoc_uri_t *uri = mongoc_uri_new_with_error(uri_string, &failure);
    mongoc_client_t *client = uri ? mongoc_client_new_from_uri_with_error(uri, &failure) : NULL;
    if (client) {
        mongoc_client_set_error_api(client, MONGOC_ERROR_API_VERSION_2);
    } else {
        cmongo_copy_error(error, &failure);
    }
    if (uri) mongoc_uri_destroy(uri);
    return client;
}

char *cmongo_seeds(const char *uri, cmongo_error_t *error) {
    mongoc_client_t *client = single_client(uri, error);
    if (!client) return NULL;
    bson_string_t *text = bson_string_new(NULL);
    for (const mongoc_host_list_t *host = mongoc_uri_get_hosts(mongoc_client_get_uri(client)); host; host = host->next) {
        bson_string_append(text, host->host_and_port);
        bson_string_append(text, "\n");
    }
    char *lines = strdup(text->str);
    bson_string_free(text, true);
    mongoc_client_destroy(client);
    return lines;
}

bool cmongo_ask(const char *uri, const void *command, size_t length, cmongo_bytes_t *reply, cmongo_error_t *error) {
    bson_error_t failure = {0};
    bson_t body, answer;
    reply->data = NULL;
    mongoc_client_t *client = single_client(uri, error);
    if (!client) return false;
    bool done = bson_init_static(&body, command, length);
    if (done) {
        done = mongoc_client_command_simple(client, "admin", &body, NULL, &answer, &failure);
        if (bson_empty(&answer)) {
            bson_destroy(&answer);
        } else {
            cmongo_steal_reply(reply, &answer);
        }
    }
    if (!done) cmongo_copy_error(error, &failure);
    mongoc_client_destroy(client);
    return done;
}

const char *cmongo_driver_version(void) { return mongoc_get_version(); }
