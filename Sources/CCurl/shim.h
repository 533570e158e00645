#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo take a variable argument, which Swift cannot call.

static inline CURLcode phusa_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode phusa_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode phusa_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode phusa_curl_set_writer(CURL *handle, curl_write_callback writer) {
    return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, writer);
}

static inline CURLcode phusa_curl_set_reader(CURL *handle, curl_read_callback reader) {
    return curl_easy_setopt(handle, CURLOPT_READFUNCTION, reader);
}

static inline CURLcode phusa_curl_status(CURL *handle, long *status) {
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, status);
}

static inline CURLcode phusa_curl_content_type(CURL *handle, const char **type) {
    return curl_easy_getinfo(handle, CURLINFO_CONTENT_TYPE, (char **)type);
}

static inline CURLcode phusa_curl_local_address(CURL *handle, const char **address) {
    return curl_easy_getinfo(handle, CURLINFO_LOCAL_IP, (char **)address);
}
