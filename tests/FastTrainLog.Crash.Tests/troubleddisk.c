/* A file system (libfuse 3) that a test can let lose power, hang and fail. Usage: troubleddisk STATE MOUNT.
   What is written goes to STATE/live. What would be left after a loss of power is in STATE/disk: files/INODE has what a file held when it was last synced, directories/INODE the entries
   that a directory had when it was: a line each, with type, mode, inode and name. What is in STATE/live at the start counts as synced.
   STATE/trouble: while this file exists, what changes a file, and opens one to write, fails with the error whose number is in it, or with "hang" every operation waits until it is gone. */
#define FUSE_USE_VERSION 31
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Over what belongs together: a sync is of one moment. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static int live, files, directories, buried;
static char trouble[PATH_MAX];
static unsigned burials;

/* Waits while everything hangs; the error with which a change fails, or 0. */
static int refusal(void)
{
    for (;;)
    {
        char text[16] = "";
        int file = open(trouble, O_RDONLY | O_CLOEXEC);
        if (file < 0)
        {
            return 0;
        }

        ssize_t length = read(file, text, sizeof text - 1);
        close(file);
        if (length <= 0 || strcmp(text, "hang") != 0)
        {
            return length > 0 ? -atoi(text) : 0;
        }

        usleep(1000);
    }
}

/* The name below the directory of what is written; that itself is ".". */
static const char *below(const char *path)
{
    return path[1] ? path + 1 : ".";
}

static int result(int value)
{
    return value < 0 ? -errno : 0;
}

static void check(int is_right, const char *what)
{
    if (!is_right)
    {
        perror(what);
        _exit(1);
    }
}

/* Writes a file of the disk whole or not at all: this process may be killed at any time. */
static void keep(int directory, ino_t inode, const void *bytes, size_t length)
{
    char name[32];
    snprintf(name, sizeof name, "%lu", (unsigned long)inode);
    int file = openat(directory, "new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check(file >= 0, "keep");
    for (size_t at = 0; at < length;)
    {
        ssize_t written = write(file, (const char *)bytes + at, length - at);
        check(written > 0, "write");
        at += written;
    }

    close(file);
    check(renameat(directory, "new", directory, name) == 0, "rename");
}

static void sync_file(int file)
{
    struct stat status;
    check(fstat(file, &status) == 0, "fstat");
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    /* The file may be open to write only. */
    int again = open(name, O_RDONLY | O_CLOEXEC);
    check(again >= 0, "open again");
    char *bytes = malloc(status.st_size + 1);
    size_t length = 0;
    for (ssize_t got; length < (size_t)status.st_size && (got = pread(again, bytes + length, status.st_size - length, length)) > 0;)
    {
        length += got;
    }

    keep(files, status.st_ino, bytes, length);
    free(bytes);
    close(again);
}

static void sync_directory(int directory, int with_content)
{
    struct stat status;
    check(fstat(directory, &status) == 0, "fstat");
    char *text = NULL;
    size_t length = 0;
    FILE *list = open_memstream(&text, &length);
    int again = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fdopendir(again);
    check(entries != NULL, "fdopendir");
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
    {
        struct stat of_entry;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || fstatat(directory, entry->d_name, &of_entry, AT_SYMLINK_NOFOLLOW) != 0)
        {
            continue;
        }

        int is_directory = S_ISDIR(of_entry.st_mode);
        if (!is_directory && !S_ISREG(of_entry.st_mode))
        {
            continue;
        }

        fprintf(list, "%c %u %lu %s\n", is_directory ? 'd' : 'f', of_entry.st_mode & 07777, (unsigned long)of_entry.st_ino, entry->d_name);
        if (with_content)
        {
            int file = openat(directory, entry->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
            check(file >= 0, "open");
            is_directory ? sync_directory(file, 1) : sync_file(file);
            close(file);
        }
    }

    closedir(entries);
    fclose(list);
    keep(directories, status.st_ino, text, length);
    free(text);
}

/* Keeps the inode of a file that loses its name: its number must not come back while the disk has the file. */
static void bury(const char *path)
{
    char name[32];
    snprintf(name, sizeof name, "%u", burials++);
    linkat(live, below(path), buried, name, 0);
}

static int do_getattr(const char *path, struct stat *status, struct fuse_file_info *file)
{
    refusal();
    return result(file ? fstat(file->fh, status) : fstatat(live, below(path), status, AT_SYMLINK_NOFOLLOW));
}

static int do_open(const char *path, struct fuse_file_info *file)
{
    int error = refusal();
    if (error && (file->flags & O_ACCMODE) != O_RDONLY)
    {
        return error;
    }

    int opened = openat(live, below(path), (file->flags & ~O_NOFOLLOW) | O_CLOEXEC);
    file->fh = opened;
    return opened < 0 ? -errno : 0;
}

static int do_create(const char *path, mode_t mode, struct fuse_file_info *file)
{
    int error = refusal();
    if (error)
    {
        return error;
    }

    pthread_mutex_lock(&gate);
    int opened = openat(live, below(path), file->flags | O_CREAT | O_CLOEXEC, mode);
    pthread_mutex_unlock(&gate);
    file->fh = opened;
    return opened < 0 ? -errno : 0;
}

static int do_read(const char *path, char *bytes, size_t length, off_t at, struct fuse_file_info *file)
{
    (void)path;
    refusal();
    ssize_t got = pread(file->fh, bytes, length, at);
    return got < 0 ? -errno : (int)got;
}

static int do_write(const char *path, const char *bytes, size_t length, off_t at, struct fuse_file_info *file)
{
    (void)path;
    int error = refusal();
    if (error)
    {
        return error;
    }

    pthread_mutex_lock(&gate);
    ssize_t written = pwrite(file->fh, bytes, length, at);
    int failure = errno;
    pthread_mutex_unlock(&gate);
    return written < 0 ? -failure : (int)written;
}

static int do_truncate(const char *path, off_t length, struct fuse_file_info *file)
{
    int error = refusal();
    if (error)
    {
        return error;
    }

    int opened = file ? (int)file->fh : openat(live, below(path), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    if (opened < 0)
    {
        return -errno;
    }

    pthread_mutex_lock(&gate);
    int value = result(ftruncate(opened, length));
    pthread_mutex_unlock(&gate);
    if (!file)
    {
        close(opened);
    }

    return value;
}

static int do_release(const char *path, struct fuse_file_info *file)
{
    (void)path;
    close(file->fh);
    return 0;
}

static int do_fsync(const char *path, int only_data, struct fuse_file_info *file)
{
    (void)path, (void)only_data;
    int error = refusal();
    if (!error)
    {
        pthread_mutex_lock(&gate);
        sync_file(file->fh);
        pthread_mutex_unlock(&gate);
    }

    return error;
}

static int do_rename(const char *from, const char *to, unsigned flags)
{
    int error = refusal();
    if (error)
    {
        return error;
    }

    pthread_mutex_lock(&gate);
    if (!(flags & RENAME_NOREPLACE))
    {
        bury(to);
    }

    int value = result(syscall(SYS_renameat2, live, below(from), live, below(to), flags));
    pthread_mutex_unlock(&gate);
    return value;
}

static int do_unlink(const char *path)
{
    int error = refusal();
    if (error)
    {
        return error;
    }

    pthread_mutex_lock(&gate);
    bury(path);
    int value = result(unlinkat(live, below(path), 0));
    pthread_mutex_unlock(&gate);
    return value;
}

static int do_mkdir(const char *path, mode_t mode)
{
    int error = refusal();
    return error ? error : result(mkdirat(live, below(path), mode));
}

static int do_rmdir(const char *path)
{
    int error = refusal();
    return error ? error : result(unlinkat(live, below(path), AT_REMOVEDIR));
}

static int do_chmod(const char *path, mode_t mode, struct fuse_file_info *file)
{
    int error = refusal();
    return error ? error : result(file ? fchmod(file->fh, mode) : fchmodat(live, below(path), mode, 0));
}

static int do_chown(const char *path, uid_t user, gid_t group, struct fuse_file_info *file)
{
    int error = refusal();
    return error ? error : result(file ? fchown(file->fh, user, group) : fchownat(live, below(path), user, group, AT_SYMLINK_NOFOLLOW));
}

static int do_utimens(const char *path, const struct timespec times[2], struct fuse_file_info *file)
{
    int error = refusal();
    return error ? error : result(file ? futimens(file->fh, times) : utimensat(live, below(path), times, AT_SYMLINK_NOFOLLOW));
}

static int do_statfs(const char *path, struct statvfs *status)
{
    (void)path;
    refusal();
    return result(fstatvfs(live, status));
}

static int do_opendir(const char *path, struct fuse_file_info *file)
{
    refusal();
    int opened = openat(live, below(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    file->fh = opened;
    return opened < 0 ? -errno : 0;
}

static int do_readdir(const char *path, void *list, fuse_fill_dir_t fill, off_t at, struct fuse_file_info *file, enum fuse_readdir_flags flags)
{
    (void)path, (void)at, (void)flags;
    refusal();
    DIR *entries = fdopendir(openat(file->fh, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!entries)
    {
        return -errno;
    }

    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
    {
        struct stat status = { .st_ino = entry->d_ino, .st_mode = DTTOIF(entry->d_type) };
        fill(list, entry->d_name, &status, 0, 0);
    }

    closedir(entries);
    return 0;
}

static int do_fsyncdir(const char *path, int only_data, struct fuse_file_info *file)
{
    (void)path, (void)only_data;
    int error = refusal();
    if (!error)
    {
        pthread_mutex_lock(&gate);
        sync_directory(file->fh, 0);
        pthread_mutex_unlock(&gate);
    }

    return error;
}

static void *begin(struct fuse_conn_info *connection, struct fuse_config *settings)
{
    (void)connection;
    /* The kernel asks each time: what hangs, hangs. */
    settings->use_ino = 1;
    settings->entry_timeout = settings->attr_timeout = settings->negative_timeout = 0;
    settings->hard_remove = 1;
    settings->nullpath_ok = 1;
    return NULL;
}

/* The test's process has this process's input open as long as it lives: without it the mount must not stay. */
static void *watch(void *mount)
{
    char byte;
    while (read(STDIN_FILENO, &byte, 1) > 0)
    {
    }

    umount2(mount, MNT_DETACH);
    _exit(0);
}

static int folder(const char *state, const char *name)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", state, name);
    mkdir(path, 0755);
    int opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    check(opened >= 0, path);
    return opened;
}

int main(int count, char **arguments)
{
    if (count != 3)
    {
        fprintf(stderr, "usage: %s STATE MOUNT\n", arguments[0]);
        return 2;
    }

    snprintf(trouble, sizeof trouble, "%s/trouble", arguments[1]);
    live = folder(arguments[1], "live");
    folder(arguments[1], "disk");
    files = folder(arguments[1], "disk/files");
    directories = folder(arguments[1], "disk/directories");
    buried = folder(arguments[1], "buried");
    umask(0);
    sync_directory(live, 1);
    pthread_t thread;
    check(pthread_create(&thread, NULL, watch, arguments[2]) == 0, "thread");
    static const struct fuse_operations operations =
    {
        .init = begin, .getattr = do_getattr, .open = do_open, .create = do_create, .read = do_read, .write = do_write, .truncate = do_truncate, .release = do_release, .fsync = do_fsync,
        .rename = do_rename, .unlink = do_unlink, .mkdir = do_mkdir, .rmdir = do_rmdir, .chmod = do_chmod, .chown = do_chown, .utimens = do_utimens, .statfs = do_statfs,
        .opendir = do_opendir, .readdir = do_readdir, .releasedir = do_release, .fsyncdir = do_fsyncdir,
    };
    /* In the foreground. Other users may use it. */
    char *fuse[] = { arguments[0], "-f", "-o", "default_permissions,allow_other,fsname=troubleddisk", arguments[2], NULL };
    return fuse_main(5, fuse, &operations, NULL);
}
