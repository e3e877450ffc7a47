using System.Diagnostics;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>A file system of 4 MiB, most of it filled, mounted where the tests run as root.</summary>
internal sealed class TinyFileSystem : IDisposable
{
    private readonly string _path;
    private readonly string _filler;

    private TinyFileSystem(string path)
    {
        _path = path;
        _filler = Path.Combine(path, "filler");
        using FileStream filler = File.Create(_filler);
        filler.SetLength(0);
        filler.Write(new byte[(4096 - 128) * 1024]);
    }

    public static TinyFileSystem? Mount(string path)
    {
        Directory.CreateDirectory(path);
        return Environment.UserName == "root" && Run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", path) ? new TinyFileSystem(path) : null;
    }

    /// <summary>Takes all the room that is left.</summary>
    public void Fill()
    {
        using FileStream filler = File.Create(_filler, bufferSize: 1);
        byte[] block = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(block);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Makes it ten times as large.</summary>
    public void Grow() => Run("mount", "-o", "remount,size=40m", _path);

    public void MakeRoom() => File.Delete(_filler);

    public void Dispose() => Run("umount", "-l", _path);

    private static bool Run(string command, params string[] arguments)
    {
        using Process process = Process.Start(command, arguments);
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
