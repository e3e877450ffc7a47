using System.Text;

namespace FastTrainLog.Tool.Launch;

/// <summary>Shows the output of a process as it comes; of several processes in whole lines, each with its rank.</summary>
/// <param name="stream">Standard output, or standard error.</param>
/// <param name="gate">What the outputs that share a terminal lock.</param>
/// <param name="prefix">What each line begins with; null for a single process, whose bytes are shown unchanged.</param>
internal sealed class ShownOutput(Stream stream, Lock gate, string? prefix)
{
    // A line that does not end is shown in parts.
    private const int MostBytes = 64 * 1024;

    private readonly byte[] _prefix = Encoding.UTF8.GetBytes(prefix ?? string.Empty);
    private readonly MemoryStream _line = new();
    private bool _hasReader = true;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (prefix is null)
        {
            Show(bytes);
            return;
        }

        while (bytes.IndexOf((byte)'\n') is >= 0 and int end)
        {
            _line.Write(bytes[..end]);
            EndLine();
            bytes = bytes[(end + 1)..];
        }

        _line.Write(bytes);
        if (_line.Length >= MostBytes)
        {
            EndLine();
        }
    }

    /// <summary>Shows a last line that has no end.</summary>
    public void End()
    {
        if (_line.Length > 0)
        {
            EndLine();
        }
    }

    private void EndLine()
    {
        Show([.. _prefix, .. _line.GetBuffer().AsSpan(0, (int)_line.Length), (byte)'\n']);
        _line.SetLength(0);
    }

    private void Show(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            if (!_hasReader)
            {
                return;
            }

            try
            {
                stream.Write(bytes);
                stream.Flush();
            }
            catch (IOException)
            {
                // Whoever reads it has gone, as behind 'run … | head': the training goes on, and its output is in the log.
                _hasReader = false;
            }
        }
    }
}
