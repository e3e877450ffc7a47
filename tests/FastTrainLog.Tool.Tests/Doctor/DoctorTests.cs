using System.IO.Compression;
using System.Text;
using System.Text.Json;
using FastTrainLog.Reading;
using FastTrainLog.Recovery;
using FastTrainLog.Tool.Doctor;
using Xunit;

namespace FastTrainLog.Tool.Tests.Doctor;

/// <summary><c>fasttrainlog doctor</c> and its checks.</summary>
public sealed class DoctorTests(SampleLog sample)
{
    [Fact]
    public void The_log_of_a_whole_run_gets_no_warning_of_its_own()
    {
        Finding[] findings = [.. Examine(sample.Path).Where(found => found.Check is not ("space" or "clock") && !IsAbandoned(found.Finding)).Select(found => found.Finding)];

        Assert.All(findings, finding => Assert.Equal(Severity.Ok, finding.Severity));
        Assert.Contains(findings, finding => finding.Message.Contains("every line of every file can be read", StringComparison.Ordinal));
    }

    [Fact]
    public void Blank_lines_a_byte_order_mark_and_files_of_others_are_no_damage()
    {
        using LogDirectory log = new LogDirectory()
            .With("run.jsonl", [.. System.Text.Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes($"{LogDirectory.Line(1, "a")}\n\n \t\r\n{LogDirectory.Line(2, "b")}\n   ")])
            .With("system.json", [.. System.Text.Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes($"{LogDirectory.Line(1, "a")}\r\n\r\n")])
            .With("main.log", "a line", "", "another")
            .With("config.json", "{", "}")
            .With("train.jsonl", "{\"text\":\"a\"}")
            // A compression that was killed stands beside the plain file.
            .With("main.log.1", "a line").With("main.log.1.gz", [0x1F, 0x8B, 8]);

        Assert.DoesNotContain(Examine(log.Path), found => found.Check == "content" && found.Finding.Severity != Severity.Ok);
        Assert.Equal(["a", "b"], log.ReadMessages(out UnreadableLines unreadable));
        Assert.Equal(0, unreadable.Count);
        Assert.Equal(0, ToolRun.Of("export", log.Path, "--format", "jsonl", "--out", log.PathOf("out")).Code);
        Assert.Equal([LogDirectory.Line(1, "a"), LogDirectory.Line(2, "b")], ToolRun.Of("tail", log.Path, "--no-follow", "--json").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(2, ToolRun.Of("tail", log.Path, "--no-follow").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void A_directory_that_is_not_there_is_an_error_with_a_fix_and_code_3()
    {
        using var log = new LogDirectory();

        (int code, string output, _) = ToolRun.Of("doctor", log.PathOf("nowhere"));

        Assert.Equal(3, code);
        Assert.Matches(@"error\s+directory\s+.*nowhere does not exist", output);
        Assert.Contains("fix: ", output);
    }

    [Fact]
    public void Damaged_lines_are_counted_with_the_place_of_the_first()
    {
        using LogDirectory log = sample.Copy();
        byte[] json = File.ReadAllBytes(log.PathOf("run.jsonl"));
        int second = Array.IndexOf(json, (byte)'\n') + 1;
        json[second] = (byte)'?';
        File.WriteAllBytes(log.PathOf("run.jsonl"), json);
        File.AppendAllBytes(log.PathOf("main.log"), [0xFF, (byte)'\n', 0, (byte)'\n', .. "half a li"u8]);

        Finding[] content = [.. Examine(log.Path).Where(found => found.Check == "content").Select(found => found.Finding)];

        Assert.Contains(content, finding => finding.Severity == Severity.Warning && finding.Message.Contains($"run.jsonl: 1 lines of ", StringComparison.Ordinal)
            && finding.Message.Contains($"the first is line 2 at byte {second}", StringComparison.Ordinal));
        Assert.Contains(content, finding => finding.Message.Contains("main.log: 3 lines", StringComparison.Ordinal) && finding.Message.Contains("not UTF-8", StringComparison.Ordinal));
    }

    [Fact]
    public void A_compressed_file_that_is_cut_off_is_found()
    {
        using LogDirectory log = sample.Copy();
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(File.ReadAllBytes(log.PathOf("training_progress.log")));
        }

        File.WriteAllBytes(log.PathOf("training_progress.log.1.gz"), compressed.ToArray());
        Assert.DoesNotContain(Examine(log.Path), found => found.Check == "content" && found.Finding.Severity != Severity.Ok);
        File.WriteAllBytes(log.PathOf("training_progress.log.1.gz"), compressed.ToArray()[..(int)(compressed.Length / 2)]);

        Assert.Contains(Examine(log.Path), found => found.Check == "content" && found.Finding.Message.Contains("training_progress.log.1.gz", StringComparison.Ordinal));
    }

    [Fact]
    public void Missing_and_superfluous_rotated_files_and_too_large_ones_are_named()
    {
        using LogDirectory log = new LogDirectory().With("main.log", "x").With("errors.log", new byte[4096]);
        foreach (int number in new[] { 1, 4, 5, 6, 7, 8, 9 })
        {
            log.With($"main.log.{number}", "x");
        }

        Finding[] rotation = [.. Examine(log.Path, ("FASTTRAINLOG_MAX_FILE_SIZE", "2048")).Where(found => found.Check == "rotation").Select(found => found.Finding)];

        Assert.Contains(rotation, finding => finding.Message.Contains("up to main.log.9, but not main.log.2-3", StringComparison.Ordinal));
        Assert.Contains(rotation, finding => finding.Message.Contains("main.log has 7 rotated files, and TrainLogOptions.BackupCount is 5", StringComparison.Ordinal));
        Assert.Contains(rotation, finding => finding.Message.Contains("errors.log has 4 KiB", StringComparison.Ordinal));
    }

    [Fact]
    public void Rotated_files_that_the_options_do_not_allow_are_told()
    {
        using LogDirectory log = new LogDirectory().With("main.log", "x").With("main.log.1", new byte[600]).With("main.log.2", new byte[700]);
        File.SetLastWriteTimeUtc(log.PathOf("main.log.2"), DateTime.UtcNow.AddDays(-8));
        (string, string)[] options = [("FASTTRAINLOG_MAX_FILE_SIZE", "1024"), ("FASTTRAINLOG_MAX_TOTAL_BACKUP_SIZE", "1100"), ("FASTTRAINLOG_MAX_BACKUP_AGE", "7.00:00:00"), ("FASTTRAINLOG_COMPRESS_BACKUPS", "true")];

        Finding[] before = Retention(log.Path, options);

        // Nobody is there to do it: it waits for the next start.
        Assert.All(before, finding => Assert.Equal(Severity.Ok, finding.Severity));
        Assert.Equal(3, before.Length);
        Assert.Contains("1 rotated files are older than MaxBackupAge (7:0:00:00), the oldest is ", before[0].Message);
        Assert.Contains("main.log.2", before[0].Message);
        Assert.Contains("rotated files have 1.27 KiB together, more than MaxTotalBackupSize (1.074 KiB)", before[1].Message);
        Assert.Contains("1 rotated files are not compressed", before[2].Message);

        // A process that lives should have done it.
        using TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (log.Path, false));
        Finding[] now = Retention(log.Path, options);
        Assert.Equal(before.Select(finding => finding.Message), now.Select(finding => finding.Message));
        Assert.All(now, finding => Assert.Equal(Severity.Warning, finding.Severity));

        Assert.Contains("files are rotated at 10 MiB; 5 rotated files of each are kept", Assert.Single(Retention(log.Path)).Message);
    }

    [Fact]
    public void A_file_that_was_written_over_midnight_is_told_where_files_are_rotated_each_day()
    {
        using LogDirectory log = new LogDirectory().With("run.jsonl", LogDirectory.Line(1, "a"));
        DateTime written = new(2026, 11, 24, 6, 0, 1, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(log.PathOf("run.jsonl"), written.AddMinutes(1));
        (string, string) daily = ("FASTTRAINLOG_ROTATION_INTERVAL", "Daily");
        Assert.Contains("files are rotated at 10 MiB and daily", Assert.Single(Retention(log.Path, daily)).Message);

        File.SetLastWriteTimeUtc(log.PathOf("run.jsonl"), written.AddDays(1));

        Finding late = Assert.Single(Retention(log.Path, daily));
        Assert.Equal(Severity.Warning, late.Severity);
        Assert.Contains("begins at 2026-11-24 06:00:01Z and was written until 2026-11-25 06:00:01Z, although RotationInterval is Daily", late.Message);
    }

    [Theory]
    [InlineData("FASTTRAINLOG_MAX_FILE_SIZE=0", "MaxFileSize is 0 and RotationInterval is Never: files grow until the disk is full")]
    [InlineData("FASTTRAINLOG_BACKUP_COUNT=0;FASTTRAINLOG_COMPRESS_BACKUPS=true", "BackupCount is 0: no rotated file is kept")]
    public void Options_that_leave_nothing_to_rotate_or_to_keep_are_told(string variables, string message)
    {
        using LogDirectory log = new LogDirectory().With("main.log", "x");

        Finding finding = Assert.Single(Retention(log.Path, [.. variables.Split(';').Select(variable => (variable.Split('=')[0], variable.Split('=')[1]))]));

        Assert.Equal(Severity.Warning, finding.Severity);
        Assert.Contains(message, finding.Message);
    }

    [Fact]
    public void Every_wrong_variable_is_named_with_what_it_may_be()
    {
        using var log = new LogDirectory();

        Finding[] options = [.. Examine(
            log.Path,
            ("FASTTRAINLOG_MINIMUM_LEVEL", "Loud"),
            ("FASTTRAINLOG_COLOUR", "red"),
            ("FASTTRAINLOG_BACKUP_COUNT", "-3"),
            ("FASTTRAINLOG_CLOCK", "stopwatch"),
            ("FASTTRAINLOG_ENABLE_JSON_LOGGING", "false")).Where(found => found.Check == "options").Select(found => found.Finding)];

        Assert.Contains(options, finding => finding.Severity == Severity.Error && finding.Message.Contains("'Loud'", StringComparison.Ordinal) && finding.Message.Contains("Warning", StringComparison.Ordinal));
        Assert.Contains(options, finding => finding.Message.Contains("FASTTRAINLOG_COLOUR names no option", StringComparison.Ordinal));
        Assert.Contains(options, finding => finding.Message.Contains("BackupCount is '-3'", StringComparison.Ordinal));
        Assert.Contains(options, finding => finding.Severity == Severity.Warning && finding.Message.Contains("EnableJsonLogging is false", StringComparison.Ordinal));
        Assert.DoesNotContain(options, finding => finding.Message.Contains("CLOCK", StringComparison.Ordinal));
    }

    [Fact]
    public void A_configuration_file_is_checked_value_by_value()
    {
        using LogDirectory log = new LogDirectory().With(
            "appsettings.json",
            """{ "Logging": { "FastTrainLog": { "MaxFileSize": "10MB", "FlushInterval": "soon", "CategoryLevels": { "system": "Warning" } } } }""");

        (int code, string output, _) = ToolRun.Of("doctor", log.Path, "--config", log.PathOf("appsettings.json"), "--json");

        Assert.Equal(3, code);
        using JsonDocument json = JsonDocument.Parse(output);
        Assert.Equal("error", json.RootElement.GetProperty("worst").GetString());
        string[] messages = [.. json.RootElement.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("message").GetString()!)];
        Assert.Contains(messages, message => message.Contains("MaxFileSize is '10MB'", StringComparison.Ordinal));
        Assert.Contains(messages, message => message.Contains("FlushInterval is 'soon'", StringComparison.Ordinal));
        Assert.Contains(messages, message => message.Contains("the level of system is Warning", StringComparison.Ordinal));
    }

    [Fact]
    public void What_a_killed_process_left_is_told_with_the_number_of_its_records_and_stays()
    {
        using var log = new LogDirectory();
        // Nothing of it is written: all of it waits in the journal.
        using (var run = CrashedRun.Start(log.Path, "forever"))
        {
            run.KillAfter(records: 500);
        }

        string journal = JournalRecovery.FindPending(log.Path).Single().Path;
        byte[] before = File.ReadAllBytes(journal);
        Finding found = Examine(log.Path).First(found => found.Check == "journals").Finding;

        Assert.Equal(Severity.Warning, found.Severity);
        Assert.Matches(@"process \d+ was killed and left \d+ records", found.Message);
        Assert.Contains($"fasttrainlog recover '{log.Path}'", found.Fix);
        Assert.Equal(before, File.ReadAllBytes(journal));
        ToolRun.Of("recover", log.Path);
        Assert.Contains(Examine(log.Path), other => other.Finding.Message.Contains("no journal of a dead process", StringComparison.Ordinal));
    }

    [Fact]
    public void A_living_process_is_seen()
    {
        using var log = new LogDirectory();
        using TrainLogging logging = TrainLogging.Create(options => (options.LogDirectory, options.EnableConsoleLogging) = (log.Path, false));

        Assert.Contains(Examine(log.Path), found => found.Finding.Message.Contains("one process writes here now: main.log", StringComparison.Ordinal));
        Assert.Contains(Examine(log.Path), found => found.Finding.Message.Contains("no journal of a dead process", StringComparison.Ordinal));
    }

    [Fact]
    public void Losses_that_the_log_tells_of_are_repeated()
    {
        string backups = Loss(9011, "could not be compressed");
        string dropped = Loss(9001, "12 records were dropped");
        string sold = LogDirectory.Line(1, "sold").Replace("\"eventId\":7", "\"eventId\":9001", StringComparison.Ordinal).Replace("\"main\"", "\"Shop\"", StringComparison.Ordinal);
        using LogDirectory log = new LogDirectory().With("run.jsonl", dropped, dropped, backups, sold);

        Assert.Contains(Examine(log.Path), found => found.Finding.Message.Contains("the log reports 2 times that records were dropped", StringComparison.Ordinal));
        Assert.Contains(Examine(log.Path), found => found.Finding.Message.Contains("the log reports 1 times that rotated files could not be", StringComparison.Ordinal));
    }

    private static string Loss(int number, string message) =>
        LogDirectory.Line(1, message).Replace("\"eventId\":7", $"\"eventId\":{number}", StringComparison.Ordinal).Replace("\"main\"", "\"system\"", StringComparison.Ordinal);

    // Journals of other directories are this machine's affair.
    private static bool IsAbandoned(Finding finding) => finding.Message.Contains("which is gone", StringComparison.Ordinal);

    private static Finding[] Retention(string directory, params (string Name, string Value)[] environment) =>
        [.. Examine(directory, environment).Where(found => found.Check == "retention").Select(found => found.Finding)];

    private static List<(string Check, Finding Finding)> Examine(string directory, params (string Name, string Value)[] environment) =>
        [.. Examination.Of(new LogDirectoryState(directory, [.. environment.Select(v => KeyValuePair.Create(v.Name, v.Value))], section: null))];
}
