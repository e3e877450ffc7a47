using System.Text;
using FastTrainLog.Encryption;
using FastTrainLog.Sinks;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Encryption;

public sealed class EncryptedBackupTests : IDisposable
{
    private const int Records = 500;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void No_rotated_file_of_any_kind_has_a_word_of_the_log_and_each_line_is_there_once()
    {
        _ = TestKey.Text;
        using (TrainLogging logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.EncryptBackups, o.MaxFileSize, o.BackupCount) = (_directory.Path, false, true, 4000, 1000);
            o.AddSink(new RollingFileSink(_directory["own.jsonl"], json: true, 4000, 1000));
        }))
        {
            TrainLogger logger = logging.GetLogger("test");
            for (int i = 0; i < Records; i++)
            {
                TestLog.Number(logger, i);
            }

            Assert.True(logging.Flush());
            Eventually.Is(() => !Plain().Any(), TimeSpan.FromSeconds(120));
            Assert.Empty(Plain());
        }

        foreach (string file in new[] { "main.log", "own.jsonl", "run.jsonl" })
        {
            string[] rotated = [.. Rotated().Where(path => Path.GetFileName(path).StartsWith(file + ".", StringComparison.Ordinal)).OrderByDescending(NumberOf)];
            Assert.NotEmpty(rotated);
            Assert.All(rotated, path => Assert.True(File.ReadAllBytes(path).AsSpan().IndexOf("number"u8) < 0 && EncryptedFile.IsOne(File.ReadAllBytes(path))));
            int[] numbers = [.. rotated.SelectMany(Lines).Concat(File.ReadLines(_directory[file])).Select(NumberIn).Where(number => number >= 0)];
            Assert.Equal(Enumerable.Range(0, Records), numbers);
        }
    }

    [Fact]
    public void A_plain_file_that_an_earlier_log_left_is_encrypted()
    {
        _ = TestKey.Text;
        File.WriteAllText(_directory["main.log.1"], "earlier\n");
        using (TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.EncryptBackups) = (_directory.Path, false, true)))
        {
            Assert.True(Eventually.Is(() => !File.Exists(_directory["main.log.1"]), TimeSpan.FromSeconds(120)));
        }

        Assert.True(EncryptedFile.IsOne(File.ReadAllBytes(_directory["main.log.1.gz"])));
        Assert.Equal(["earlier"], Lines(_directory["main.log.1.gz"]));
    }

    [Fact]
    public void Encryption_without_compression_is_refused()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() => TrainLogging.Create(o => (o.LogDirectory, o.EncryptBackups, o.CompressBackups) = (_directory.Path, true, false)));
        Assert.Contains("CompressBackups is 'False', but must be true where EncryptBackups is", refused.Message, StringComparison.Ordinal);
    }

    private IEnumerable<string> Plain() => Rotated().Where(file => BackupEncoding.WithoutExtension(file) == file);

    private static int NumberIn(string line)
    {
        int at = line.IndexOf("number ", StringComparison.Ordinal);
        return at < 0 ? -1 : int.Parse(line[(at + 7)..].TakeWhile(char.IsAsciiDigit).ToArray(), null);
    }

    private string[] Rotated() => [.. Directory.GetFiles(_directory.Path).Where(file => Path.GetFileName(file)[0] != '.' && NumberOf(file) > 0)];

    private static int NumberOf(string file) => Path.GetFileName(file).Split('.') is [_, _, var number, ..] && int.TryParse(number, out int parsed) ? parsed : 0;

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(BackupEncoding.Decompress(File.OpenRead(file), file), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
