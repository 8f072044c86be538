#pragma once

// A sandboxed Lua 5.4 state behind plain C: Swift never sees a lua_State, and no Swift frame is on the stack
// when Lua jumps. Swift calls `mottle_host_*`; Lua calls Swift through `mottle_callback`, which reports by its
// result and calls nothing here but `mottle_append`.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How values cross: a count (int64), then each value as one of these tags (a byte) and its payload, unaligned.
enum mottle_tag {
    MOTTLE_NONE,
    MOTTLE_BOOLEAN,   // uint8
    MOTTLE_INTEGER,   // int64
    MOTTLE_NUMBER,    // double
    MOTTLE_STRING,    // int64 length, bytes
    MOTTLE_TABLE,     // int64 list count, int64 field count, list values, then (int64 length, bytes, value) fields
    MOTTLE_FUNCTION,  // int32 reference
    MOTTLE_OBJECT,    // mottle_object
};

/// All that a userdata of this host holds.
typedef struct mottle_object {
    uint32_t type, id, generation;
} mottle_object;

typedef struct mottle_buffer {
    uint8_t *bytes;
    size_t count, capacity, limit;
} mottle_buffer;

/// Returns false, and appends nothing, where the buffer would pass its limit.
bool mottle_append(mottle_buffer *buffer, const void *bytes, size_t count);

typedef struct mottle_limits {
    int64_t instructions;
    double seconds;   // processor time of the script's thread
    double grace;     // seconds past `seconds` after which a thread that does not come back is abandoned
    size_t heap, block, transfer, stack;
    int64_t failing_from, failing_to;  // for tests: of the requests for memory, counted from 0, these fail
} mottle_limits;

enum mottle_status {
    MOTTLE_OK,
    MOTTLE_LOAD,        // the source does not compile
    MOTTLE_SCRIPT,      // the script raised an error
    MOTTLE_FUEL,        // out of instructions
    MOTTLE_TIME,        // out of seconds
    MOTTLE_HEAP,        // out of memory
    MOTTLE_BLOCK,       // one allocation larger than a block may be
    MOTTLE_RECURSION,   // the call stack outgrew a block
    MOTTLE_ABANDONED,   // the thread did not come back; the host must be leaked
    MOTTLE_THREAD,      // no thread could be started
};

typedef struct mottle_outcome {
    enum mottle_status status;
    int32_t line;               // of the script, 0 if unknown
    int32_t return_line;        // where its function returned, 0 if that was not watched
    const char *message;        // `message_count` bytes, without the place
    size_t message_count;
    const char *traceback;      // a line a frame, innermost first
    int64_t instructions;
    int64_t allocations;        // requests for memory since the host was made
    size_t peak_heap;
} mottle_outcome;

/// Runs host function `function` (its place in the list, from 0) for the script's line `line`. `values` holds the
/// arguments. On true it holds the results; on false the error's text.
typedef bool (*mottle_callback)(void *context, int32_t function, int32_t line, mottle_buffer *values);

typedef struct mottle_host mottle_host;

/// A sample's values, or its mask (all bits set for true), that a script reads and writes in place while it runs: objects
/// of the class `array_type`, whose ids are places in the list.
typedef struct mottle_array {
    float *values;
    int32_t is_mask, rank;
    int64_t sizes[8];
} mottle_array;

enum { MOTTLE_DRAWS = 256 };  // random numbers that are made at a time

/// Writes numbers first ... first + MOTTLE_DRAWS - 1 of a sample: uniform for kind 0, normal for kind 1.
typedef void (*mottle_draw_source)(void *context, int32_t kind, int64_t first, float *values);

/// NULL if there is no memory.
mottle_host *mottle_host_new(const mottle_limits *limits, mottle_callback callback, void *context);
/// Returns how many bytes of Lua's were not given back, which must be 0. Not for an abandoned host.
size_t mottle_host_free(mottle_host *host);

/// Holds a call's arguments before it and its results after it.
mottle_buffer *mottle_host_values(mottle_host *host);

/// Runs the trusted text `base` with (primitives, the values, `prelude` as a function). It returns the plugin's globals.
mottle_outcome mottle_host_prepare(mottle_host *host, const char *base, size_t base_count, const char *prelude,
                                   size_t prelude_count);
/// Compiles and runs a plugin; `file` is what messages call it (at most 55 bytes).
mottle_outcome mottle_host_run(mottle_host *host, const char *file, const char *source, size_t source_count);
/// What the next calls work on. The arrays' objects are those of this generation; draws start at number 0 again.
void mottle_host_set_arrays(mottle_host *host, const mottle_array *arrays, int32_t count, uint32_t array_type,
                            uint32_t generation, mottle_draw_source source, void *context);
/// out[i] = the function of in[i], for `count` numbers.
mottle_outcome mottle_host_map(mottle_host *host, int32_t reference, const float *in, float *out, int64_t count);
/// Calls the function of that reference; watching where it returns takes time at every call that it makes.
mottle_outcome mottle_host_call(mottle_host *host, int32_t reference, bool watches_returns);
