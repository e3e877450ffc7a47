using System.Diagnostics;

namespace FastTrainLog.Tool.Tests.Analysis;

/// <summary>The log of a real run: the sample, with a NaN put into a gradient of step 100 and a batch of step 200 that cannot be read.</summary>
public sealed class SampleLog : IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    public SampleLog()
    {
        string sample = System.IO.Path.Combine(AppContext.BaseDirectory, "DigitsTraining.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [sample, "--log-dir", Path, "--inject-nan", "100", "--inject-error", "200"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        using var timer = new Timer(_ => process.Kill(), null, Longest, Timeout.InfiniteTimeSpan);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The sample ended with {process.ExitCode}: {output}");
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("ftl-sample-").FullName;

    /// <summary>Returns the bytes of the JSON lines.</summary>
    public byte[] ReadJson() => File.ReadAllBytes(System.IO.Path.Combine(Path, "run.jsonl"));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
