// What scripts that run for each sample touch: the sample's memory and its random numbers.

#include "Host.h"

#include <math.h>
#include <string.h>

void mottle_host_set_arrays(
    mottle_host *host, const mottle_array *arrays, int32_t count, uint32_t array_type, uint32_t generation,
    mottle_draw_source source, void *context
) {
    memcpy(host->arrays, arrays, (size_t)count * sizeof *arrays);
    host->array_count = count;
    host->array_type = array_type;
    host->array_generation = generation;
    host->draw_source = source;
    host->draw_context = context;
    host->draws[0].drawn = host->draws[1].drawn = 0;
}

/// Raises an error at the plugin's line.
static int refuse(lua_State *L, const char *format, lua_Integer a, lua_Integer b, lua_Integer c) {
    mottle_push_place(L);
    lua_pushfstring(L, format, a, b, c);
    lua_concat(L, 2);
    return lua_error(L);
}

static mottle_array *array_at(lua_State *L) {
    mottle_host *host = host_of(L);
    mottle_object *object = lua_type(L, 1) == LUA_TUSERDATA ? lua_touserdata(L, 1) : NULL;
    if (object == NULL || object->type != host->array_type) {
        refuse(L, "get and set are methods and want a colon\nInstead: x:get(row, column)", 0, 0, 0);
    } else if (object->generation != host->array_generation || object->id >= (uint32_t)host->array_count) {
        refuse(L, "this array belongs to an earlier sample\nInstead: don't keep arrays in variables outside the "
                  "function\n[M15]", 0, 0, 0);
    }
    return &host->arrays[object->id];
}

/// The element that `count` positions from stack index 2 on name; missing ones are 1.
static size_t element_at(lua_State *L, const mottle_array *array, int count) {
    size_t element = 0;
    for (int axis = 0; axis < (array->rank > count ? array->rank : count); axis++) {
        lua_Integer size = axis < array->rank ? array->sizes[axis] : 1, position = 1;
        int is_integer = 1;
        if (axis < count) {
            position = lua_tointegerx(L, axis + 2, &is_integer);
            if (!is_integer || lua_type(L, axis + 2) == LUA_TSTRING) {
                refuse(L, "position %I is not a whole number\nInstead: math.floor(v)", axis + 1, 0, 0);
            }
        }
        if (position < 1 || position > size) {
            refuse(L, "position %I is %I, outside 1 to %I", axis + 1, position, size);
        }
        element = element * (size_t)size + (size_t)(position - 1);
    }
    return element;
}

int mottle_array_get(lua_State *L) {
    mottle_array *array = array_at(L);
    size_t element = element_at(L, array, lua_gettop(L) - 1);
    uint32_t bits;
    memcpy(&bits, &array->values[element], sizeof bits);
    if (array->is_mask) {
        lua_pushboolean(L, bits != 0);
    } else {
        lua_pushnumber(L, array->values[element]);
    }
    return 1;
}

int mottle_array_set(lua_State *L) {
    mottle_array *array = array_at(L);
    int last = lua_gettop(L);
    if (last < 2) refuse(L, "set wants the positions and then a value\nInstead: x:set(row, column, value)", 0, 0, 0);
    size_t element = element_at(L, array, last - 2);
    if (array->is_mask) {
        if (lua_type(L, last) != LUA_TBOOLEAN) refuse(L, "a mask's value is true or false", 0, 0, 0);
        uint32_t bits = lua_toboolean(L, last) ? UINT32_MAX : 0;
        memcpy(&array->values[element], &bits, sizeof bits);
    } else {
        if (lua_type(L, last) != LUA_TNUMBER) {
            refuse(L, "set wants a number as its last argument, behind the positions", 0, 0, 0);
        }
        float value = (float)lua_tonumber(L, last);
        if (!isfinite(value)) refuse(L, "set wants a finite number", 0, 0, 0);
        array->values[element] = value;
    }
    return 0;
}

int mottle_draw(lua_State *L) {
    mottle_host *host = host_of(L);
    lua_Integer kind = luaL_checkinteger(L, 1) != 0;
    int64_t drawn = host->draws[kind].drawn;
    if (drawn % MOTTLE_DRAWS == 0) {
        pthread_mutex_lock(&host->lock);
        bool condemned = host->condemned;
        if (!condemned) host->draw_source(host->draw_context, (int32_t)kind, drawn, host->draws[kind].values);
        pthread_mutex_unlock(&host->lock);
        if (condemned) mottle_stop(L, MOTTLE_TIME);
    }
    host->draws[kind].drawn = drawn + 1;
    lua_pushnumber(L, host->draws[kind].values[drawn % MOTTLE_DRAWS]);
    return 1;
}

int mottle_arity(lua_State *L) {
    lua_Debug function;
    lua_settop(L, 1);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_getinfo(L, ">u", &function);
    lua_pushinteger(L, function.nparams);
    return 1;
}

/// Raises an error at the line where the function at `index` begins: nothing of the plugin runs any more.
static void refuse_result(lua_State *L, int index, const char *kind) {
    lua_Debug function;
    lua_pushvalue(L, index);
    lua_getinfo(L, ">S", &function);
    if (function.source[0] == '@') {
        lua_pushfstring(L, "%s:%d: ", host_of(L)->file, function.linedefined);
    } else {
        lua_pushliteral(L, "");
    }
    lua_pushfstring(L, "map: the function returned a %s, not a number\n[M13]", kind);
    lua_concat(L, 2);
    lua_error(L);
}

void mottle_map(lua_State *L) {
    enum { CHARGED = 1000 };  // elements between two checks: a function of C runs no instruction that the hook counts
    mottle_host *host = host_of(L);
    int function = lua_gettop(L);
    for (int64_t i = 0; i < host->map_count; i++) {
        if (i % CHARGED == CHARGED - 1) mottle_charge(L, CHARGED);
        lua_pushvalue(L, function);
        lua_pushnumber(L, host->map_in[i]);
        lua_call(L, 1, 1);
        if (lua_type(L, -1) != LUA_TNUMBER) refuse_result(L, function, mottle_type_name(L, -1));
        host->map_out[i] = (float)lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
}
