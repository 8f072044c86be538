#pragma once

#include <stdint.h>

/// How often the calling thread has called malloc, calloc, realloc or an aligned allocation so far.
int64_t allocations_of_this_thread(void);

/// How many bytes an allocation has: what was asked for, and what is left of the allocator's step.
int64_t bytes_of_allocation(void *start);
