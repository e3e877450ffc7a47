using System.Diagnostics;

[assembly: Xunit.AssemblyFixture(typeof(FastTrainLog.Tool.Tests.SampleLog))]

namespace FastTrainLog.Tool.Tests;

/// <summary>The log of a run of the sample, with a NaN and an error in it; made once, and left as it is.</summary>
public sealed class SampleLog : IDisposable
{
    public const int Steps = 60;

    public SampleLog()
    {
        string[] arguments = [System.IO.Path.Combine(AppContext.BaseDirectory, "DigitsTraining.dll"), "--epochs", "3", "--inject-nan", "25", "--inject-error", "35", "--log-dir", Path];
        using Process process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The sample returned {process.ExitCode}: {output}{error.Result}");
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("ftl-sample-").FullName;

    public string PathOf(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>Copies the log's files, for a test that changes them.</summary>
    internal LogDirectory Copy()
    {
        var copy = new LogDirectory();
        // Without the hidden files by which processes tell each other that they live: to copy one is to hold it for a moment, and to fail where
        // another test, which looks at the same log, holds it.
        foreach (string file in Directory.GetFiles(Path).Where(file => !System.IO.Path.GetFileName(file).StartsWith('.')))
        {
            File.Copy(file, copy.PathOf(System.IO.Path.GetFileName(file)));
        }

        return copy;
    }

    /// <summary>Copies the log's files and damages its JSON lines: one is torn, one is NUL bytes, the last is cut off.</summary>
    /// <param name="whole">The lines that are whole.</param>
    internal LogDirectory CopyDamaged(out string[] whole)
    {
        LogDirectory copy = Copy();
        string[] lines = File.ReadAllLines(copy.PathOf("run.jsonl"));
        whole = [.. lines.Where((_, i) => i is not (4 or 9) && i != lines.Length - 1)];
        lines[4] = lines[4][..40];
        lines[9] = new string('\0', lines[9].Length);
        File.WriteAllText(copy.PathOf("run.jsonl"), string.Join('\n', lines)[..^20]);
        return copy;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
