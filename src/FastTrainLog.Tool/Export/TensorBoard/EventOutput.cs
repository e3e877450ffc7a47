using FastTrainLog.Shipping.TensorBoard;

namespace FastTrainLog.Tool.Export.TensorBoard;

/// <summary>The event file of a directory, which gets its name only when it is complete, and then replaces those of an earlier export.</summary>
internal sealed class EventOutput : IDisposable
{
    private readonly OutputFile _output;
    private readonly string[] _replaced;

    /// <param name="directory">The directory.</param>
    /// <param name="start">When the first event happened, in UTC.</param>
    /// <param name="pending">Buffers the output.</param>
    /// <param name="force">Whether the files of an earlier export are replaced.</param>
    /// <exception cref="ToolException">There is a file, and it may not be replaced.</exception>
    public EventOutput(string directory, DateTime start, PendingOutput pending, bool force)
    {
        // TensorBoard joins all files of a directory, whatever they are called: a second one would draw every curve twice.
        _replaced = Directory.Exists(directory) ? Directory.GetFiles(directory, EventFile.Pattern) : [];
        if (_replaced.Length > 0)
        {
            OutputFile.Require(_replaced[0], force);
        }

        Path = System.IO.Path.Combine(directory, EventFile.NameFor(start));
        _output = new OutputFile(Path);
        File = new EventFile(pending.Create(_output));
        File.Begin(start);
    }

    /// <summary>Rejects a file in the place of the output directory.</summary>
    /// <exception cref="ToolException">It is one.</exception>
    public static void RequireNoFile(string output)
    {
        if (System.IO.File.Exists(output))
        {
            throw new ToolException($"'{output}' is a file: name a directory, for tensorboard --logdir.");
        }
    }

    /// <summary>Returns how to see what is in the output directory.</summary>
    public static string HintFor(string output) => $"See them with: tensorboard --logdir {output}";

    public string Path { get; }

    public EventFile File { get; }

    public void Complete()
    {
        File.Dispose();
        _output.Complete();
        foreach (string replaced in _replaced.Where(replaced => !System.IO.Path.GetFullPath(replaced).Equals(System.IO.Path.GetFullPath(Path), StringComparison.Ordinal)))
        {
            System.IO.File.Delete(replaced);
        }
    }

    public void Dispose()
    {
        File.Dispose();
        _output.Dispose();
    }
}
