#define _GNU_SOURCE 1
#define NCURSES_WIDECHAR 1

#include "cterminal.h"

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

// A macro of term.h.
#undef columns

enum { MAX_PAIRS = 256, REPLACEMENT = 0xfffd };

struct cterminal_screen {
    SCREEN *screen;
    FILE *output;
    FILE *input;
    int descriptor;
    bool has_colours;
    bool is_repaint;
    int pairs;
    int16_t pair_colours[MAX_PAIRS][2];
    uint8_t *bytes;
    size_t capacity;
    cchar_t *row;
    int row_capacity;
};

bool cterminal_locale_is_utf8(void) {
    static int known = -1;
    if (known < 0) {
        known = setlocale(LC_CTYPE, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    }
    return known;
}

bool cterminal_is_known(const char *term) {
    int result = 0;
    if (*term == 0 || setupterm(term, STDOUT_FILENO, &result) != OK) {
        return false;
    }
    const char *address = tigetstr("cup");
    bool known = address != NULL && address != (char *)-1;
    del_curterm(cur_term);
    return known;
}

static void set_number(const char *name, int value) {
    char text[16];
    snprintf(text, sizeof text, "%d", value);
    setenv(name, text, 1);
}

cterminal_screen_t *cterminal_open(const char *term, int columns, int rows, bool colours) {
    cterminal_screen_t *screen = calloc(1, sizeof *screen);
    if (screen == NULL) {
        return NULL;
    }
    cterminal_locale_is_utf8();
    screen->is_repaint = true;
    screen->descriptor = memfd_create("frame", MFD_CLOEXEC);
    screen->output = screen->descriptor < 0 ? NULL : fdopen(screen->descriptor, "w+");
    screen->input = fopen("/dev/null", "re");
    if (screen->output != NULL && screen->input != NULL) {
        // The size cannot be asked of a memory file, and a scroll region of another size would scroll the screen.
        set_number("LINES", rows);
        set_number("COLUMNS", columns);
        screen->screen = newterm(term, screen->output, screen->input);
    }
    // They would overrule the real size for ever.
    unsetenv("LINES");
    unsetenv("COLUMNS");
    if (screen->screen == NULL) {
        cterminal_close(screen);
        return NULL;
    }
    set_term(screen->screen);
    if (colours && has_colors() && start_color() == OK) {
        use_default_colors();
        screen->has_colours = true;
    }
    noecho();
    nonl();
    idlok(stdscr, FALSE);
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    resize_term(rows, columns);
    return screen;
}

void cterminal_close(cterminal_screen_t *screen) {
    if (screen->screen != NULL) {
        endwin();
        delscreen(screen->screen);
    }
    if (screen->output != NULL) {
        fclose(screen->output);
    } else if (screen->descriptor >= 0) {
        close(screen->descriptor);
    }
    if (screen->input != NULL) {
        fclose(screen->input);
    }
    free(screen->bytes);
    free(screen->row);
    free(screen);
}

int cterminal_colours(cterminal_screen_t *screen) { return screen->has_colours ? COLORS : 0; }

const char *cterminal_capability(cterminal_screen_t *screen, const char *name) {
    (void)screen;
    const char *value = tigetstr(name);
    return value == (char *)-1 ? NULL : value;
}

void cterminal_resize(cterminal_screen_t *screen, int columns, int rows) {
    resize_term(rows, columns);
    cterminal_repaint(screen);
}

void cterminal_repaint(cterminal_screen_t *screen) {
    screen->is_repaint = true;
    clearok(curscr, TRUE);
}

/// The pair of two colours, made when it is new; 0 when there are no more.
static int pair_of(cterminal_screen_t *screen, int16_t foreground, int16_t background) {
    if (!screen->has_colours || (foreground < 0 && background < 0)) {
        return 0;
    }
    for (int index = 0; index < screen->pairs; index++) {
        if (screen->pair_colours[index][0] == foreground && screen->pair_colours[index][1] == background) {
            return index + 1;
        }
    }
    int pair = screen->pairs + 1;
    if (pair >= MAX_PAIRS || pair >= COLOR_PAIRS || init_extended_pair(pair, foreground, background) != OK) {
        return 0;
    }
    screen->pair_colours[screen->pairs][0] = foreground;
    screen->pair_colours[screen->pairs][1] = background;
    screen->pairs = pair;
    return pair;
}

static attr_t attributes_of(uint8_t bits) {
    attr_t attributes = A_NORMAL;
    attributes |= bits & CTERMINAL_BOLD ? WA_BOLD : 0;
    attributes |= bits & CTERMINAL_DIM ? WA_DIM : 0;
    attributes |= bits & CTERMINAL_UNDERLINE ? WA_UNDERLINE : 0;
    attributes |= bits & CTERMINAL_REVERSE ? WA_REVERSE : 0;
    attributes |= bits & CTERMINAL_ITALIC ? WA_ITALIC : 0;
    return attributes;
}

static void set_cell(cchar_t *cell, const wchar_t *text, attr_t attributes, int pair) {
    setcchar(cell, text, attributes, 0, &pair);
}

void cterminal_put_row(cterminal_screen_t *screen, int row, const cterminal_cell_t *cells, int count) {
    // A wide cell that the C library does not know needs two.
    int needed = count * 2 + 1;
    if (screen->row_capacity < needed) {
        cchar_t *larger = realloc(screen->row, (size_t)needed * sizeof *larger);
        if (larger == NULL) {
            return;
        }
        screen->row = larger;
        screen->row_capacity = needed;
    }
    wchar_t replacement[2] = {cterminal_locale_is_utf8() ? REPLACEMENT : L'?', 0};
    int length = 0;
    for (int index = 0; index < count; index++) {
        const cterminal_cell_t *cell = &cells[index];
        attr_t attributes = attributes_of(cell->attributes);
        int pair = pair_of(screen, cell->foreground, cell->background);
        wchar_t text[6] = {(wchar_t)cell->scalars[0], 0};
        if (wcwidth(text[0]) != cell->width) {
            for (int column = 0; column < cell->width; column++) {
                set_cell(&screen->row[length++], replacement, attributes, pair);
            }
            continue;
        }
        for (int mark = 1, end = 1; mark < 5 && cell->scalars[mark] != 0; mark++) {
            if (wcwidth((wchar_t)cell->scalars[mark]) == 0) {
                text[end++] = (wchar_t)cell->scalars[mark];
            }
        }
        set_cell(&screen->row[length++], text, attributes, pair);
    }
    mvadd_wchnstr(row, 0, screen->row, length);
}

void cterminal_put_cursor(cterminal_screen_t *screen, int column, int row, bool visible) {
    (void)screen;
    curs_set(visible ? 1 : 0);
    // A hidden cursor may stay wherever it is: no bytes for it.
    leaveok(stdscr, !visible);
    if (visible) {
        move(row, column);
    }
}

/// Takes out ESC ( B, with which most descriptions end every style: it ends line drawing, which is never begun here.
/// Others may have begun it, so a complete frame keeps the first. Returns how many bytes are left.
static size_t without_charset(uint8_t *bytes, size_t length, bool keeps_first) {
    size_t kept = 0;
    for (size_t index = 0; index < length; index++) {
        bool is_charset = index + 2 < length && memcmp(bytes + index, "\033(B", 3) == 0;
        if (is_charset && !keeps_first) {
            index += 2;
        } else {
            keeps_first = keeps_first && !is_charset;
            bytes[kept++] = bytes[index];
        }
    }
    return kept;
}

size_t cterminal_encode(cterminal_screen_t *screen, const uint8_t **bytes) {
    *bytes = NULL;
    wnoutrefresh(stdscr);
    doupdate();
    off_t length = lseek(screen->descriptor, 0, SEEK_END);
    if (length <= 0) {
        return 0;
    }
    if (screen->capacity < (size_t)length) {
        uint8_t *larger = realloc(screen->bytes, (size_t)length);
        if (larger == NULL) {
            return 0;
        }
        screen->bytes = larger;
        screen->capacity = (size_t)length;
    }
    ssize_t taken = pread(screen->descriptor, screen->bytes, (size_t)length, 0);
    if (ftruncate(screen->descriptor, 0) != 0 || lseek(screen->descriptor, 0, SEEK_SET) != 0 || taken < 0) {
        return 0;
    }
    *bytes = screen->bytes;
    size_t kept = without_charset(screen->bytes, (size_t)taken, screen->is_repaint);
    screen->is_repaint = false;
    return kept;
}
