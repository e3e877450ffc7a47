using System.Reflection;
using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients;

/// <summary>The functions of TorchSharp's native library that access a tensor's gradient, bound at run time.</summary>
/// <remarks>
/// A handle is a pointer to an <c>at::Tensor</c>, as in <c>Tensor.Handle</c>. The functions have had these signatures from TorchSharp
/// 0.99.6 to 0.107, except two whose result changed from int to bool: only the lowest byte of it is read.
/// </remarks>
internal sealed unsafe class TorchExports
{
    private const string Library = "LibTorchSharp";

    private TorchExports(Func<string, nint> find)
    {
        Gradient = (delegate* unmanaged<nint, nint>)find("THSTensor_grad");
        Dispose = (delegate* unmanaged<nint, void>)find("THSTensor_dispose");
        Data = (delegate* unmanaged<nint, nint>)find("THSTensor_data");
        ElementCount = (delegate* unmanaged<nint, long>)find("THSTensor_numel");
        ScalarType = (delegate* unmanaged<nint, sbyte>)find("THSTensor_type");
        IsContiguous = (delegate* unmanaged<nint, byte>)find("THSTensor_is_contiguous");
        IsSparse = (delegate* unmanaged<nint, byte>)find("THSTensor_is_sparse");
        DeviceType = (delegate* unmanaged<nint, int>)find("THSTensor_device_type");
        DeviceIndex = (delegate* unmanaged<nint, int>)find("THSTensor_device_index");
        Dimensions = (delegate* unmanaged<nint, long>)find("THSTensor_ndimension");
        Size = (delegate* unmanaged<nint, long, long>)find("THSTensor_size");
        Stride = (delegate* unmanaged<nint, long, long>)find("THSTensor_stride");
    }

    /// <summary>Gets the function that returns a new handle to a tensor's gradient, or 0 if it has none.</summary>
    public delegate* unmanaged<nint, nint> Gradient { get; }

    /// <summary>Gets the function that frees a handle, but not the memory while the parameter uses it.</summary>
    public delegate* unmanaged<nint, void> Dispose { get; }

    /// <summary>Gets the function that returns the address of the first element.</summary>
    public delegate* unmanaged<nint, nint> Data { get; }

    /// <summary>Gets the function that counts elements.</summary>
    public delegate* unmanaged<nint, long> ElementCount { get; }

    /// <summary>Gets the function that returns the element type in torch's numbering.</summary>
    public delegate* unmanaged<nint, sbyte> ScalarType { get; }

    /// <summary>Gets the function that returns whether the elements are in order without gaps.</summary>
    public delegate* unmanaged<nint, byte> IsContiguous { get; }

    /// <summary>Gets the function that returns whether the tensor is sparse and has no plain memory.</summary>
    public delegate* unmanaged<nint, byte> IsSparse { get; }

    /// <summary>Gets the function that returns the kind of device in torch's numbering.</summary>
    public delegate* unmanaged<nint, int> DeviceType { get; }

    /// <summary>Gets the function that returns the device's ordinal.</summary>
    public delegate* unmanaged<nint, int> DeviceIndex { get; }

    /// <summary>Gets the function that counts dimensions.</summary>
    public delegate* unmanaged<nint, long> Dimensions { get; }

    /// <summary>Gets the function that returns the length of a dimension.</summary>
    public delegate* unmanaged<nint, long, long> Size { get; }

    /// <summary>Gets the function that returns the distance between neighbours along a dimension, in elements.</summary>
    public delegate* unmanaged<nint, long, long> Stride { get; }

    /// <summary>Binds the functions of a loaded library.</summary>
    /// <param name="library">The library's handle.</param>
    /// <returns>The functions.</returns>
    /// <exception cref="NotSupportedException">A function is missing; the message names it.</exception>
    public static TorchExports Bind(nint library) => new(name => NativeLibrary.TryGetExport(library, name, out nint address)
        ? address
        : throw new NotSupportedException(
            $"{Library} has no function {name}. FastTrainLog works with TorchSharp 0.102.5 to 0.107; use one of these versions."));

    /// <summary>Loads TorchSharp's native library as the runtime would for an assembly, and binds its functions.</summary>
    /// <param name="referring">An assembly next to which the library is, such as TorchSharp's own.</param>
    /// <returns>The functions.</returns>
    /// <exception cref="NotSupportedException">The library cannot be found or a function is missing.</exception>
    public static TorchExports Load(Assembly referring) => NativeLibrary.TryLoad(Library, referring, null, out nint library)
        ? Bind(library)
        : throw new NotSupportedException(
            $"{Library}, TorchSharp's native library, cannot be found. Reference TorchSharp and a libtorch package for this platform, such " +
            "as TorchSharp-cpu, and create a tensor before the first clip so that it is loaded.");
}
