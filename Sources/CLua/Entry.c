// The ways into Lua, each a protected call on a thread of its own, and the way from Lua into Swift.

#include "Host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// From Lua into Swift.

/// Every host function; its place in the list is the upvalue.
static int call_host(lua_State *L) {
    mottle_host *host = host_of(L);
    mottle_charge(L, HOST_CALL_COST);
    mottle_read_values(L, 1, lua_gettop(L));
    int32_t function = (int32_t)lua_tointeger(L, lua_upvalueindex(1));
    int32_t line = mottle_plugin_line(L);
    pthread_mutex_lock(&host->lock);
    bool condemned = host->condemned;
    bool succeeded = !condemned && host->callback(host->context, function, line, &host->values);
    pthread_mutex_unlock(&host->lock);
    // Swift has returned, and what it made is in the host's own buffer: from here on it is safe to raise.
    if (condemned) mottle_stop(L, MOTTLE_TIME);
    lua_settop(L, 0);
    if (succeeded) return mottle_push_values(L);
    mottle_push_place(L);
    lua_pushlstring(L, (const char *)host->values.bytes, host->values.count);
    lua_concat(L, 2);
    return lua_error(L);
}

// What the host's own Lua text is given.

static int primitive_charge(lua_State *L) {
    mottle_charge(L, luaL_checkinteger(L, 1));
    return 0;
}

static int primitive_place(lua_State *L) {
    mottle_push_place(L);
    return 1;
}

/// (place in the list, from 0) → the host function.
static int primitive_bind(lua_State *L) {
    lua_settop(L, 1);
    lua_pushcclosure(L, call_host, 1);
    return 1;
}

/// (metatable, place in the list, from 1): makes it the class of the objects of that type.
static int primitive_define(lua_State *L) {
    lua_settop(L, 2);
    lua_rawgeti(L, LUA_REGISTRYINDEX, host_of(L)->classes);
    lua_insert(L, 1);
    lua_insert(L, 2);
    lua_rawset(L, 1);
    return 0;
}

static int call_wrapped(lua_State *L) {
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

/// Puts a C frame around a function of the host's Lua text. A script's `return f(x)` would replace the script's own
/// frame by a Lua function's, and the line would be lost; before a C function the frame stays.
static int primitive_wrap(lua_State *L) {
    lua_settop(L, 1);
    if (!lua_iscfunction(L, 1)) lua_pushcclosure(L, call_wrapped, 1);
    return 1;
}

static const luaL_Reg primitives[] = {
    {"arity", mottle_arity},    {"draw", mottle_draw},        {"get", mottle_array_get},
    {"set", mottle_array_set},  {"bind", primitive_bind},   {"charge", primitive_charge}, {"define", primitive_define},
    {"pcall", mottle_protected_call}, {"place", primitive_place},   {"wrap", primitive_wrap},
    {NULL, NULL},
};

// The three requests, run by `perform`.

static void open_libraries(lua_State *L) {
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},      {LUA_STRLIBNAME, luaopen_string}, {LUA_TABLIBNAME, luaopen_table},
        {LUA_MATHLIBNAME, luaopen_math}, {NULL, NULL},
    };
    for (const luaL_Reg *library = libraries; library->name != NULL; library++) {
        luaL_requiref(L, library->name, library->func, 1);
        lua_pop(L, 1);
    }
    lua_pushnil(L);  // or argument errors would name functions by their library
    lua_setfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
}

static void load_trusted(lua_State *L, const char *text, size_t count) {
    if (luaL_loadbufferx(L, text, count, HOST_CHUNK, "t") != LUA_OK) lua_error(L);
}

static void prepare(lua_State *L) {
    mottle_host *host = host_of(L);
    // 5.4.4 makes this string, unprotected, when a handler fails for want of memory: it must exist by then.
    lua_pushliteral(L, "error in error handling");
    luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    host->functions = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_newtable(L);
    host->classes = luaL_ref(L, LUA_REGISTRYINDEX);
    open_libraries(L);
    load_trusted(L, host->text, host->text_count);
    luaL_newlib(L, primitives);
    int values = mottle_push_values(L);
    load_trusted(L, host->prelude, host->prelude_count);
    lua_call(L, values + 2, 1);
    host->globals = luaL_ref(L, LUA_REGISTRYINDEX);
}

/// Hands the source out in small pieces, so that a slow compilation ends at the deadline. A piece ends with its line:
/// the pieces then tell the line of an error for which Lua has none.
static const char *read_source(lua_State *L, void *context, size_t *count) {
    mottle_host *host = context;
    if (mottle_thread_time() > host->deadline) mottle_stop(L, MOTTLE_TIME);
    const char *piece = host->text + host->text_read;
    size_t rest = host->text_count - host->text_read;
    *count = rest < SOURCE_PIECE ? rest : SOURCE_PIECE;
    if (host->text_read == 0 || piece[-1] == '\n') host->text_line++;
    const char *end = memchr(piece, '\n', *count);
    if (end != NULL) *count = (size_t)(end + 1 - piece);
    host->text_read += *count;
    return piece;
}

static void run(lua_State *L) {
    mottle_host *host = host_of(L);
    char name[sizeof host->file + 1] = "@";
    strcat(name, host->file);
    host->text_read = 0;
    host->text_line = 0;
    int status = lua_load(L, read_source, host, name, "t");
    if (status == LUA_ERRMEM) mottle_note_memory_error(host);
    if (status != LUA_OK) {
        if (host->killed == MOTTLE_OK) mottle_record_message(L);
        if (host->line == 0) host->line = host->text_line;
        host->status = MOTTLE_LOAD;
        return;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, host->globals);
    lua_setupvalue(L, -2, 1);  // _ENV
    lua_call(L, 0, 0);
}

static void call(lua_State *L) {
    mottle_host *host = host_of(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, host->functions);
    lua_rawgeti(L, 1, host->reference);
    int arguments = mottle_push_values(L);
    lua_call(L, arguments, LUA_MULTRET);
    mottle_read_values(L, 2, lua_gettop(L));
}

static void map(lua_State *L) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, host_of(L)->functions);
    lua_rawgeti(L, -1, host_of(L)->reference);
    mottle_map(L);
}

static int perform(lua_State *L) {
    switch (host_of(L)->request) {
    case REQUEST_PREPARE:
        prepare(L);
        break;
    case REQUEST_RUN:
        run(L);
        break;
    case REQUEST_CALL:
        call(L);
        break;
    case REQUEST_MAP:
        map(L);
        break;
    }
    return 0;
}

/// Runs `perform` with the message handler; its own protection is `serve`'s.
static int guarded(lua_State *L) {
    mottle_host *host = host_of(L);
    lua_pushcfunction(L, mottle_outer_handler);
    lua_pushcfunction(L, perform);
    int status = lua_pcall(L, 0, 0, 1);
    if (status == LUA_OK) return 0;
    host->status = MOTTLE_SCRIPT;
    if (status == LUA_ERRMEM) mottle_note_memory_error(host);
    if (status == LUA_ERRERR) mottle_record_message(L);  // the handler did not finish
    return 0;
}

static void serve(mottle_host *host) {
    lua_State *L = host->lua;
    host->status = MOTTLE_OK;
    host->line = host->return_line = 0;
    host->message_count = 0;
    host->traceback[0] = 0;
    mottle_start_budgets(host);
    lua_settop(L, 0);
    lua_pushcfunction(L, guarded);
    int status = lua_pcall(L, 0, 0, 0);
    if (status == LUA_ERRMEM) mottle_note_memory_error(host);
    if (status != LUA_OK) host->status = MOTTLE_SCRIPT;
    if (host->killed != MOTTLE_OK) host->status = host->killed;  // whatever the error's value says
    lua_settop(L, 0);
}

/// The thread's body.
static void *work(void *context) {
    mottle_host *host = context;
    serve(host);
    pthread_mutex_lock(&host->lock);
    host->finished = true;
    pthread_cond_signal(&host->end);
    pthread_mutex_unlock(&host->lock);
    return NULL;
}

// The thread.

static struct timespec monotonic_after(double seconds) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    int64_t nanoseconds = time.tv_nsec + (int64_t)(seconds * 1e9);
    time.tv_sec += nanoseconds / 1000000000;
    time.tv_nsec = nanoseconds % 1000000000;
    return time;
}

static double processor_seconds(pthread_t thread) {
    clockid_t clock;
    struct timespec time;
    if (pthread_getcpuclockid(thread, &clock) != 0 || clock_gettime(clock, &time) != 0) return 0;
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/// Waits for the thread; false if it used up its grace and was left behind.
static bool join(mottle_host *host, pthread_t thread) {
    double seconds = host->limits.seconds + host->limits.grace;
    struct timespec until = monotonic_after(seconds);
    pthread_mutex_lock(&host->lock);
    while (!host->finished && !host->condemned) {
        if (pthread_cond_timedwait(&host->end, &host->lock, &until) != ETIMEDOUT) continue;
        host->condemned = !host->finished && processor_seconds(thread) >= seconds;
        until = monotonic_after(0.1);  // a busy machine has not given it its time yet
    }
    bool finished = host->finished;
    pthread_mutex_unlock(&host->lock);
    if (finished) {
        pthread_join(thread, NULL);
    } else {
        pthread_detach(thread);
    }
    return finished;
}

static enum mottle_status enter(mottle_host *host, enum mottle_request request) {
    if (host->condemned) return MOTTLE_ABANDONED;
    host->request = request;
    host->finished = false;
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, host->limits.stack);
    int failed = pthread_create(&thread, &attributes, work, host);
    pthread_attr_destroy(&attributes);
    if (failed) return MOTTLE_THREAD;
    return join(host, thread) ? MOTTLE_OK : MOTTLE_ABANDONED;
}

static mottle_outcome outcome_of(mottle_host *host, enum mottle_request request) {
    enum mottle_status entered = enter(host, request);
    // An abandoned thread may still write to the host: nothing of it is read any more.
    if (entered != MOTTLE_OK) return (mottle_outcome){.status = entered, .message = "", .traceback = ""};
    return (mottle_outcome){
        .status = host->status,
        .line = host->line,
        .return_line = host->return_line,
        .message = host->message,
        .message_count = host->message_count,
        .traceback = host->traceback,
        .instructions = host->used,
        .allocations = host->allocations,
        .peak_heap = host->peak_heap,
    };
}

// For Swift.

mottle_host *mottle_host_new(const mottle_limits *limits, mottle_callback callback, void *context) {
    mottle_host *host = calloc(1, sizeof *host);
    if (host == NULL) return NULL;
    host->limits = *limits;
    host->callback = callback;
    host->context = context;
    host->values.limit = limits->transfer;
    host->period = HOOK_PERIOD;
    lua_State *L = lua_newstate(mottle_allocate, host);
    if (L == NULL) {
        free(host);
        return NULL;
    }
    *(mottle_host **)lua_getextraspace(L) = host;
    host->lua = L;
    pthread_mutex_init(&host->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&host->end, &attributes);
    pthread_condattr_destroy(&attributes);
    return host;
}

size_t mottle_host_free(mottle_host *host) {
    lua_close(host->lua);
    size_t left = host->heap;
    pthread_cond_destroy(&host->end);
    pthread_mutex_destroy(&host->lock);
    free(host->values.bytes);
    free(host);
    return left;
}

mottle_buffer *mottle_host_values(mottle_host *host) { return &host->values; }

mottle_outcome mottle_host_prepare(
    mottle_host *host, const char *base, size_t base_count, const char *prelude, size_t prelude_count
) {
    host->text = base;
    host->text_count = base_count;
    host->prelude = prelude;
    host->prelude_count = prelude_count;
    return outcome_of(host, REQUEST_PREPARE);
}

mottle_outcome mottle_host_run(mottle_host *host, const char *file, const char *source, size_t source_count) {
    strncpy(host->file, file, sizeof host->file - 1);
    host->text = source;
    host->text_count = source_count;
    return outcome_of(host, REQUEST_RUN);
}

mottle_outcome mottle_host_map(mottle_host *host, int32_t reference, const float *in, float *out, int64_t count) {
    host->reference = reference;
    host->map_in = in;
    host->map_out = out;
    host->map_count = count;
    return outcome_of(host, REQUEST_MAP);
}

mottle_outcome mottle_host_call(mottle_host *host, int32_t reference, bool watches_returns) {
    host->reference = reference;
    host->watches_returns = watches_returns;
    mottle_outcome outcome = outcome_of(host, REQUEST_CALL);
    if (outcome.status != MOTTLE_ABANDONED) host->watches_returns = false;
    return outcome;
}
