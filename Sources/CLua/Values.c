// Values between the Lua stack and the host's buffer, by raw access only: nothing here runs a script.

#include "Host.h"

#include <stdlib.h>
#include <string.h>

enum { TABLE_DEPTH = 16 };

bool mottle_append(mottle_buffer *buffer, const void *bytes, size_t count) {
    if (count > buffer->limit - buffer->count) return false;
    if (buffer->count + count > buffer->capacity) {
        size_t capacity = buffer->capacity * 2 + count + 256;
        uint8_t *grown = realloc(buffer->bytes, capacity);
        if (grown == NULL) return false;
        buffer->bytes = grown;
        buffer->capacity = capacity;
    }
    if (count > 0) memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
    return true;
}

// From the stack to the buffer.

static void read_value(lua_State *L, int index, int depth);

static void put(lua_State *L, const void *bytes, size_t count) {
    mottle_buffer *buffer = &host_of(L)->values;
    if (mottle_append(buffer, bytes, count)) return;
    luaL_error(L, "more than %d KB of values in one call", (int)(buffer->limit / 1024));
}

static void put_tag(lua_State *L, enum mottle_tag tag) { put(L, &(uint8_t){(uint8_t)tag}, 1); }

static void put_count(lua_State *L, int64_t count) { put(L, &count, sizeof count); }

static void put_string(lua_State *L, int index) {
    size_t count;
    const char *bytes = lua_tolstring(L, index, &count);
    put_count(L, (int64_t)count);
    put(L, bytes, count);
}

/// Equal functions get equal references: the table holds each both ways.
static void put_function(lua_State *L, int index) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, host_of(L)->functions);
    lua_pushvalue(L, index);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_pushvalue(L, index);
        int made = luaL_ref(L, -2);
        lua_pushvalue(L, index);
        lua_pushinteger(L, made);
        lua_rawset(L, -3);
        lua_pushinteger(L, made);
    }
    int32_t reference = (int32_t)lua_tointeger(L, -1);
    lua_pop(L, 2);
    put(L, &reference, sizeof reference);
}

static bool is_list_key(lua_State *L, int index, lua_Unsigned length) {
    return lua_isinteger(L, index) && (lua_Unsigned)lua_tointeger(L, index) - 1 < length;
}

/// The number of string keys; raises for a key that is neither one nor a place in the list.
static int64_t count_fields(lua_State *L, int table, lua_Unsigned length) {
    int64_t fields = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        mottle_charge(L, 1);
        if (lua_type(L, -2) == LUA_TSTRING) {
            fields++;
        } else if (lua_type(L, -2) == LUA_TNUMBER) {
            if (!is_list_key(L, -2, length)) luaL_error(L, "a table's number keys must be 1, 2, 3 and so on");
        } else {
            luaL_error(L, "a table's key is a %s; only strings and 1, 2, 3 and so on can be keys here",
                       luaL_typename(L, -2));
        }
    }
    return fields;
}

static void read_table(lua_State *L, int table, int depth) {
    if (depth == TABLE_DEPTH) luaL_error(L, "tables within tables, more than %d deep", TABLE_DEPTH);
    luaL_checkstack(L, 6, "too many nested tables");
    lua_Unsigned length = lua_rawlen(L, table);
    int64_t fields = count_fields(L, table, length);
    put_count(L, (int64_t)length);
    put_count(L, fields);
    for (lua_Unsigned i = 1; i <= length; i++) {
        lua_rawgeti(L, table, (lua_Integer)i);
        read_value(L, lua_gettop(L), depth + 1);
        lua_pop(L, 1);
    }
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) continue;
        put_string(L, -2);
        read_value(L, lua_gettop(L), depth + 1);
    }
}

static void read_value(lua_State *L, int index, int depth) {
    mottle_charge(L, VALUE_COST);
    switch (lua_type(L, index)) {
    case LUA_TNONE:
    case LUA_TNIL:
        put_tag(L, MOTTLE_NONE);
        break;
    case LUA_TBOOLEAN:
        put_tag(L, MOTTLE_BOOLEAN);
        put(L, &(uint8_t){(uint8_t)lua_toboolean(L, index)}, 1);
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            put_tag(L, MOTTLE_INTEGER);
            put(L, &(int64_t){lua_tointeger(L, index)}, sizeof(int64_t));
        } else {
            put_tag(L, MOTTLE_NUMBER);
            put(L, &(double){lua_tonumber(L, index)}, sizeof(double));
        }
        break;
    case LUA_TSTRING:
        put_tag(L, MOTTLE_STRING);
        put_string(L, index);
        break;
    case LUA_TTABLE:
        put_tag(L, MOTTLE_TABLE);
        read_table(L, index, depth);
        break;
    case LUA_TFUNCTION:
        put_tag(L, MOTTLE_FUNCTION);
        put_function(L, index);
        break;
    case LUA_TUSERDATA:  // the host makes no other userdata
        put_tag(L, MOTTLE_OBJECT);
        put(L, lua_touserdata(L, index), sizeof(mottle_object));
        break;
    default:
        luaL_error(L, "a %s cannot be passed to the host", luaL_typename(L, index));
    }
}

/// Replaces the buffer's content by the stack's values first … last.
void mottle_read_values(lua_State *L, int first, int last) {
    host_of(L)->values.count = 0;
    put_count(L, last - first + 1);
    luaL_checkstack(L, 8, "too many arguments");
    for (int index = first; index <= last; index++) read_value(L, index, 0);
}

// From the buffer to the stack. The buffer was written by Swift and is trusted.

static void take(const uint8_t **from, void *to, size_t count) {
    memcpy(to, *from, count);
    *from += count;
}

static int64_t take_count(const uint8_t **from) {
    int64_t count;
    take(from, &count, sizeof count);
    return count;
}

static void push_string(lua_State *L, const uint8_t **from) {
    size_t count = (size_t)take_count(from);
    const char *bytes = (const char *)*from;
    *from += count;
    lua_pushlstring(L, bytes, count);
}

static void push_object(lua_State *L, const uint8_t **from) {
    mottle_object object;
    take(from, &object, sizeof object);
    *(mottle_object *)lua_newuserdatauv(L, sizeof object, 0) = object;
    lua_rawgeti(L, LUA_REGISTRYINDEX, host_of(L)->classes);
    lua_rawgeti(L, -1, (lua_Integer)object.type + 1);
    lua_setmetatable(L, -3);
    lua_pop(L, 1);
}

static void push_value(lua_State *L, const uint8_t **from);

static void push_table(lua_State *L, const uint8_t **from) {
    int64_t length = take_count(from), fields = take_count(from);
    luaL_checkstack(L, 6, "a table of the host is nested too deep");
    lua_createtable(L, (int)length, (int)fields);
    for (int64_t i = 1; i <= length; i++) {
        push_value(L, from);
        lua_rawseti(L, -2, i);
    }
    for (int64_t i = 0; i < fields; i++) {
        push_string(L, from);
        push_value(L, from);
        lua_rawset(L, -3);
    }
}

static void push_value(lua_State *L, const uint8_t **from) {
    uint8_t tag, flag;
    int32_t reference;
    double number;
    take(from, &tag, 1);
    switch ((enum mottle_tag)tag) {
    case MOTTLE_NONE:
        lua_pushnil(L);
        break;
    case MOTTLE_BOOLEAN:
        take(from, &flag, 1);
        lua_pushboolean(L, flag);
        break;
    case MOTTLE_INTEGER:
        lua_pushinteger(L, take_count(from));
        break;
    case MOTTLE_NUMBER:
        take(from, &number, sizeof number);
        lua_pushnumber(L, number);
        break;
    case MOTTLE_STRING:
        push_string(L, from);
        break;
    case MOTTLE_TABLE:
        push_table(L, from);
        break;
    case MOTTLE_FUNCTION:
        take(from, &reference, sizeof reference);
        lua_rawgeti(L, LUA_REGISTRYINDEX, host_of(L)->functions);
        lua_rawgeti(L, -1, reference);
        lua_remove(L, -2);
        break;
    case MOTTLE_OBJECT:
        push_object(L, from);
        break;
    }
}

/// Pushes the buffer's values and returns how many.
int mottle_push_values(lua_State *L) {
    const uint8_t *from = host_of(L)->values.bytes;
    int count = (int)take_count(&from);
    luaL_checkstack(L, count + 8, "too many values");
    for (int i = 0; i < count; i++) push_value(L, &from);
    return count;
}
