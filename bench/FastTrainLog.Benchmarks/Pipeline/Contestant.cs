namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>A logger with a file behind it, as the runners call it: one line of seven numbers.</summary>
internal abstract class Contestant(string logger, string format)
{
    /// <summary>The text that each line holds once, by which lines are counted.</summary>
    public const string Marker = "LR";

    public string Logger { get; } = logger;

    /// <summary>Gets the format: text or json.</summary>
    public string Format { get; } = format;

    public abstract void Log(int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput);

    /// <summary>Writes what is on its way and closes the file.</summary>
    public abstract void Close();

    /// <summary>Gets the records that reached the file, by the file itself.</summary>
    public virtual long CountWritten(string directory)
    {
        long lines = 0;
        foreach (string file in Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Where(f => !Path.GetFileName(f).StartsWith('.')))
        {
            byte[] buffer = new byte[1 << 20];
            using FileStream stream = File.OpenRead(file);
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
            }
        }

        return lines;
    }
}
