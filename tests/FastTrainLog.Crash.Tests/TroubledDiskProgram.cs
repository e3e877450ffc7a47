using FastTrainLog.Tests.Shared;

namespace FastTrainLog.Crash.Tests;

/// <summary>The program built from <c>troubleddisk.c</c>, once for all tests of a class.</summary>
public sealed class TroubledDiskProgram : IDisposable
{
    private const string Headers = "/usr/include/fuse3";

    private readonly NativeSource? _source;

    public TroubledDiskProgram()
    {
        WhyNot = !OperatingSystem.IsLinux() ? "only Linux has FUSE as this uses it"
            : Environment.UserName != "root" ? "only root may mount a file system for all users"
            : !File.Exists("/dev/fuse") ? "this machine has no /dev/fuse"
            : !Directory.Exists(Headers) ? "libfuse 3 is not installed with its headers (Debian: fuse3, libfuse3-dev)"
            : string.Empty;
        if (WhyNot.Length == 0)
        {
            _source = NativeSource.Program("troubleddisk.c", $"-I{Headers}", "-lfuse3", "-lpthread");
            WhyNot = _source.Result is null ? "no C compiler (cc, gcc or clang) is on this machine" : string.Empty;
        }
    }

    /// <summary>Gets why it cannot be used; empty if it can.</summary>
    public string WhyNot { get; }

    /// <summary>Gets its path.</summary>
    public string Path => _source!.Result!;

    public void Dispose() => _source?.Dispose();
}
