// Where an error happened and what it says, in the plugin's own terms.

#include "Host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_plugin_frame(lua_State *L, int level, lua_Debug *activation) {
    return lua_getstack(L, level, activation) && lua_getinfo(L, "Sl", activation) && activation->source[0] == '@';
}

int mottle_plugin_line(lua_State *L) {
    lua_Debug activation;
    for (int level = 0; lua_getstack(L, level, &activation); level++) {
        if (is_plugin_frame(L, level, &activation)) return activation.currentline;
    }
    return 0;
}

/// Appends "file:line in function 'name'"; false if there is no room.
static bool append_frame(lua_State *L, int level, lua_Debug *frame, char *end, size_t room) {
    mottle_host *host = host_of(L);
    lua_Debug caller;
    lua_getinfo(L, "n", frame);
    int count;
    if (frame->what[0] == 'm') {  // "main"
        count = snprintf(end, room, "%s:%d in main chunk\n", host->file, frame->currentline);
    } else if (frame->name != NULL && is_plugin_frame(L, level + 1, &caller)) {
        count = snprintf(end, room, "%s:%d in function '%.60s'\n", host->file, frame->currentline, frame->name);
    } else {  // called by the host, whose names mean nothing to the reader
        count = snprintf(end, room, "%s:%d in function of line %d\n", host->file, frame->currentline,
                         frame->linedefined);
    }
    if (count < 0 || (size_t)count >= room) return false;
    for (char *byte = end; byte < end + count - 1; byte++) {  // a name is any string constant
        if (*byte == '\n') *byte = ' ';
    }
    return true;
}

void mottle_record_place(lua_State *L) {
    enum { FRAMES = 10 };  // innermost ones shown
    mottle_host *host = host_of(L);
    lua_Debug frame;
    char *end = host->traceback;
    size_t room = sizeof host->traceback - 8;  // keeps room for the dots
    int frames = 0;
    host->line = 0;
    *end = 0;
    for (int level = 0; lua_getstack(L, level, &frame); level++) {
        if (!is_plugin_frame(L, level, &frame)) continue;
        if (frames == 0) host->line = frame.currentline;
        if (frames == FRAMES || !append_frame(L, level, &frame, end, room)) {
            strcpy(end, "...\n");
            return;
        }
        frames++;
        room -= strlen(end);
        end += strlen(end);
    }
}

void mottle_push_place(lua_State *L) {
    int line = mottle_plugin_line(L);
    if (line == 0) {
        lua_pushliteral(L, "");
    } else {
        lua_pushfstring(L, "%s:%d: ", host_of(L)->file, line);
    }
}

/// The length of "name:digits: " at the start of `text`, 0 if it is not there; its line in `line`.
static size_t place_length(const char *text, const char *name, int *line) {
    size_t length = strlen(name);
    if (length == 0 || strncmp(text, name, length) != 0 || text[length] != ':') return 0;
    char *end;
    long digits = strtol(text + length + 1, &end, 10);
    if (end == text + length + 1 || strncmp(end, ": ", 2) != 0) return 0;
    *line = (int)digits;
    return (size_t)(end + 2 - text);
}

const char *mottle_type_name(lua_State *L, int index) {
    if (lua_type(L, index) != LUA_TUSERDATA || luaL_getmetafield(L, index, "__name") == LUA_TNIL) {
        return luaL_typename(L, index);
    }
    const char *name = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "userdata";  // the class keeps it alive
    lua_pop(L, 1);
    return name;
}

void mottle_record_message(lua_State *L) {
    mottle_host *host = host_of(L);
    int host_line;
    if (lua_type(L, -1) != LUA_TSTRING) {  // converting would run __tostring or show an address
        host->message_count = (size_t)snprintf(host->message, sizeof host->message,
                                               "the script raised a %s value; error wants a string",
                                               mottle_type_name(L, -1));
        return;
    }
    size_t count;
    const char *text = lua_tolstring(L, -1, &count);
    size_t place = place_length(text, host->file, &host->line);
    // While the host's own text is being prepared, its lines are what the reader needs.
    if (place == 0 && host->file[0] != 0) place = place_length(text, HOST_NAME, &host_line);
    count -= place;
    if (count > sizeof host->message) count = sizeof host->message;
    memcpy(host->message, text + place, count);
    host->message_count = count;
}

int mottle_outer_handler(lua_State *L) {
    if (host_of(L)->killed == MOTTLE_OK) {
        mottle_record_place(L);
        mottle_record_message(L);
    }
    return 1;
}

/// Turns a place in the host's own text into the plugin's line, for a script that catches the message.
static int inner_handler(lua_State *L) {
    int host_line;
    if (lua_type(L, 1) != LUA_TSTRING) return 1;
    const char *text = lua_tostring(L, 1);
    size_t place = place_length(text, HOST_NAME, &host_line);
    if (place == 0) return 1;
    mottle_push_place(L);
    lua_pushstring(L, text + place);
    lua_concat(L, 2);
    return 1;
}

/// `pcall` that cannot hold a kill.
int mottle_protected_call(lua_State *L) {
    luaL_checkany(L, 1);
    mottle_host *host = host_of(L);
    mottle_charge(L, HOST_CALL_COST);
    lua_pushcfunction(L, inner_handler);
    lua_insert(L, 1);
    int status = lua_pcall(L, lua_gettop(L) - 2, LUA_MULTRET, 1);
    if (status == LUA_ERRMEM) mottle_note_memory_error(host);
    if (host->killed != MOTTLE_OK) mottle_stop(L, host->killed);
    if (status != LUA_OK) mottle_charge(L, CAUGHT_ERROR_COST);
    lua_pushboolean(L, status == LUA_OK);
    lua_replace(L, 1);
    return lua_gettop(L);
}
