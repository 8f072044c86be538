#pragma once

#include <stdint.h>

/// How often the calling thread has called malloc, calloc, realloc or an aligned allocation so far.
int64_t allocations_of_this_thread(void);
