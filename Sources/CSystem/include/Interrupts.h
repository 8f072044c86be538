#pragma once

/// From now on the first SIGINT or SIGTERM is only counted, for the program to end in order; the second one leaves at
/// once with 130.
void mottle_catch_interrupts(void);

/// How many of these signals have come.
int mottle_interrupt_count(void);
