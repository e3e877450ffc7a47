/* Preloaded before the C library: sees every change of a file below the directory FILES_BELOW.
   FILES_RECORD: a file to which each change is appended, with its bytes, so that what a disk held at any moment can be built from it.
   FILES_KILL: at which change the process is killed (1 for the first). FILES_KILL_HOW: "before" it, "after" it, "half" (after half of a write's bytes),
   or a number of nanoseconds after it.
   FILES_TROUBLE: a file. While it exists, what changes a file, and opens one, fails with the error whose number is in it, or with "hang" waits until it is gone: then what asks for a file's state does, too. With "renames" every third rename fails, and with "writes" every third write. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { CREATE = 'c', WRITE = 'w', TRUNCATE = 't', RENAME = 'r', UNLINK = 'u', SYNC = 's' };

struct change
{
    uint64_t kind, inode, at, length, name, to;
};

/* Held from the look at a file's path on: a rename meanwhile would note the change at another file. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static const char *below;
static size_t below_length;
static const char *how = "", *trouble;
static long kill_at, changes;
static int record = -1;
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);

__attribute__((constructor)) static void begin(void)
{
    real_pwrite = (ssize_t (*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite");
    const char *record_path = getenv("FILES_RECORD"), *at = getenv("FILES_KILL");
    how = getenv("FILES_KILL_HOW") ? getenv("FILES_KILL_HOW") : "";
    kill_at = at ? atol(at) : 0;
    trouble = getenv("FILES_TROUBLE");
    below = getenv("FILES_BELOW");
    below_length = below ? strlen(below) : 0;
    if (record_path)
    {
        record = open(record_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    }
}

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
    {
        pause();
    }
}

static int is_below(const char *path)
{
    return below && strncmp(path, below, below_length) == 0 && (path[below_length] == '/' || path[below_length] == 0);
}

/* The absolute path of a name in a directory; 0 if it is not below. */
static int resolve(int directory, const char *name, char *path)
{
    if (name[0] == '/' || directory == AT_FDCWD)
    {
        snprintf(path, PATH_MAX, "%s", name);
    }
    else
    {
        char link[64], folder[PATH_MAX];
        snprintf(link, sizeof link, "/proc/self/fd/%d", directory);
        ssize_t length = readlink(link, folder, sizeof folder - 1);
        if (length <= 0)
        {
            return 0;
        }

        folder[length] = 0;
        snprintf(path, PATH_MAX, "%.2000s/%.2000s", folder, name);
    }

    return is_below(path);
}

static int resolve_file(int file, char *path)
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = below ? readlink(link, path, PATH_MAX - 1) : -1;
    path[length > 0 ? length : 0] = 0;
    return length > 0 && is_below(path);
}

/* Whether there is trouble for a kind of change: then with errno set. Without the lock: files elsewhere must not wait for one that hangs. */
static int is_in_trouble_of(const char *kind, int hangs_only)
{
    static atomic_long changes;
    for (;;)
    {
        char text[16] = "";
        int file = trouble ? syscall(SYS_openat, AT_FDCWD, trouble, O_RDONLY | O_CLOEXEC) : -1;
        if (file < 0)
        {
            return 0;
        }

        ssize_t length = read(file, text, sizeof text - 1);
        syscall(SYS_close, file);
        if (length > 0 && text[0] >= 'a' && strcmp(text, "hang") != 0)
        {
            errno = EIO;
            return kind && strcmp(text, kind) == 0 && atomic_fetch_add(&changes, 1) % 3 == 2;
        }

        if (length <= 0 || strcmp(text, "hang") != 0)
        {
            errno = length > 0 ? atoi(text) : 0;
            return errno != 0 && !hangs_only;
        }

        usleep(1000);
    }
}

static int is_in_trouble(int hangs_only)
{
    return is_in_trouble_of(0, hangs_only);
}

static uint64_t inode_of(int file)
{
    struct stat status;
    return fstat(file, &status) == 0 ? status.st_ino : 0;
}

static void note(int kind, uint64_t inode, uint64_t at, const char *name, const char *to, const void *bytes, uint64_t length)
{
    if (record < 0)
    {
        return;
    }

    struct change change = { kind, inode, at, length, strlen(name), to ? strlen(to) : 0 };
    size_t size = sizeof change + change.name + change.to + (bytes ? length : 0);
    char *all = malloc(size), *end = all;
    end = mempcpy(end, &change, sizeof change);
    end = mempcpy(end, name, change.name);
    end = mempcpy(end, to, change.to);
    if (bytes)
    {
        memcpy(end, bytes, length);
    }

    if (write(record, all, size) != (ssize_t)size)
    {
        abort();
    }

    free(all);
}

/* Whether this is the change at which the process is killed. */
static int is_last(void)
{
    return ++changes == kill_at;
}

static void before(int last)
{
    if (last && strcmp(how, "before") == 0)
    {
        die();
    }
}

static void after(int last)
{
    if (!last)
    {
        return;
    }

    long nanoseconds = atol(how);
    if (nanoseconds == 0)
    {
        die();
    }

    timer_t timer;
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL };
    struct itimerspec time = { .it_value = { .tv_nsec = nanoseconds } };
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || timer_settime(timer, 0, &time, NULL) != 0)
    {
        die();
    }
}

ssize_t pwrite(int file, const void *bytes, size_t length, off_t at)
{
    char path[PATH_MAX];
    if (resolve_file(file, path) && is_in_trouble_of("writes", 0))
    {
        return -1;
    }

    pthread_mutex_lock(&gate);
    if (!resolve_file(file, path))
    {
        pthread_mutex_unlock(&gate);
        return real_pwrite(file, bytes, length, at);
    }

    int last = is_last();
    before(last);
    if (last && strcmp(how, "half") == 0)
    {
        real_pwrite(file, bytes, length / 2, at);
        die();
    }

    ssize_t written = real_pwrite(file, bytes, length, at);
    if (written > 0)
    {
        note(WRITE, inode_of(file), at, path, NULL, bytes, written);
    }

    after(last);
    pthread_mutex_unlock(&gate);
    return written;
}

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at)
{
    return pwrite(file, bytes, length, at);
}

static int open_at(int directory, const char *name, int flags, mode_t mode)
{
    static int (*real)(int, const char *, int, ...);
    if (!real)
    {
        real = (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, "openat");
    }

    char path[PATH_MAX];
    int is_ours = resolve(directory, name, path);
    if (is_ours && is_in_trouble(!(flags & (O_WRONLY | O_RDWR))))
    {
        return -1;
    }

    if (!(flags & (O_CREAT | O_TRUNC)) || !is_ours)
    {
        return real(directory, name, flags, mode);
    }

    pthread_mutex_lock(&gate);
    struct stat status;
    int exists = fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    int changes_it = !exists || ((flags & O_TRUNC) && status.st_size > 0);
    int last = changes_it && is_last();
    before(last);
    int file = real(directory, name, flags, mode);
    if (file >= 0 && changes_it)
    {
        note(exists ? TRUNCATE : CREATE, inode_of(file), 0, path, NULL, NULL, 0);
    }

    after(last);
    pthread_mutex_unlock(&gate);
    return file;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & O_CREAT) \
    { \
        va_list more; \
        va_start(more, flags); \
        mode = va_arg(more, mode_t); \
        va_end(more); \
    }

int openat(int directory, const char *name, int flags, ...) { MODE(flags) return open_at(directory, name, flags, mode); }
int openat64(int directory, const char *name, int flags, ...) { MODE(flags) return open_at(directory, name, flags, mode); }
int open(const char *name, int flags, ...) { MODE(flags) return open_at(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags) return open_at(AT_FDCWD, name, flags, mode); }

int ftruncate(int file, off_t length)
{
    static int (*real)(int, off_t);
    if (!real)
    {
        real = (int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate");
    }

    char path[PATH_MAX];
    if (resolve_file(file, path) && is_in_trouble(0))
    {
        return -1;
    }

    pthread_mutex_lock(&gate);
    if (!resolve_file(file, path))
    {
        pthread_mutex_unlock(&gate);
        return real(file, length);
    }

    int last = is_last();
    before(last);
    int result = real(file, length);
    if (result == 0)
    {
        note(TRUNCATE, inode_of(file), length, path, NULL, NULL, 0);
    }

    after(last);
    pthread_mutex_unlock(&gate);
    return result;
}

int ftruncate64(int file, off64_t length)
{
    return ftruncate(file, length);
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned int flags)
{
    char path[PATH_MAX], target[PATH_MAX];
    if (!resolve(from_directory, from, path) || !resolve(to_directory, to, target))
    {
        return syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
    }

    if (is_in_trouble_of("renames", 0))
    {
        return -1;
    }

    pthread_mutex_lock(&gate);
    int last = is_last();
    before(last);
    int result = syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
    if (result == 0)
    {
        note(RENAME, 0, 0, path, target, NULL, 0);
    }

    after(last);
    pthread_mutex_unlock(&gate);
    return result;
}

int renameat(int from_directory, const char *from, int to_directory, const char *to)
{
    return renameat2(from_directory, from, to_directory, to, 0);
}

int rename(const char *from, const char *to)
{
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int unlinkat(int directory, const char *name, int flags)
{
    static int (*real)(int, const char *, int);
    if (!real)
    {
        real = (int (*)(int, const char *, int))dlsym(RTLD_NEXT, "unlinkat");
    }

    char path[PATH_MAX];
    struct stat status;
    if (!resolve(directory, name, path) || fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    {
        return real(directory, name, flags);
    }

    if (is_in_trouble(0))
    {
        return -1;
    }

    pthread_mutex_lock(&gate);
    int last = is_last();
    before(last);
    int result = real(directory, name, flags);
    if (result == 0)
    {
        note(UNLINK, 0, 0, path, NULL, NULL, 0);
    }

    after(last);
    pthread_mutex_unlock(&gate);
    return result;
}

int unlink(const char *name)
{
    return unlinkat(AT_FDCWD, name, 0);
}

int fsync(int file)
{
    static int (*real)(int);
    if (!real)
    {
        real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    }

    char path[PATH_MAX];
    if (resolve_file(file, path) && is_in_trouble(0))
    {
        return -1;
    }

    pthread_mutex_lock(&gate);
    if (!resolve_file(file, path))
    {
        pthread_mutex_unlock(&gate);
        return real(file);
    }

    struct stat status;
    fstat(file, &status);
    int result = real(file);
    if (result == 0)
    {
        note(SYNC, status.st_ino, 0, path, NULL, NULL, status.st_size);
    }

    pthread_mutex_unlock(&gate);
    return result;
}

int statx(int directory, const char *restrict name, int flags, unsigned mask, struct statx *restrict status)
{
    char path[PATH_MAX];
    if (trouble && ((flags & AT_EMPTY_PATH) ? resolve_file(directory, path) : resolve(directory, name, path)))
    {
        is_in_trouble(1);
    }

    return syscall(SYS_statx, directory, name, flags, mask, status);
}
