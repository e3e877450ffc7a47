using System.Runtime.InteropServices;
using FastTrainLog.Gradients;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Gradients.Torch;

/// <summary>The stand-in for TorchSharp's native library, compiled by the machine's C compiler once for a test run.</summary>
public sealed unsafe class TorchStandIn : IDisposable
{
    private readonly NativeSource _source = new(Path.Combine("Gradients", "Torch", "standin.c"));
    private readonly nint _library;

    public TorchStandIn()
    {
        if (_source.Result is { } library)
        {
            _library = NativeLibrary.Load(library);
            Exports = TorchExports.Bind(_library);
        }
    }

    internal TorchExports? Exports { get; }

    public long LiveHandles => ((delegate* unmanaged<long>)Find("standin_live_handles"))();

    /// <summary>Skips the test where nothing could compile the library.</summary>
    internal TorchExports Require()
    {
        Assert.SkipWhen(Exports is null, "no C compiler (cc, gcc or clang) is on this machine to build the stand-in for TorchSharp's native library");
        return Exports!;
    }

    public nint Parameter() => ((delegate* unmanaged<nint>)Find("standin_parameter"))();

    public void SetGradient(nint parameter, nint data, int type, long[] sizes, long[]? strides = null)
    {
        strides ??= RowMajor(sizes);
        fixed (long* sizesAt = sizes)
        fixed (long* stridesAt = strides)
        {
            ((delegate* unmanaged<nint, nint, sbyte, long, long*, long*, void>)Find("standin_set_gradient"))(
                parameter, data, (sbyte)type, sizes.Length, sizesAt, stridesAt);
        }
    }

    public void DropGradient(nint parameter) => ((delegate* unmanaged<nint, void>)Find("standin_drop_gradient"))(parameter);

    public void MakeSparse(nint parameter) => ((delegate* unmanaged<nint, void>)Find("standin_make_sparse"))(parameter);

    public void Move(nint parameter, int type, int index) => ((delegate* unmanaged<nint, int, int, void>)Find("standin_move"))(parameter, type, index);

    public void Dispose()
    {
        if (_library != 0)
        {
            NativeLibrary.Free(_library);
        }

        _source.Dispose();
    }

    private static long[] RowMajor(long[] sizes)
    {
        var strides = new long[sizes.Length];
        long stride = 1;
        for (int i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= sizes[i];
        }

        return strides;
    }

    private nint Find(string name) => NativeLibrary.GetExport(_library, name);
}
