// A stand-in for TorchSharp's native library: the functions that FastTrainLog binds, over tensors that a test describes.
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct Tensor {
    void* data;
    int64_t count;
    int8_t type;
    bool sparse;
    int32_t device_type, device_index;
    int64_t dimensions, sizes[8], strides[8];
    struct Tensor* gradient;
} Tensor;

static int64_t live_handles;

// A handle is a copy, as torch's is a new reference: who gets one gives it back.
Tensor* THSTensor_grad(const Tensor* tensor)
{
    if (!tensor->gradient) return NULL;
    Tensor* copy = malloc(sizeof(Tensor));
    memcpy(copy, tensor->gradient, sizeof(Tensor));
    live_handles++;
    return copy;
}

void THSTensor_dispose(Tensor* tensor)
{
    memset(tensor, 0xDD, sizeof(Tensor));
    free(tensor);
    live_handles--;
}

void* THSTensor_data(const Tensor* tensor) { return tensor->sparse ? NULL : tensor->data; }
int64_t THSTensor_numel(const Tensor* tensor) { return tensor->count; }
int8_t THSTensor_type(const Tensor* tensor) { return tensor->type; }
bool THSTensor_is_sparse(const Tensor* tensor) { return tensor->sparse; }
int32_t THSTensor_device_type(const Tensor* tensor) { return tensor->device_type; }
int32_t THSTensor_device_index(const Tensor* tensor) { return tensor->device_index; }
int64_t THSTensor_ndimension(const Tensor* tensor) { return tensor->dimensions; }
int64_t THSTensor_size(const Tensor* tensor, int64_t dimension) { return tensor->sizes[dimension]; }
int64_t THSTensor_stride(const Tensor* tensor, int64_t dimension) { return tensor->strides[dimension]; }

bool THSTensor_is_contiguous(const Tensor* tensor)
{
    int64_t expected = 1;
    for (int64_t i = tensor->dimensions - 1; i >= 0; i--) {
        if (tensor->sizes[i] != 1 && tensor->strides[i] != expected) return false;
        expected *= tensor->sizes[i];
    }
    return true;
}

Tensor* standin_parameter(void) { return calloc(1, sizeof(Tensor)); }

void standin_set_gradient(Tensor* parameter, void* data, int8_t type, int64_t dimensions, const int64_t* sizes, const int64_t* strides)
{
    free(parameter->gradient);
    Tensor* gradient = parameter->gradient = calloc(1, sizeof(Tensor));
    gradient->data = data;
    gradient->type = type;
    gradient->device_index = -1;
    gradient->dimensions = dimensions;
    gradient->count = 1;
    for (int64_t i = 0; i < dimensions; i++) {
        gradient->sizes[i] = sizes[i];
        gradient->strides[i] = strides[i];
        gradient->count *= sizes[i];
    }
}

void standin_drop_gradient(Tensor* parameter) { free(parameter->gradient); parameter->gradient = NULL; }
void standin_make_sparse(Tensor* parameter) { parameter->gradient->sparse = true; }
void standin_move(Tensor* parameter, int32_t type, int32_t index) { parameter->gradient->device_type = type; parameter->gradient->device_index = index; }
int64_t standin_live_handles(void) { return live_handles; }
