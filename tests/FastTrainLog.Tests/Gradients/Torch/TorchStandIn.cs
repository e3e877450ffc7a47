using System.Diagnostics;
using System.Runtime.InteropServices;
using FastTrainLog.Gradients;
using Xunit;

namespace FastTrainLog.Tests.Gradients.Torch;

/// <summary>The stand-in for TorchSharp's native library, compiled by the machine's C compiler once for a test run.</summary>
public sealed unsafe class TorchStandIn : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-torch-").FullName;
    private readonly nint _library;

    public TorchStandIn()
    {
        string source = Path.Combine(AppContext.BaseDirectory, "Gradients", "Torch", "standin.c");
        string library = Path.Combine(_directory, "libstandin.so");
        foreach (string compiler in new[] { "cc", "gcc", "clang" })
        {
            if (TryCompile(compiler, source, library))
            {
                _library = NativeLibrary.Load(library);
                Exports = TorchExports.Bind(_library);
                return;
            }
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

        Directory.Delete(_directory, recursive: true);
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

    private static bool TryCompile(string compiler, string source, string library)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(compiler, ["-shared", "-fPIC", "-O1", "-o", library, source])
            {
                RedirectStandardError = true,
            })!;
            string complaint = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? true : throw new InvalidOperationException($"{compiler} could not build the stand-in: {complaint}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // This compiler is not installed.
            return false;
        }
    }

    private nint Find(string name) => NativeLibrary.GetExport(_library, name);
}
