using System.IO.Pipes;
using System.Text;

namespace FastTrainLog.Tool.Launch;

/// <summary>Reads one output of a rank on a thread of its own: shows it, and writes it to the launcher's log line by line.</summary>
internal sealed class OutputPump : IDisposable
{
    private const int ChunkBytes = 16 * 1024;

    private readonly AnonymousPipeServerStream _pipe = new(PipeDirection.In, HandleInheritability.None);
    private readonly ShownOutput _shown;
    private readonly Action<string> _log;
    private readonly Thread _thread;

    /// <summary>Initializes a pump that reads once it is started.</summary>
    /// <param name="shown">Where it is shown.</param>
    /// <param name="log">Receives each line, without its end; a long one in parts.</param>
    public OutputPump(ShownOutput shown, Action<string> log)
    {
        _shown = shown;
        _log = log;
        _thread = new Thread(Run) { IsBackground = true, Name = "output" };
    }

    /// <summary>Gets the end that the process writes to.</summary>
    public System.Runtime.InteropServices.SafeHandle Target => _pipe.ClientSafePipeHandle;

    /// <summary>Reads, once the process has its end.</summary>
    public void Start()
    {
        _pipe.DisposeLocalCopyOfClientHandle();
        _thread.Start();
    }

    /// <summary>Waits until all processes that could write have closed their end.</summary>
    /// <returns>Whether they have.</returns>
    public bool Join(TimeSpan limit) => _thread.Join(limit);

    public void Dispose() => _pipe.Dispose();

    private void Run()
    {
        byte[] chunk = new byte[ChunkBytes];
        byte[] line = new byte[ChunkBytes];
        int length = 0;
        while (Read(chunk) is > 0 and int read)
        {
            _shown.Write(chunk.AsSpan(0, read));
            foreach (byte value in chunk.AsSpan(0, read))
            {
                if (value == (byte)'\n' || length == line.Length)
                {
                    Log(line.AsSpan(0, length));
                    length = 0;
                }

                if (value != (byte)'\n')
                {
                    line[length++] = value;
                }
            }
        }

        if (length > 0)
        {
            Log(line.AsSpan(0, length));
        }

        _shown.End();
    }

    private int Read(byte[] chunk)
    {
        try
        {
            return _pipe.Read(chunk);
        }
        catch (ObjectDisposedException)
        {
            // A process that left the rank's group kept it open for too long.
            return 0;
        }
    }

    // What is no UTF-8 becomes U+FFFD; a carriage return belongs to the line's end on other systems.
    private void Log(ReadOnlySpan<byte> line) => _log(Encoding.UTF8.GetString(line.TrimEnd((byte)'\r')));
}
