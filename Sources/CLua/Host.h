#pragma once

#include "CLua.h"

#include <lua5.4/lauxlib.h>
#include <lua5.4/lua.h>
#include <lua5.4/lualib.h>
#include <pthread.h>

/// The name of the host's own Lua text in Lua's messages; a plugin's frames are those whose source starts with '@'.
#define HOST_NAME "[host]"
#define HOST_CHUNK "=" HOST_NAME

enum {
    HOOK_PERIOD = 1000,         // instructions between two checks of the budgets
    HOOK_PERIOD_LARGE = 100,    // the same while a large block lives: one instruction can then cost milliseconds
    LARGE_BLOCK = 128 * 1024,
    DEEP_CALLS = 1000,          // a stack this deep that outgrows a block is called endless recursion
    SOURCE_PIECE = 256,         // bytes that the compiler gets at once
    HOST_CALL_COST = 10,        // instructions charged for a call of a host function or of pcall
    VALUE_COST = 10,            // the same for each value that crosses to Swift, where it is built anew
    CAUGHT_ERROR_COST = 200,    // the same for an error that pcall holds: a jump, and a message to word
};

enum mottle_request { REQUEST_PREPARE, REQUEST_RUN, REQUEST_CALL, REQUEST_MAP };

struct mottle_host {
    lua_State *lua;
    mottle_limits limits;
    mottle_callback callback;
    void *context;
    mottle_buffer values;
    int functions, classes, globals;  // places in the registry

    // budgets of the current entry
    int64_t fuel, used;
    int64_t deadline;  // nanoseconds of the thread's processor time
    int period;
    size_t heap, peak_heap;
    int64_t allocations;
    int large_blocks;
    enum mottle_status killed;  // sticky until the next entry
    enum mottle_status denied;  // why the allocator last refused,
    int denied_line;            // and where

    // the current entry
    enum mottle_request request;
    char file[64];  // of the plugin, "" while preparing
    const char *text, *prelude;
    size_t text_count, prelude_count, text_read;
    int text_line;  // of the last piece handed to the compiler
    int32_t reference;
    bool watches_returns;  // to know the line of the last one; every call then takes longer
    int return_line;
    const float *map_in;
    float *map_out;
    int64_t map_count;

    // the sample that scripts work on
    mottle_array arrays[2];
    int32_t array_count;
    uint32_t array_type, array_generation;
    mottle_draw_source draw_source;
    void *draw_context;
    struct {
        float values[MOTTLE_DRAWS];
        int64_t drawn;
    } draws[2];  // uniform, normal

    // its outcome
    enum mottle_status status;
    int line;
    char message[4096];
    size_t message_count;
    char traceback[4096];

    pthread_mutex_t lock;  // held while Swift runs for a script, so that no thread is abandoned inside Swift
    bool condemned;        // under `lock`
    bool finished;         // under `lock`; signalled by `end`
    pthread_cond_t end;
};

static inline mottle_host *host_of(lua_State *L) { return *(mottle_host **)lua_getextraspace(L); }

// Budgets.c
int64_t mottle_thread_time(void);
void *mottle_allocate(void *context, void *block, size_t old_size, size_t size);
void mottle_start_budgets(mottle_host *host);
/// Takes `cost` instructions; raises if the budget is spent.
void mottle_charge(lua_State *L, int64_t cost);
/// Raises the kill that no pcall of the script can hold.
void mottle_stop(lua_State *L, enum mottle_status reason);
/// The kill's reason where a protected call ended for want of memory.
void mottle_note_memory_error(mottle_host *host);

// Errors.c
/// The line of the innermost frame of the plugin, 0 if none is active.
int mottle_plugin_line(lua_State *L);
/// Writes the plugin's line and frames to the host; allocates nothing.
void mottle_record_place(lua_State *L);
/// Pushes "file:line: " for the innermost frame of the plugin.
void mottle_push_place(lua_State *L);
/// Stores the error value at the top of the stack, its place split off, as the outcome's message.
void mottle_record_message(lua_State *L);
/// What messages call a value's type: of a userdata its class.
const char *mottle_type_name(lua_State *L, int index);
int mottle_outer_handler(lua_State *L);
int mottle_protected_call(lua_State *L);

// Arrays.c
/// (array, row, column …) → the value there.
int mottle_array_get(lua_State *L);
/// (array, row, column …, value): puts it there.
int mottle_array_set(lua_State *L);
/// (kind) → the next uniform (0) or normal (1) number of the sample.
int mottle_draw(lua_State *L);
/// (function) → how many parameters it names.
int mottle_arity(lua_State *L);
/// Maps the host's numbers through the function at the top of the stack.
void mottle_map(lua_State *L);

// Values.c
void mottle_read_values(lua_State *L, int first, int last);
int mottle_push_values(lua_State *L);
