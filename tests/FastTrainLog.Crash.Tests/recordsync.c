/* Preloaded before the C library: appends to the file that SYNC_RECORD names the path and the length of each file that is synced. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int fsync(int file)
{
    static int (*real)(int);
    if (!real)
    {
        real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    }

    struct stat status;
    char link[64], path[4096];
    fstat(file, &status);
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    int result = real(file);
    const char *record = getenv("SYNC_RECORD");
    FILE *out = record && length > 0 ? fopen(record, "a") : NULL;
    if (out)
    {
        path[length] = 0;
        fprintf(out, "%s %lld\n", path, (long long)status.st_size);
        fclose(out);
    }

    return result;
}
