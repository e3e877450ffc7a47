using System.Globalization;
using FastTrainLog.Recovery;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Crash.Tests;

/// <summary>Random kills, with whatever may happen to a log directory between two starts: starts that cannot see the journal, other options, other programs.</summary>
/// <remarks>
/// CI runs a few seeds. <c>FTL_TEST_CAMPAIGN=1-100</c> runs others: twenty kills a seed, ten of them on a disk that is full again and again. About half of the kills come at a change of a file, by a library before the
/// C library: before it, in the middle of it, after it, or some microseconds after it, which is where a process notes in its journal what it did. In every third seed nothing happens between two
/// kills: there no line may be cut short either.
/// </remarks>
public sealed class KillCampaignTests : IClassFixture<FileChangesLibrary>, IClassFixture<KillFigures>, IDisposable
{
    private const int Kills = 10;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
    private static readonly string[] Names = ["run.jsonl", "training_progress.log"];
    private static readonly string[] Lines = ["{\"event\":\"Another\"}", "another"];

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-campaign-").FullName;
    private readonly string _elsewhere = Directory.Exists("/dev/shm") ? $"/dev/shm/fasttrainlog-test-{Guid.NewGuid():N}" : string.Empty;
    private readonly List<string> _history = [];
    private readonly List<(int Session, long[] Returned, long[] Dropped)> _sessions = [];
    private readonly string? _library;
    private readonly KillFigures _figures;
    private SmallDisk? _disk;
    private int _others;

    public KillCampaignTests(FileChangesLibrary library, KillFigures figures)
    {
        (_library, _figures) = (library.Path, figures);
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere a journal lies in the log directory, where every start sees it.");
        Directory.CreateDirectory(_elsewhere, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public static TheoryData<int> Seeds
    {
        get
        {
            int[] range = [.. (Environment.GetEnvironmentVariable("FTL_TEST_CAMPAIGN") ?? (Campaign.IsSampled ? "3-4" : "3")).Split('-').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];
            return [.. Enumerable.Range(range[0], range[^1] - range[0] + 1)];
        }
    }

    public void Dispose()
    {
        if (_elsewhere.Length > 0)
        {
            Directory.Delete(_elsewhere, recursive: true);
        }

        _disk?.Dispose();
        KilledLogs.Delete(_directory);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_record_is_there_once_whatever_happens_between_two_kills(int seed) => KillAndCount(seed);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_record_is_there_once_or_counted_as_dropped_on_a_disk_that_is_full_again_and_again(int seed)
    {
        _disk = SmallDisk.Mount(_directory);
        Assert.SkipWhen(_disk is null, "only root may mount a file system");
        KillAndCount(seed);
    }

    private void KillAndCount(int seed)
    {
        var random = new Random(seed);
        bool isQuiet = seed % 3 == 0;
        try
        {
            for (int session = 0; session < Kills; session++)
            {
                Kill(random, session, isQuiet);
                if (!isQuiet)
                {
                    Disturb(random);
                }
            }

            _disk?.MakeRoom();
            // Between them they see every journal.
            End(Kills, ("XDG_RUNTIME_DIR", _elsewhere));
            End(Kills + 1);
            Assert.Empty(LogFiles.Journals(_directory));
            Assert.Empty(JournalRecovery.FindSetAside(_directory));
            // On a full disk a recovery may have to end in the middle of a line, too.
            LogFiles.AssertComplete(_directory, _sessions, cutLines: isQuiet && _disk is null ? 0 : 2 * Kills);
            LogFiles.AssertDropsAreTold(_directory, _sessions, cutLines: 2 * Kills);
            Assert.Equal(_others, Directory.GetFiles(_directory).Where(file => Names.Any(name => Path.GetFileName(file).StartsWith(name, StringComparison.Ordinal)))
                .Sum(file => LogFiles.ReadLines(file).Count(line => Lines.Any(other => line.EndsWith(other, StringComparison.Ordinal)))));
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{exception.Message} After: {string.Join("; ", _history)}", exception);
        }
    }

    private void End(int session, params (string, string)[] environment)
    {
        using Child child = Child.Start("return", _directory, session, threads: 1, 1, progressFolder: _elsewhere, environment: environment);
        Assert.True(child.Process.WaitForExit(Longest));
        Assert.Equal(0, child.Process.ExitCode);
    }

    private void Kill(Random random, int session, bool isQuiet)
    {
        bool compresses = random.Next(3) == 0;
        var environment = new List<(string, string)>
        {
            ("FASTTRAINLOG_MAX_FILE_SIZE", random.Next(3) == 0 ? "65536" : "200000"),
            ("FASTTRAINLOG_JSON_MESSAGE", random.Next(3) == 0 ? "Template" : "Text"),
            ("FASTTRAINLOG_ENABLE_SYMBOLS", random.Next(3) == 0 ? "true" : "false"),
            ("FASTTRAINLOG_FLUSH_INTERVAL", random.Next(3) == 0 ? "00:00:00.100" : "00:00:00.003"),
            ("TZ", random.Next(3) == 0 ? "Asia/Kolkata" : "UTC"),
        };
        if (!isQuiet && random.Next(3) == 0)
        {
            environment.Add(("XDG_RUNTIME_DIR", _elsewhere));
        }

        int threads = random.Next(1, 5);
        bool isEarly = random.Next(4) == 0;
        int wait = isEarly ? random.Next(20, 250) : random.Next(0, 120);
        string moment = $"killed {wait} ms after its {(isEarly ? "start" : "first call")}";
        if (_library is not null && random.Next(2) == 0)
        {
            // The first ones are those of a recovery.
            int change = random.Next(1, random.Next(2) == 0 ? 60 : 600);
            string how = random.Next(4) switch { 0 => "before", 1 => "after", 2 => "half", _ => $"{random.Next(1, 60_000)}" };
            environment.AddRange([("LD_PRELOAD", _library), ("FILES_BELOW", _directory), ("FILES_KILL", $"{change}"), ("FILES_KILL_HOW", how)]);
            moment = $"killed at change {change}, '{how}', or {moment} at the latest";
        }

        bool drops = _disk is not null && random.Next(2) == 0;
        if (drops)
        {
            environment.Add(("FASTTRAINLOG_FULL_POLICY", "DropNewest"));
        }

        _history.Add($"session {session}: {threads} threads, compresses {compresses}, {string.Join(' ', environment.Where(variable => variable.Item1.StartsWith("FASTTRAINLOG", StringComparison.Ordinal) || variable.Item1 is "TZ" or "XDG_RUNTIME_DIR"))}, {moment}");
        using Child child = Child.Start(drops ? "forever" : "repeat", _directory, session, threads, long.MaxValue, compresses: compresses, progressFolder: _elsewhere, environment: [.. environment]);
        using var changes = new CancellationTokenSource();
        Task disk = _disk is null ? Task.CompletedTask : ChangeDisk(_disk, random.Next(), changes.Token);
        if (!isEarly)
        {
            Assert.True(Eventually.Is(() => child.Process.HasExited || child.Returned()[0] > 0, Longest));
        }

        child.Process.WaitForExit(wait);
        child.Process.Kill();
        child.Process.WaitForExit();
        changes.Cancel();
        disk.GetAwaiter().GetResult();
        // By SIGKILL, whoever sent it.
        Assert.Equal(137, child.Process.ExitCode);
        _sessions.Add((session, child.Returned(), child.Dropped()));
        _figures.Add(child);
    }

    // Full and with room in turns, and left as it is then: the next start may find no room.
    private static Task ChangeDisk(SmallDisk disk, int seed, CancellationToken end) => Task.Run(
        () =>
        {
            var random = new Random(seed);
            for (bool isFull = random.Next(2) == 0; !end.IsCancellationRequested; isFull = !isFull)
            {
                if (isFull)
                {
                    disk.Fill();
                }
                else
                {
                    disk.MakeRoom();
                }

                end.WaitHandle.WaitOne(random.Next(1, 100));
            }
        },
        CancellationToken.None);

    private void Disturb(Random random)
    {
        string name = Names[random.Next(Names.Length)];
        string path = Path.Combine(_directory, name);
        int what = random.Next(6);
        if (what < 2)
        {
            // Other programs that are stopped by a full disk would lose their own lines.
            _disk?.MakeRoom();
        }

        switch (what)
        {
            case 0 when File.Exists(path):
                _history.Add($"copy {name} over itself");
                string copy = Path.Combine(_elsewhere, name);
                File.Copy(path, copy);
                File.Delete(path);
                File.Copy(copy, path);
                File.Delete(copy);
                break;
            case 1:
                _history.Add($"another program writes to {name}");
                _others++;
                File.AppendAllText(path, Lines[Array.IndexOf(Names, name)] + "\n");
                break;
            case 2:
                _history.Add("a start that sees it all");
                LogFiles.Recover(_directory);
                break;
            default:
                break;
        }
    }
}
