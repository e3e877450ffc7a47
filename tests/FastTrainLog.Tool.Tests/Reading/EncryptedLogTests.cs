using FastTrainLog.Encryption;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Training;
using Xunit;

namespace FastTrainLog.Tool.Tests.Reading;

/// <summary>Every reader reads encrypted files with the key, and tells without it which one is missing.</summary>
public sealed class EncryptedLogTests : IDisposable
{
    private const int Steps = 2000;

    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Fact]
    public void A_run_is_read_from_encrypted_files_as_from_plain_ones()
    {
        _ = TestKey.Text;
        Write();
        using var plain = new LogDirectory();
        int encrypted = 0;
        foreach (string path in Directory.GetFiles(_log.Path))
        {
            string name = Path.GetFileName(path);
            encrypted += EncryptedFile.IsOne(File.ReadAllBytes(path)) ? 1 : 0;
            using FileStream file = File.OpenRead(path);
            using var content = new MemoryStream();
            EncryptedFile.ContentOf(file).CopyTo(content);
            plain.With(name, content.ToArray());
            File.SetLastWriteTimeUtc(plain.PathOf(name), File.GetLastWriteTimeUtc(path));
        }

        Assert.InRange(encrypted, 8, 1000);
        foreach (string[] command in new[]
        {
            (string[])["analyze", "{0}"], ["analyze", "{0}"], ["tail", "{0}", "--no-follow", "--lines", "3000"], ["tail", "{0}", "--no-follow", "--from-step", "50", "--to-step", "60"],
            ["runs", "{0}"], ["export", "{0}", "--format", "csv", "--out", "{0}/out"],
        })
        {
            (int code, string output, string error) = Of(plain, command);
            Assert.Equal((code, output, error), Of(_log, command));
            Assert.Equal((0, string.Empty), (code, error));
        }

        Assert.Equal(File.ReadAllText(plain.PathOf("out/steps.csv")), File.ReadAllText(_log.PathOf("out/steps.csv")));
        Assert.Equal(Steps, File.ReadLines(_log.PathOf("out/steps.csv")).Count() - 1);
        foreach (string path in Directory.GetFiles(_log.Path, "run.jsonl.*"))
        {
            Assert.Equal(ToolRun.BytesOf("cat", plain.PathOf(Path.GetFileName(path))).Output, ToolRun.BytesOf("cat", path).Output);
        }
    }

    [Theory]
    [InlineData("analyze", "{0}")]
    [InlineData("tail", "{0}", "--no-follow", "--lines", "3000")]
    [InlineData("cat", "{0}/run.jsonl.1.gz")]
    [InlineData("export", "{0}", "--format", "csv", "--out", "{0}/out")]
    public void Without_the_key_it_is_told_which_one_is_missing(params string[] command)
    {
        _ = TestKey.Text;
        _log.With("run.jsonl", LogDirectory.Line(2, "later"));
        BackupKey other = BackupKey.TryParse(Convert.ToBase64String(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()))!;
        Encrypt(other);
        (_, string output, string error) = Of(_log, command);
        Assert.Contains($"it is encrypted with the key {Convert.ToHexString(other.Id).ToLowerInvariant()}, which is not in FASTTRAINLOG_BACKUP_KEY", output + error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_indexed_without_the_key_is_indexed_again_once_it_is_there()
    {
        string key = TestKey.Text;
        _log.With("run.jsonl", LogDirectory.Line(2, "later"));
        string later = Convert.ToBase64String(Enumerable.Range(100, 32).Select(i => (byte)i).ToArray());
        Encrypt(BackupKey.TryParse(later)!);
        for (int again = 0; again < 2; again++)
        {
            Assert.Matches("1 record\n(?s:.)*Unreadable\n1 line", Of(_log, ["analyze", "{0}"]).Output);
        }

        Environment.SetEnvironmentVariable("FASTTRAINLOG_BACKUP_KEY", $"{key}\n{later}");
        string output = Of(_log, ["analyze", "{0}"]).Output;
        Assert.Contains("2 records", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unreadable", output, StringComparison.Ordinal);
    }

    private void Encrypt(BackupKey key)
    {
        using FileStream file = File.Create(_log.PathOf("run.jsonl.1.gz"));
        using var encrypting = new EncryptingStream(file, key);
        using Stream gzip = BackupEncoding.Compress(encrypting, BackupFormat.Gzip);
        gzip.Write(System.Text.Encoding.UTF8.GetBytes(LogDirectory.Line(1, "earlier") + "\n"));
    }

    private static (int Code, string Output, string Error) Of(LogDirectory log, string[] command)
    {
        (int code, string output, string error) = ToolRun.Of([.. command.Select(part => part.Replace("{0}", log.Path, StringComparison.Ordinal))]);
        return (code, output.Replace(log.Path, "LOG", StringComparison.Ordinal), error.Replace(log.Path, "LOG", StringComparison.Ordinal));
    }

    private void Write()
    {
        using TrainLogging logging = TrainLogging.Create(o =>
            (o.LogDirectory, o.EnableConsoleLogging, o.EncryptBackups, o.MaxFileSize, o.ResourceInterval) = (_log.Path, false, true, 50_000, TimeSpan.Zero));
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "M", TotalSteps = Steps });
        for (int step = 1; step <= Steps; step++)
        {
            run.LogStep(1, step, 1.0 / step, 1e-3);
        }

        run.End(success: true);
        Assert.True(logging.Flush(TimeSpan.FromMinutes(5)));
        Assert.True(Eventually.Is(() => !RotatedFiles.NumbersOf(_log.PathOf("run.jsonl")).Any(number => File.Exists(RotatedFiles.NameOf(_log.PathOf("run.jsonl"), number))), TimeSpan.FromMinutes(5)));
    }
}
