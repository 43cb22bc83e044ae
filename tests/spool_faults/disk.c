/* A disk that fails, for LD_PRELOAD: system calls on files below a folder fail, wait, run out of
 * room, or kill the process. A file that is mapped into memory controls it; `disk.rs` writes it. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The numbers in the control file, as in `disk.rs`. */
enum { OFF, ROOM, GATE, SLOW, CALLS, KILL_AT, KILL_PART, FAULTS };

/* The kinds of calls that can fail. Each has three numbers after `FAULTS`: how many calls still
 * succeed, how many fail after that, and the error, or 0 for half of a write. */
enum { WRITE, SYNC, OPEN, RENAME, UNLINK, TRUNCATE, READ };

static long *numbers;
static char folder[PATH_MAX];

#define NEXT(result, name, ...) \
    static result (*next)(__VA_ARGS__); \
    if (!next) next = dlsym(RTLD_NEXT, name)

#define GET(number) __atomic_load_n(numbers + (number), __ATOMIC_SEQ_CST)
#define ADD(number, by) __atomic_fetch_add(numbers + (number), by, __ATOMIC_SEQ_CST)

__attribute__((constructor)) static void start(void) {
    const char *control = getenv("LUNOGRAM_TEST_CONTROL"), *disk = getenv("LUNOGRAM_TEST_DISK");
    if (!control || !disk) return;
    int file = open(control, O_RDWR | O_CLOEXEC);
    void *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (file < 0 || mapped == MAP_FAILED) abort();
    close(file);
    snprintf(folder, sizeof folder, "%s/", disk);
    numbers = mapped;
}

static int is_on_disk(const char *path) {
    return numbers && !GET(OFF) && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_file_on_disk(int file, char *path) {
    if (!numbers) return 0;
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return is_on_disk(path);
}

/* Whether the process ends at this call. */
static int ends_here(void) {
    return ADD(CALLS, 1) + 1 == GET(KILL_AT);
}

static void end(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Whether this call fails. Sets `errno`. */
static int fails(int kind) {
    int at = FAULTS + 3 * kind;
    if (GET(at + 1) == 0 || ADD(at, -1) > 0 || ADD(at + 1, -1) <= 0) return 0;
    errno = GET(at + 2);
    return 1;
}

/* For the calls that are done or not: ends the process before or after the call. */
static int ends_before(int ends) {
    if (ends && GET(KILL_PART) < 500) end();
    return ends;
}

/* The bytes in the folder of this file. */
static long used(char *path) {
    char *name = strrchr(path, '/');
    long sum = 0;
    *name = 0;
    DIR *open = opendir(path);
    struct dirent *entry;
    while (open && (entry = readdir(open))) {
        struct stat found;
        if (fstatat(dirfd(open), entry->d_name, &found, 0) == 0 && S_ISREG(found.st_mode)) {
            sum += found.st_size;
        }
    }
    if (open) closedir(open);
    return sum;
}

/* The number of bytes that a write may write; -1 for an error. */
static ssize_t granted(char *path, size_t count) {
    if (fails(WRITE)) {
        if (errno) return -1;
        count = (count + 1) / 2;
    }
    long room = GET(ROOM);
    if (room && count) {
        long left = room - used(path);
        if (left <= 0) {
            errno = ENOSPC;
            return -1;
        }
        if (count > (size_t)left) count = left;
    }
    return count;
}

ssize_t write(int file, const void *bytes, size_t count) {
    NEXT(ssize_t, "write", int, const void *, size_t);
    char path[PATH_MAX];
    if (!is_file_on_disk(file, path)) return next(file, bytes, count);
    if (ends_here()) {
        next(file, bytes, count * GET(KILL_PART) / 1000);
        end();
    }
    ssize_t grant = granted(path, count);
    return grant < 0 ? -1 : next(file, bytes, grant);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    NEXT(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    char path[PATH_MAX];
    if (!is_file_on_disk(file, path)) return next(file, bytes, count, at);
    if (ends_here()) {
        next(file, bytes, count * GET(KILL_PART) / 1000, at);
        end();
    }
    ssize_t grant = granted(path, count);
    return grant < 0 ? -1 : next(file, bytes, grant, at);
}

/* The operating system keeps what a killed process has written, so nothing has to be synced. */
static int sync_file(int file, int (*next)(int)) {
    char path[PATH_MAX];
    if (!is_file_on_disk(file, path)) return next(file);
    if (ends_here()) end();
    while (GET(GATE)) usleep(200);
    if (GET(SLOW)) usleep(GET(SLOW));
    return fails(SYNC) ? -1 : 0;
}

int fsync(int file) {
    NEXT(int, "fsync", int);
    return sync_file(file, next);
}

int fdatasync(int file) {
    NEXT(int, "fdatasync", int);
    return sync_file(file, next);
}

int open64(const char *path, int flags, ...) {
    NEXT(int, "open64", const char *, int, ...);
    va_list rest;
    va_start(rest, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    va_end(rest);
    if (!is_on_disk(path)) return next(path, flags, mode);
    int ends = ends_before(ends_here());
    if (fails(OPEN)) return -1;
    int file = next(path, flags, mode);
    if (ends) end();
    return file;
}

int rename(const char *from, const char *to) {
    NEXT(int, "rename", const char *, const char *);
    if (!is_on_disk(from)) return next(from, to);
    int ends = ends_before(ends_here());
    if (fails(RENAME)) return -1;
    int result = next(from, to);
    if (ends) end();
    return result;
}

int unlink(const char *path) {
    NEXT(int, "unlink", const char *);
    if (!is_on_disk(path)) return next(path);
    int ends = ends_before(ends_here());
    if (fails(UNLINK)) return -1;
    int result = next(path);
    if (ends) end();
    return result;
}

int ftruncate64(int file, off64_t length) {
    NEXT(int, "ftruncate64", int, off64_t);
    char path[PATH_MAX];
    if (!is_file_on_disk(file, path)) return next(file, length);
    int ends = ends_before(ends_here());
    if (fails(TRUNCATE)) return -1;
    int result = next(file, length);
    if (ends) end();
    return result;
}

ssize_t read(int file, void *bytes, size_t count) {
    NEXT(ssize_t, "read", int, void *, size_t);
    char path[PATH_MAX];
    if (is_file_on_disk(file, path) && fails(READ)) return -1;
    return next(file, bytes, count);
}
