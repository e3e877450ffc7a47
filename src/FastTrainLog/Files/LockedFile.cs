using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Files;

/// <summary>A file that this process has locked until it disposes of this object.</summary>
/// <remarks>
/// The lock is released before the file is closed. Closing it is not enough: its memory may still be mapped, and a process that is being started has a copy of every open file until its program begins,
/// each of which keeps the lock.
/// </remarks>
/// <param name="handle">The file.</param>
internal sealed class LockedFile(SafeFileHandle handle) : IDisposable
{
    public SafeFileHandle Handle => handle;

    public void Dispose()
    {
        if (!handle.IsClosed)
        {
            FileSystem.Unlock(handle);
            handle.Dispose();
        }
    }
}
