using System.Diagnostics;
using System.Text;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>A classified value is in nothing that the log leaves: neither in a file nor in the journal, whose bytes outlive the process.</summary>
public sealed partial class ClassifiedValueTests : IDisposable
{
    private const string Secret = "hunter2-not-to-be-found";

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-secrets-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void No_byte_of_it_is_in_a_file_or_in_the_journal()
    {
        byte[] journal = [];
        using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging, o.BufferBytes) = (_directory, false, 2 * 1024 * 1024)))
        {
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "m", TotalSteps = 1, BatchSize = 1, RunId = "r", Config = new Dictionary<string, object?> { ["api_key"] = Secret } });
            Login(logging.GetLogger(LogCategories.Main), "ada", Secret);
            Assert.True(logging.Flush(TimeSpan.FromMinutes(5)));
            if (OperatingSystem.IsLinux())
            {
                using SafeFileHandle file = LogFiles.OpenJournal(Assert.Single(LogFiles.Journals(_directory)));
                journal = new byte[RandomAccess.GetLength(file)];
                Assert.Equal(journal.Length, RandomAccess.Read(file, journal, 0));
                // What is not classified is there.
                Assert.True(Holds(journal, "ada"));
            }

            run.End(success: true);
        }

        string[] files = Directory.GetFiles(_directory, "*", SearchOption.AllDirectories);
        Assert.Contains(files, file => File.ReadAllText(file).Contains("ada", StringComparison.Ordinal));
        Assert.All(files, file => Assert.False(Holds(File.ReadAllBytes(file), Secret), $"{file} holds the secret."));
        Assert.False(Holds(journal, Secret), "The journal holds the secret.");
    }

    // The program's own strings a core does contain, whatever a logger does. So the program here has the text in one place, and wipes it.
    [Fact]
    public async Task Of_a_value_that_its_program_has_wiped_no_copy_is_in_a_core()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the core is written as on Linux");
        string core = Path.Combine(_directory, "core");
        string veiled = Path.Combine(_directory, "veiled");
        string logs = Path.Combine(_directory, "logs");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "FastTrainLog.Crash.Child.dll"), "secret", logs, veiled]) { RedirectStandardError = true, RedirectStandardOutput = true };
        (start.Environment["DOTNET_DbgEnableMiniDump"], start.Environment["DOTNET_DbgMiniDumpType"], start.Environment["DOTNET_DbgMiniDumpName"]) = ("1", "4", core);
        using (Process process = Process.Start(start)!)
        {
            CancellationToken end = TestContext.Current.CancellationToken;
            Task<string> output = process.StandardOutput.ReadToEndAsync(end);
            string errors = await process.StandardError.ReadToEndAsync(end);
            await output;
            Assert.True(File.Exists(veiled), errors);
        }

        Assert.SkipUnless(File.Exists(core), "no program may write the core of another here");
        string both = string.Concat((await File.ReadAllBytesAsync(veiled, TestContext.Current.CancellationToken)).Select(veil => (char)(veil ^ 0x55)));
        byte[] memory = await File.ReadAllBytesAsync(core, TestContext.Current.CancellationToken);
        Assert.False(Holds(memory, both[..32]), "The core holds the secret.");
        // In the same records as what took the secret's place.
        Assert.True(Holds(memory, both[32..]), "The core does not hold the pages.");
        Assert.True(Holds(memory, "****" + both[30..32]), "The core does not hold the mask.");
        Assert.All(Directory.GetFiles(logs), file => Assert.False(Holds(File.ReadAllBytes(file), both[..32]), $"{file} holds the secret."));
        LogFiles.Recover(logs);
    }

    private static bool Holds(ReadOnlySpan<byte> bytes, string text) =>
        bytes.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0 || bytes.IndexOf(Encoding.Unicode.GetBytes(text)) >= 0;

    [TrainLog(1, LogLevel.Information, "{User} signed in with {Password}")]
    private static partial void Login(TrainLogger logger, string user, [SecretData] string password);
}
