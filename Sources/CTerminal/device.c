#define _GNU_SOURCE 1

#include "cterminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

enum {
    MAX_UNDO = 512,
    ALTERNATE_STACK = 64 << 10,
    /// How long the last bytes may wait for a slow terminal, milliseconds.
    LAST_WORDS = 200,
    /// Bytes of standard error that are kept while the screen is drawn.
    MAX_SAID = 64 << 10,
};

static const int faults[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
static const int watched[] = {SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGCONT, SIGWINCH};
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct {
    atomic_bool is_entered;
    int descriptor;
    struct termios settings;
    uint8_t undo[MAX_UNDO];
    size_t undo_length;
    /// Standard error as it was found, and the file that stands in its place; -1 where it is no terminal.
    int errors, said;
    bool has_fault_handlers;
    struct sigaction previous_faults[COUNT(faults)];
    struct sigaction previous[COUNT(watched)];
    atomic_int signals;
} device = {.signals = -1, .errors = -1, .said = -1};

void cterminal_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

bool cterminal_size(int descriptor, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
        return false;
    }
    *columns = size.ws_col;
    *rows = size.ws_row;
    return true;
}

/// What the program and its libraries say would tear the screen, and be gone with it: it is kept until the terminal is
/// given back.
static void keep_errors(void) {
    if (!isatty(STDERR_FILENO)) {
        return;
    }
    if (device.said < 0) {
        int file = memfd_create("lagzero-stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        if (file < 0 || ftruncate(file, MAX_SAID) != 0 || fcntl(file, F_ADD_SEALS, F_SEAL_GROW) != 0) {
            return;
        }
        device.said = file;
        device.errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    }
    if (device.errors >= 0 && lseek(device.said, 0, SEEK_SET) == 0) {
        dup2(device.said, STDERR_FILENO);
    }
}

/// Writes all that the terminal takes.
static void write_all(int descriptor, const uint8_t *next, size_t left) {
    while (left > 0) {
        ssize_t written = write(descriptor, next, left);
        if (written > 0) {
            next += written;
            left -= (size_t)written;
            continue;
        }
        struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written >= 0 || errno != EAGAIN || poll(&ready, 1, LAST_WORDS) <= 0) {
            break;
        }
    }
}

static void say_errors(void) {
    if (device.errors < 0) {
        return;
    }
    dup2(device.errors, STDERR_FILENO);
    off_t length = lseek(device.said, 0, SEEK_CUR), place = 0;
    uint8_t part[512];
    while (place < length) {
        ssize_t count = pread(device.said, part, sizeof(part), place);
        if (count <= 0) {
            break;
        }
        count = count < length - place ? count : length - place;
        write_all(STDERR_FILENO, part, (size_t)count);
        place += count;
    }
    lseek(device.said, 0, SEEK_SET);
}

void cterminal_leave(void) {
    if (!atomic_exchange(&device.is_entered, false)) {
        return;
    }
    int saved = errno;
    write_all(device.descriptor, device.undo, device.undo_length);
    tcsetattr(device.descriptor, TCSANOW, &device.settings);
    say_errors();
    errno = saved;
}

/// Undoes, then lets the signal be dealt with as if this handler did not exist. A fault happens again when its
/// instruction is tried again, so that whoever reports it sees the right place; what was sent is sent again.
static void on_fault(int number, siginfo_t *information, void *context) {
    (void)context;
    cterminal_leave();
    for (size_t index = 0; index < COUNT(faults); index++) {
        if (faults[index] == number) {
            sigaction(number, &device.previous_faults[index], NULL);
        }
    }
    if (information->si_code <= 0 || number == SIGTRAP) {
        raise(number);
    }
}

static void catch_faults(void) {
    if (device.has_fault_handlers) {
        return;
    }
    device.has_fault_handlers = true;
    stack_t stack = {.ss_sp = malloc(ALTERNATE_STACK), .ss_size = ALTERNATE_STACK};
    if (stack.ss_sp != NULL) {
        sigaltstack(&stack, NULL);
    }
    struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_ONSTACK | SA_NODEFER | SA_SIGINFO};
    sigemptyset(&action.sa_mask);
    for (size_t index = 0; index < COUNT(faults); index++) {
        sigaction(faults[index], &action, &device.previous_faults[index]);
    }
}

static bool set_raw(int descriptor, struct termios *settings) {
    cfmakeraw(settings);
    settings->c_cc[VMIN] = 1;
    settings->c_cc[VTIME] = 0;
    return tcsetattr(descriptor, TCSANOW, settings) == 0;
}

bool cterminal_enter(int descriptor, const uint8_t *undo, size_t length) {
    struct termios settings;
    if (length > MAX_UNDO || tcgetattr(descriptor, &settings) != 0) {
        return false;
    }
    device.descriptor = descriptor;
    device.settings = settings;
    memcpy(device.undo, undo, length);
    device.undo_length = length;
    catch_faults();
    atomic_store(&device.is_entered, true);
    if (!set_raw(descriptor, &settings)) {
        atomic_store(&device.is_entered, false);
        return false;
    }
    keep_errors();
    return true;
}

void cterminal_raw(void) {
    if (atomic_load(&device.is_entered)) {
        struct termios settings = device.settings;
        set_raw(device.descriptor, &settings);
    }
}

bool cterminal_pipe(int *output, int *input) {
    int ends[2];
    if (pipe2(ends, O_NONBLOCK | O_CLOEXEC) != 0) {
        return false;
    }
    *output = ends[0];
    *input = ends[1];
    return true;
}

static void on_signal(int number) {
    int saved = errno;
    uint8_t byte = (uint8_t)number;
    int descriptor = atomic_load(&device.signals);
    if (descriptor >= 0) {
        // A full pipe already wakes its reader.
        ssize_t written = write(descriptor, &byte, 1);
        (void)written;
    }
    errno = saved;
}

void cterminal_watch_signals(int descriptor) {
    atomic_store(&device.signals, descriptor);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigset_t set;
    sigemptyset(&set);
    for (size_t index = 0; index < COUNT(watched); index++) {
        sigaction(watched[index], NULL, &device.previous[index]);
        if (watched[index] == SIGHUP && device.previous[index].sa_handler == SIG_IGN) {
            continue;
        }
        sigaction(watched[index], &action, NULL);
        sigaddset(&set, watched[index]);
    }
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

void cterminal_forget_signals(void) {
    for (size_t index = 0; index < COUNT(watched); index++) {
        sigaction(watched[index], &device.previous[index], NULL);
    }
    atomic_store(&device.signals, -1);
}

void cterminal_stop(void) {
    struct sigaction action = {.sa_handler = SIG_IGN}, own;
    sigemptyset(&action.sa_mask);
    // The others of the group first; then this thread, so that it has happened when this returns. Not SIGSTOP: where
    // nobody could wake the process up again, the kernel ignores SIGTSTP.
    sigaction(SIGTSTP, &action, &own);
    kill(0, SIGTSTP);
    action.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &action, NULL);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &own, NULL);
}
