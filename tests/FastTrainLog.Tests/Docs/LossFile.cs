using System.Globalization;
using FastTrainLog;

namespace FastTrainLog.Tests.Docs;

// #own
/// <summary>Writes the loss of every step to a file of comma-separated values.</summary>
internal sealed class LossFile(string path) : ILogSink
{
    private readonly StreamWriter _file = new(path);

    public void Write(in LogRecord record)
    {
        if (record.TryGetArgument("Step", out LogArgument step) && step.TryGetInt64(out long number)
            && record.TryGetArgument("Loss", out LogArgument loss) && loss.TryGetDouble(out double value))
        {
            _file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{number},{value}"));
        }
    }

    public void Flush() => _file.Flush();

    public void Dispose() => _file.Dispose();
}
// #
