#include "cmongo.h"

#include <mongoc/mongoc.h>
#include <string.h>

char *cmongo_seeds(const char *uri_string, cmongo_error_t *error) {
    bson_error_t failure = {0};
    mongoc_uri_t *uri = mongoc_uri_new_with_error(uri_string, &failure);
    // A client without a pool watches no server: it only resolves.
    mongoc_client_t *client = uri ? mongoc_client_new_from_uri_with_error(uri, &failure) : NULL;
    char *lines = NULL;
    if (client) {
        bson_string_t *text = bson_string_new(NULL);
        for (const mongoc_host_list_t *host = mongoc_uri_get_hosts(mongoc_client_get_uri(client)); host; host = host->next) {
            bson_string_append(text, host->host_and_port);
            bson_string_append(text, "\n");
        }
        lines = strdup(text->str);
        bson_string_free(text, true);
        mongoc_client_destroy(client);
    } else {
        error->domain = failure.domain;
        error->code = failure.code;
        strncpy(error->message, failure.message, sizeof error->message - 1);
        error->message[sizeof error->message - 1] = 0;
    }
    if (uri) mongoc_uri_destroy(uri);
    return lines;
}
