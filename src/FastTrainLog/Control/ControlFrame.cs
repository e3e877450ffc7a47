using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace FastTrainLog.Control;

/// <summary>A message on a control connection: one JSON object in UTF-8, ended by a line feed. A client sends one, and gets one.</summary>
internal static class ControlFrame
{
    /// <summary>The most bytes of a command, its line feed included.</summary>
    public const int MostCommandBytes = 32 * 1024;

    /// <summary>The most bytes of an answer: a name of 2,000 characters takes up to 12,000 bytes of JSON, and a run has up to 64 of them.</summary>
    public const int MostReplyBytes = 1024 * 1024;

    /// <summary>Reads a message.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="mostBytes">The most bytes that it may have.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Its bytes without the line feed; null if the other side ended before it was complete.</returns>
    /// <exception cref="InvalidDataException">It is too long.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(Stream stream, int mostBytes, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1024];
        int length = 0;
        while (true)
        {
            int read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return null;
            }

            int end = buffer.AsSpan(length, read).IndexOf((byte)'\n');
            if (end >= 0)
            {
                return buffer.AsMemory(0, length + end);
            }

            length += read;
            if (length >= mostBytes)
            {
                throw new InvalidDataException($"a message has more than {mostBytes} bytes");
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(2 * length, mostBytes));
            }
        }
    }

    /// <summary>Writes a message.</summary>
    public static async Task WriteAsync<T>(Stream stream, T message, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        byte[] bytes = [.. JsonSerializer.SerializeToUtf8Bytes(message, type), (byte)'\n'];
        await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
    }
}
