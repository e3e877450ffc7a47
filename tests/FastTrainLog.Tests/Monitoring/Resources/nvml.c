// Stands in for the NVIDIA Management Library: three devices, of which one tells all, one little, and one may not be used.
#include <string.h>

struct utilization { unsigned gpu, memory; };
struct memory { unsigned long long total, free, used; };

static int refusal;
static int opened;
static int devices[3];

void standin_refuse(int result) { refusal = result; }
int standin_open(void) { return opened; }

int nvmlInit_v2(void) { if (refusal) return refusal; opened++; return 0; }
int nvmlShutdown(void) { opened--; return 0; }
const char *nvmlErrorString(int result) { return result == 9 ? "Driver Not Loaded" : "Unknown Error"; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 3; return 0; }

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device)
{
    if (index == 2) return 4; /* no permission */
    *device = &devices[index];
    return 0;
}

int nvmlDeviceGetName(void *device, char *name, unsigned length)
{
    strncpy(name, device == &devices[0] ? "Stand-in H100" : "Stand-in old", length);
    return 0;
}

int nvmlDeviceGetUtilizationRates(void *device, struct utilization *utilization)
{
    if (device != &devices[0]) return 3; /* not supported */
    utilization->gpu = 87;
    utilization->memory = 40;
    return 0;
}

int nvmlDeviceGetMemoryInfo(void *device, struct memory *memory)
{
    memory->total = device == &devices[0] ? 80ULL << 30 : 1ULL << 30;
    memory->used = device == &devices[0] ? 64ULL << 30 : 0;
    memory->free = memory->total - memory->used;
    return 0;
}

int nvmlDeviceGetTemperature(void *device, int sensor, unsigned *celsius)
{
    if (device != &devices[0] || sensor != 0) return 3;
    *celsius = 61;
    return 0;
}

int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts)
{
    if (device != &devices[0]) return 3;
    *milliwatts = 412500;
    return 0;
}
