using System.Runtime.InteropServices;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Monitoring.Resources;

/// <summary>The stand-in for NVIDIA's management library, compiled by the machine's C compiler once for a test run.</summary>
public sealed unsafe class NvmlStandIn : IDisposable
{
    private readonly NativeSource _source = new(Path.Combine("Monitoring", "Resources", "nvml.c"));

    /// <summary>Gets how often the library was opened and not shut down.</summary>
    public int Open => ((delegate* unmanaged<int>)NativeLibrary.GetExport(NativeLibrary.Load(Require()), "standin_open"))();

    /// <summary>Returns the library's path, or skips the test where nothing could compile it.</summary>
    public string Require()
    {
        Assert.SkipWhen(_source.Result is null, "no C compiler (cc, gcc or clang) is on this machine to build the stand-in for NVIDIA's management library");
        return _source.Result!;
    }

    /// <summary>Makes the library refuse to open with a result; 0 for no refusal.</summary>
    public void Refuse(int result) => ((delegate* unmanaged<int, void>)NativeLibrary.GetExport(NativeLibrary.Load(Require()), "standin_refuse"))(result);

    public void Dispose() => _source.Dispose();
}
