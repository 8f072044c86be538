#pragma once

/// How many processors this process may use.
int mottle_processor_count(void);
