using FastTrainLog.Sinks;
using FastTrainLog.Tests.Pipeline;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

/// <summary>What rotation and compression do to each other's files, step by step.</summary>
public sealed class RotatedFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Numbers_move_up_for_plain_and_compressed_files_alike()
    {
        Make("x.log", "x.log.1", "x.log.2.gz", "x.log.3", "x.log.4.gz", "x.log.5");
        new RotatedFiles(_directory["x.log"], 5).Add();
        Assert.Equal([("x.log.1", "x.log"), ("x.log.2", "x.log.1"), ("x.log.3.gz", "x.log.2.gz"), ("x.log.4", "x.log.3"), ("x.log.5.gz", "x.log.4.gz")], Files());
    }

    [Fact]
    public void What_is_above_the_count_goes_whatever_left_it()
    {
        Make("x.log", "x.log.1", "x.log.2", "x.log.3.gz", "x.log.4");
        new RotatedFiles(_directory["x.log"], 2).Add();
        Assert.Equal([("x.log.1", "x.log"), ("x.log.2", "x.log.1")], Files());
    }

    [Fact]
    public void A_file_is_compressed_only_when_a_checkpoint_covers_its_rotation_the_oldest_first()
    {
        Make("x.log", "x.log.1");
        var files = new RotatedFiles(_directory["x.log"], 5);
        files.Add();
        Assert.Equal("x.log.2", Begin(files));
        files.EndCompression(isWhole: true);
        Assert.Null(Begin(files));
        files.Settle();
        Assert.Equal("x.log.1", Begin(files));
        files.EndCompression(isWhole: true);
        Assert.Equal(["x.log.1.gz", "x.log.2.gz"], Files().Select(f => f.Name));
    }

    [Fact]
    public void A_compression_follows_its_file_through_rotations()
    {
        Make("x.log.1");
        var files = new RotatedFiles(_directory["x.log"], 5);
        Assert.Equal("x.log.1", Begin(files));
        for (int i = 0; i < 2; i++)
        {
            Make("x.log");
            files.Add();
        }

        files.EndCompression(isWhole: true);
        Assert.Equal(["x.log.1", "x.log.2", "x.log.3.gz"], Files().Select(f => f.Name));
    }

    [Fact]
    public void A_compression_whose_file_was_dropped_meanwhile_leaves_nothing()
    {
        Make("x.log.1");
        var files = new RotatedFiles(_directory["x.log"], 1);
        Assert.Equal("x.log.1", Begin(files));
        Make("x.log");
        files.Add();
        files.EndCompression(isWhole: true);
        Assert.Equal([("x.log.1", "x.log")], Files());
    }

    [Fact]
    public void A_compression_follows_its_file_through_a_rotation_that_fails_half_way_and_is_tried_again()
    {
        Make("x.log", "x.log.1", "x.log.2", "x.log.3");
        var files = new RotatedFiles(_directory["x.log"], 9);
        Assert.Equal("x.log.3", Begin(files));
        // All but the last file to be moved have moved then.
        File.Delete(_directory["x.log"]);
        Assert.ThrowsAny<IOException>(files.Add);
        Make("x.log");
        files.Add();
        files.EndCompression(isWhole: true);
        Assert.Equal([("x.log.1", "x.log"), ("x.log.2", "x.log.1"), ("x.log.3", "x.log.2"), ("x.log.4.gz", "compressed")], Files());
    }

    [Fact]
    public void A_compression_given_up_leaves_the_plain_file()
    {
        Make("x.log.1");
        var files = new RotatedFiles(_directory["x.log"], 1);
        Assert.Equal("x.log.1", Begin(files));
        files.EndCompression(isWhole: false);
        Assert.Equal([("x.log.1", "x.log.1")], Files());
    }

    [Fact]
    public void A_start_removes_what_a_kill_in_the_middle_of_a_compression_left()
    {
        Make("x.log", "x.log.1", "x.log.1.gz", "x.log.2", "x.log.gz.tmp");
        new RollingFile(_directory["x.log"], 0, 5).Dispose();
        Assert.Equal(["x.log", "x.log.1.gz", "x.log.2"], Files().Select(f => f.Name));
    }

    private string? Begin(RotatedFiles files)
    {
        using FileStream? plain = files.BeginCompression();
        if (plain is not null)
        {
            File.WriteAllText(files.TemporaryPath, "compressed");
        }

        return Path.GetFileName(plain?.Name);
    }

    private void Make(params string[] names) => Array.ForEach(names, name => File.WriteAllText(_directory[name], name));

    private IEnumerable<(string Name, string Content)> Files() =>
        Directory.GetFiles(_directory.Path).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), File.ReadAllText(path)));
}
