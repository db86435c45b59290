/// The facade over ncursesw and the terminal device. The only target that includes curses.h.
///
/// ncurses is used as an encoder alone: it writes into a memory file, so that the bytes of one frame can be taken and
/// sent with one write. It never reads, and never changes the settings of the terminal. Not thread safe: one thread
/// owns the screen from open to close, and there is at most one screen at a time.
#ifndef CTERMINAL_H
#define CTERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Bits of `cterminal_cell_t.attributes`.
enum {
    CTERMINAL_BOLD = 1,
    CTERMINAL_DIM = 2,
    CTERMINAL_UNDERLINE = 4,
    CTERMINAL_REVERSE = 8,
    CTERMINAL_ITALIC = 16,
};

/// One character and what it looks like. The left half of a wide one stands for both; its right half is not given.
typedef struct {
    /// A spacing character and up to four combining ones, ended by 0 when fewer.
    uint32_t scalars[5];
    /// 1 or 2 columns. Where the C library says otherwise, a replacement of that width is drawn.
    uint8_t width;
    uint8_t attributes;
    /// An index into the palette; -1 is the terminal's own.
    int16_t foreground;
    int16_t background;
} cterminal_cell_t;

typedef struct cterminal_screen cterminal_screen_t;

/// Names the calling thread, for those who look at the process from outside; at most 15 bytes.
void cterminal_name_thread(const char *name);

/// Sets the process's character set to that of the environment, once; true when it is UTF-8.
bool cterminal_locale_is_utf8(void);

/// Whether the terminal description exists and can address the cursor.
bool cterminal_is_known(const char *term);

/// Opens an encoder for the terminal described by `term`; NULL when there is no such description, or when the memory
/// file cannot be made. Without `colours` not one byte of colour is ever encoded.
cterminal_screen_t *_Nullable cterminal_open(const char *term, int columns, int rows, bool colours);
void cterminal_close(cterminal_screen_t *screen);

/// How many colours there are: 0, 8, 16, 88, 256 or more.
int cterminal_colours(cterminal_screen_t *screen);

/// The bytes of a string capability (terminfo's short name, or an extended one such as BE); NULL when the terminal has
/// none. Belongs to the screen.
const char *_Nullable cterminal_capability(cterminal_screen_t *screen, const char *name);

/// Changes the size. The next frame is painted in full.
void cterminal_resize(cterminal_screen_t *screen, int columns, int rows);

/// The next frame is painted in full, whatever is on the terminal.
void cterminal_repaint(cterminal_screen_t *screen);

/// Draws one row from its first column; the row is complete with the cells given.
void cterminal_put_row(cterminal_screen_t *screen, int row, const cterminal_cell_t *cells, int count);

/// Where the cursor is after the frame; hidden when not visible.
void cterminal_put_cursor(cterminal_screen_t *screen, int column, int row, bool visible);

/// Encodes what changed since the last frame. The bytes belong to the screen and last until the next call.
size_t cterminal_encode(cterminal_screen_t *screen, const uint8_t *_Nullable *_Nonnull bytes);

/// The size of a terminal; false when the descriptor is none.
bool cterminal_size(int descriptor, int *columns, int *rows);

/// Remembers the settings of the terminal and the bytes that undo everything that is switched on, sets raw mode, and
/// from now on undoes both when the process dies by a signal of a fault (a trap of Swift is one). False when the
/// descriptor is no terminal. One terminal at a time.
///
/// Until then standard error, where it is a terminal, is kept: its first 64 KiB are written when the terminal is given
/// back.
bool cterminal_enter(int descriptor, const uint8_t *undo, size_t length);
/// Sets raw mode again after others changed it; does nothing when not entered.
void cterminal_raw(void);
/// Undoes: writes the bytes, and gives the terminal its settings back. Does nothing when not entered, or when the
/// terminal has gone. Safe at any time, from any thread, in signal handlers too.
void cterminal_leave(void);

/// A pipe of which neither end blocks and no child gets any: the end to read, and the end to write.
bool cterminal_pipe(int *output, int *input);

/// From now on each of SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGCONT and SIGWINCH writes its number as one byte to the
/// descriptor, which has to be non-blocking; unblocks them in the calling thread. SIGHUP stays ignored where it was.
void cterminal_watch_signals(int descriptor);
/// Gives the signals back to whom they belonged.
void cterminal_forget_signals(void);
/// Stops the process group as the terminal's own ^Z would. Returns when the process goes on.
void cterminal_stop(void);

#pragma clang assume_nonnull end

#endif
