using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Tool;

/// <summary>Standard output that says when nobody reads it any more, so that <c>fasttrainlog tail logs | head</c> ends.</summary>
internal static class StandardOutput
{
    private const int StandardOutputNumber = 1;
    private const int BrokenPipe = 32;

    /// <summary>Replaces the console's own writer, which goes on silently, where the output is a pipe.</summary>
    public static void NoticeReadersEnd()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return;
        }

        var stream = new FileStream(new SafeFileHandle(StandardOutputNumber, ownsHandle: false), FileAccess.Write, bufferSize: 1);
        // A file keeps the console's writer: this one has a place of its own in it, and would write over what standard error wrote there.
        if (!stream.CanSeek)
        {
            Console.SetOut(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
        }
    }

    /// <summary>Returns whether an exception says that nobody reads the output any more.</summary>
    public static bool IsReadersEnd(IOException exception) => exception.HResult == BrokenPipe;
}
