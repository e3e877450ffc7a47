using System.Text;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Tool;

/// <summary>Standard output that detects when its reader has gone, so that <c>fasttrainlog tail logs | head</c> ends.</summary>
internal static class StandardOutput
{
    private const int StandardOutputNumber = 1;
    private const int BrokenPipe = 32;

    private static Stream? _pipe;

    /// <summary>Replaces the console's own writer, which continues silently, where the output is a pipe.</summary>
    public static void NoticeReadersEnd()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected)
        {
            return;
        }

        var stream = new FileStream(new SafeFileHandle(StandardOutputNumber, ownsHandle: false), FileAccess.Write, bufferSize: 1);
        // A file keeps the console's writer: this one has its own position in the file, and would overwrite what standard error wrote there.
        if (!stream.CanSeek)
        {
            _pipe = stream;
            Console.SetOut(new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true });
        }
    }

    /// <summary>Returns the stream behind a writer of text, for output that is not text.</summary>
    /// <param name="output">The console's writer, or one over a stream.</param>
    public static Stream BytesOf(TextWriter output) => output is StreamWriter writer ? writer.BaseStream : _pipe ?? Console.OpenStandardOutput();

    /// <summary>Returns whether an exception means that the reader of the output has gone.</summary>
    public static bool IsReadersEnd(IOException exception) => exception.HResult == BrokenPipe;
}
