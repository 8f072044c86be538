// Memory, instructions and time: what keeps a script within its limits.

#include "Host.h"

#include <stdlib.h>
#include <time.h>

int64_t mottle_thread_time(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void hook(lua_State *L, lua_Debug *activation);

static void set_period(mottle_host *host, int period) {
    host->period = period;
    lua_sethook(host->lua, hook, LUA_MASKCOUNT | (host->watches_returns ? LUA_MASKRET : 0), period);
}

void mottle_start_budgets(mottle_host *host) {
    bool trusted = host->request == REQUEST_PREPARE;  // the host's own text: the limits are not for it
    host->fuel = trusted ? INT64_MAX : host->limits.instructions;
    host->used = 0;
    host->deadline = trusted ? INT64_MAX : mottle_thread_time() + (int64_t)(host->limits.seconds * 1e9);
    host->peak_heap = host->heap;
    host->killed = host->denied = MOTTLE_OK;
    host->denied_line = 0;
    set_period(host, host->large_blocks > 0 ? HOOK_PERIOD_LARGE : HOOK_PERIOD);
}

static void *deny(mottle_host *host, enum mottle_status reason) {
    lua_Debug activation;
    if (host->lua != NULL) {  // reading the frames needs no memory
        bool deep = lua_getstack(host->lua, DEEP_CALLS, &activation);
        if (reason == MOTTLE_BLOCK && deep) reason = MOTTLE_RECURSION;
        host->denied_line = mottle_plugin_line(host->lua);
    }
    host->denied = reason;
    return NULL;
}

void *mottle_allocate(void *context, void *block, size_t old_size, size_t size) {
    mottle_host *host = context;
    if (block == NULL) old_size = 0;  // Lua then passes a type tag
    if (size == 0) {
        free(block);
        host->heap -= old_size;
        host->large_blocks -= old_size >= LARGE_BLOCK;
        return NULL;
    }
    if (size > old_size) {
        int64_t request = host->allocations++;
        if (request >= host->limits.failing_from && request < host->limits.failing_to) return deny(host, MOTTLE_HEAP);
        if (size > host->limits.block) return deny(host, MOTTLE_BLOCK);
        if (host->heap - old_size + size > host->limits.heap) return deny(host, MOTTLE_HEAP);
    }
    void *grown = realloc(block, size);
    if (grown == NULL) return deny(host, MOTTLE_HEAP);
    host->heap += size - old_size;
    if (host->heap > host->peak_heap) host->peak_heap = host->heap;
    host->large_blocks += (size >= LARGE_BLOCK) - (old_size >= LARGE_BLOCK);
    // Setting the hook restarts its count, so the period only ever shrinks here; the hook alone lets it grow again.
    // Otherwise a script could put the hook off for ever by making and dropping large blocks.
    if (host->large_blocks > 0 && host->period == HOOK_PERIOD) {
        host->fuel -= HOOK_PERIOD;
        host->used += HOOK_PERIOD;
        set_period(host, HOOK_PERIOD_LARGE);
    }
    return grown;
}

void mottle_stop(lua_State *L, enum mottle_status reason) {
    mottle_host *host = host_of(L);
    if (host->killed == MOTTLE_OK) {
        host->killed = reason;
        mottle_record_place(L);
    }
    lua_pushlightuserdata(L, host);  // allocates nothing; no script ever sees it
    lua_error(L);
}

void mottle_note_memory_error(mottle_host *host) {
    if (host->killed != MOTTLE_OK) return;
    host->killed = host->denied == MOTTLE_OK ? MOTTLE_HEAP : host->denied;
    host->line = host->denied_line;
    host->traceback[0] = 0;
}

void mottle_charge(lua_State *L, int64_t cost) {
    mottle_host *host = host_of(L);
    host->fuel -= cost;
    host->used += cost;
    if (host->killed != MOTTLE_OK) mottle_stop(L, host->killed);
    if (host->fuel <= 0) mottle_stop(L, MOTTLE_FUEL);
    if (cost >= HOOK_PERIOD && mottle_thread_time() > host->deadline) mottle_stop(L, MOTTLE_TIME);
}

static void hook(lua_State *L, lua_Debug *activation) {
    mottle_host *host = host_of(L);
    if (activation->event == LUA_HOOKRET) {
        lua_getinfo(L, "Sl", activation);
        if (activation->source[0] == '@') host->return_line = activation->currentline;
        return;
    }
    int elapsed = host->period;
    if (elapsed != HOOK_PERIOD && host->large_blocks == 0) set_period(host, HOOK_PERIOD);
    mottle_charge(L, elapsed);
    if (mottle_thread_time() > host->deadline) mottle_stop(L, MOTTLE_TIME);
}
