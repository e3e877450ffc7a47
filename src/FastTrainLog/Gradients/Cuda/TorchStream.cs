using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients.Cuda;

/// <summary>
/// Finds libtorch's current stream through <c>aoti_torch_get_current_cuda_stream</c>, the C function that libtorch_cuda
/// exports for compiled models (PyTorch 2.1 and later).
/// </summary>
internal sealed unsafe class TorchStream
{
    private const string Export = "aoti_torch_get_current_cuda_stream";

    private readonly delegate* unmanaged<int, void**, int> _current;

    private TorchStream(nint function) => _current = (delegate* unmanaged<int, void**, int>)function;

    /// <summary>Binds the function if a libtorch with CUDA is installed and exports it.</summary>
    /// <param name="library">The library's name or path.</param>
    /// <returns>The function, or null: then kernels are launched on the legacy default stream, which is the one that TorchSharp's torch uses.</returns>
    public static TorchStream? TryBind(string library = "torch_cuda")
        => NativeLibrary.TryLoad(library, typeof(TorchStream).Assembly, null, out nint handle)
            && NativeLibrary.TryGetExport(handle, Export, out nint function)
            ? new TorchStream(function)
            : null;

    /// <summary>Returns the stream that is current on this thread.</summary>
    /// <param name="device">The device's ordinal.</param>
    /// <returns>The stream's handle; 0 is the legacy default stream.</returns>
    /// <exception cref="CudaUnavailableException">libtorch reports an error.</exception>
    public nint Current(int device)
    {
        void* stream = null;
        int result = _current(device, &stream);
        return result == 0
            ? (nint)stream
            : throw new CudaUnavailableException($"{Export} for cuda:{device} failed with {result}");
    }
}
