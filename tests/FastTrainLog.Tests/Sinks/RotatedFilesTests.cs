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
    public void Where_all_are_kept_no_file_is_ever_renamed_and_the_higher_number_is_the_older()
    {
        var files = new RotatedFiles(_directory["x.log"], RotatedFiles.Unlimited);
        for (int i = 1; i <= 3; i++)
        {
            File.WriteAllText(_directory["x.log"], $"{i}");
            files.Add();
        }

        Assert.Equal([("x.log.999999997", "3"), ("x.log.999999998", "2"), ("x.log.999999999", "1")], Files());
        Assert.Null(Begin(files));
        files.Settle();
        Assert.Equal("x.log.999999999", Begin(files));
        File.WriteAllText(_directory["x.log"], "4");
        files.Add();
        files.EndCompression(isWhole: true);
        Assert.Equal(["x.log.999999996", "x.log.999999997", "x.log.999999998", "x.log.999999999.gz"], Files().Select(file => file.Name));

        // The next log continues below.
        File.WriteAllText(_directory["x.log"], "5");
        var next = new RotatedFiles(_directory["x.log"], RotatedFiles.Unlimited);
        next.CleanUp();
        next.Add();
        Assert.True(File.Exists(_directory["x.log.999999995"]));
        Assert.Equal(_directory["x.log.999999995"], next.NameOfYoungest(1));
        Assert.Equal(_directory["x.log.999999996"], next.NameOfYoungest(2));
    }

    [Fact]
    public void A_count_that_is_set_later_holds_for_files_that_kept_their_names_too()
    {
        Make("x.log", "x.log.999999997", "x.log.999999998.gz", "x.log.999999999.cols");
        new RotatedFiles(_directory["x.log"], 2).Add();
        Assert.Equal([("x.log.1", "x.log")], Files());
    }

    [Fact]
    public void A_name_that_another_program_took_is_passed_by_the_next_attempt()
    {
        var files = new RotatedFiles(_directory["x.log"], RotatedFiles.Unlimited);
        files.CleanUp();
        Make("x.log", "x.log.999999999");
        Assert.Throws<IOException>(files.Add);
        files.Add();
        Assert.Equal(["x.log.999999998", "x.log.999999999"], Files().Select(file => file.Name));
    }

    [Fact]
    public void A_rotation_that_was_interrupted_is_finished_in_the_way_it_began()
    {
        Make("x.log", "x.log.999999999");
        RotatedFiles.FinishRotation(_directory["x.log"]);
        Make("y.log", "y.log.1");
        RotatedFiles.FinishRotation(_directory["y.log"]);
        Assert.Equal(["x.log.999999998", "x.log.999999999", "y.log.1", "y.log.2"], Files().Select(file => file.Name));
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
