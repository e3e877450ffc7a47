using System.Runtime.InteropServices;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tests.Training;

public sealed class ErrorClassifierTests
{
    public static TheoryData<string, ErrorCategory> LibtorchMessages => new()
    {
        { "CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 15.78 GiB total capacity)", ErrorCategory.OutOfMemory },
        { "DefaultCPUAllocator: can't allocate memory: you tried to allocate 80000000000 bytes.", ErrorCategory.OutOfMemory },
        { "CUDA error: an illegal memory access was encountered", ErrorCategory.Cuda },
        { "CUDA error: device-side assert triggered", ErrorCategory.Cuda },
        { "cuDNN error: CUDNN_STATUS_EXECUTION_FAILED", ErrorCategory.Cuda },
        { "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", ErrorCategory.OutOfMemory },
        { "mat1 and mat2 shapes cannot be multiplied (64x784 and 128x10)", ErrorCategory.ShapeMismatch },
        { "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1", ErrorCategory.ShapeMismatch },
        { "shape '[2, 3]' is invalid for input of size 5", ErrorCategory.ShapeMismatch },
        { "Expected input batch_size (32) to match target batch_size (31).", ErrorCategory.ShapeMismatch },
        { "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and cpu!", ErrorCategory.TensorMismatch },
        { "expected scalar type Float but found Half", ErrorCategory.TensorMismatch },
        { "something else", ErrorCategory.Unknown },
    };

    public static TheoryData<Exception, ErrorCategory> Types => new()
    {
        { new OutOfMemoryException(), ErrorCategory.OutOfMemory },
        { new NonFiniteGradientException(default), ErrorCategory.NonFinite },
        { new OperationCanceledException(), ErrorCategory.Cancelled },
        { new TaskCanceledException("late", new TimeoutException()), ErrorCategory.Timeout },
        { new TimeoutException(), ErrorCategory.Timeout },
        { new FileNotFoundException(), ErrorCategory.InputOutput },
        { new UnauthorizedAccessException(), ErrorCategory.InputOutput },
        { new IOException("No space left on device : '/data/x'"), ErrorCategory.InputOutput },
        { new EndOfStreamException(), ErrorCategory.Data },
        { new FormatException(), ErrorCategory.Data },
        { new DllNotFoundException(), ErrorCategory.NativeLibrary },
        { new ArgumentOutOfRangeException(), ErrorCategory.Configuration },
        { new InvalidOperationException(), ErrorCategory.Unknown },
        { new InvalidOperationException("outer", new IOException()), ErrorCategory.InputOutput },
        { new AggregateException(new InvalidOperationException("first"), new InvalidOperationException("second", new OutOfMemoryException())), ErrorCategory.OutOfMemory },
    };

    [Theory]
    [MemberData(nameof(LibtorchMessages))]
    public void What_libtorch_says_is_told_apart_by_its_message(string message, ErrorCategory category) =>
        Assert.Equal(category, ErrorClassifier.Diagnose(new ExternalException(message)).Category);

    [Theory]
    [MemberData(nameof(Types), DisableDiscoveryEnumeration = true)]
    public void An_exception_is_told_by_its_type_or_by_its_cause(Exception exception, ErrorCategory category) =>
        Assert.Equal(category, ErrorClassifier.Diagnose(exception).Category);

    [Fact]
    public void A_full_disk_is_answered_with_the_advice_to_free_space() =>
        Assert.Contains("Free space", ErrorClassifier.Diagnose(new IOException("No space left on device")).Suggestion);

    [Fact]
    public void Too_little_memory_is_answered_with_the_advice_to_lower_the_batch_size() =>
        Assert.Contains("batch size", ErrorClassifier.Diagnose(new OutOfMemoryException()).Suggestion);

    [Fact]
    public void Where_nothing_is_known_nothing_is_suggested() =>
        Assert.Null(ErrorClassifier.Diagnose(new InvalidOperationException()).Suggestion);
}
