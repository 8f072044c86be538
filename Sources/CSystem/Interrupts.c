#include "Interrupts.h"

#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t interrupts = 0;

static void interrupted(int signal) {
    (void)signal;
    if (interrupts > 0) { _exit(130); }
    interrupts = 1;
}

void mottle_catch_interrupts(void) {
    struct sigaction action = {.sa_handler = interrupted, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, 0);
    sigaction(SIGTERM, &action, 0);

    // Who starts this program may block signals in the thread that does so, and blocked they would stay.
    sigset_t caught;
    sigemptyset(&caught);
    sigaddset(&caught, SIGINT);
    sigaddset(&caught, SIGTERM);
    pthread_sigmask(SIG_UNBLOCK, &caught, 0);
}

int mottle_interrupt_count(void) { return interrupts; }
