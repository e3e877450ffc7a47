using FastTrainLog.Utf8Text;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Sinks;

/// <summary>Writes records as text to the console, coloured by level in a terminal.</summary>
/// <remarks>Colours are off if the output is redirected or the environment variable <c>NO_COLOR</c> is set (no-color.org).</remarks>
public sealed class ConsoleSink : ILogSink
{
    private readonly Stream _output;
    private readonly bool _colors;
    private readonly Utf8Buffer _buffer = new();

    /// <summary>Initializes a sink.</summary>
    /// <param name="standardError">Whether it writes to standard error, for a program whose standard output is its result; else to standard output.</param>
    public ConsoleSink(bool standardError = false)
        : this(
            standardError ? Console.OpenStandardError() : Console.OpenStandardOutput(),
            !(standardError ? Console.IsErrorRedirected : Console.IsOutputRedirected) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")))
    {
    }

    internal ConsoleSink(Stream output, bool colors)
    {
        _output = output;
        _colors = colors;
    }

    /// <inheritdoc/>
    public void Write(in LogRecord record)
    {
        if (!_colors)
        {
            _buffer.Append(record.TextLine);
            return;
        }

        _buffer.Append(Color(record.Level));
        _buffer.Append(record.TextLine.TrimEnd((byte)'\n'));
        _buffer.Append("\e[0m\n"u8);
    }

    /// <inheritdoc/>
    public void Flush()
    {
        if (_buffer.Length > 0)
        {
            _output.Write(_buffer.Written);
            _output.Flush();
            _buffer.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Flush();

    internal static ReadOnlySpan<byte> Color(LogLevel level) => level switch
    {
        LogLevel.Information => "\e[32m"u8,
        LogLevel.Warning => "\e[33m"u8,
        LogLevel.Error => "\e[31m"u8,
        LogLevel.Critical => "\e[35m"u8,
        _ => "\e[36m"u8,
    };
}
