using FastTrainLog.Sinks;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Tests.Shared;
using Microsoft.Win32.SafeHandles;
using Xunit;

namespace FastTrainLog.Tests.Sinks;

public sealed class RollingFileTests
{
    [Fact]
    public void A_file_is_rotated_before_it_outgrows_its_size_and_no_line_is_split_or_lost()
    {
        using var directory = new TemporaryDirectory();
        using (var file = new RollingFile(directory["x.log"], 1000, 50))
        {
            for (int i = 0; i < 1000; i++)
            {
                file.Append(System.Text.Encoding.UTF8.GetBytes($"line {i:0000}\n"));
            }
        }

        string[] files = Directory.GetFiles(directory.Path);
        Assert.Equal(10, files.Length);
        Assert.All(files, f => Assert.InRange(new FileInfo(f).Length, 1, 1000));
        // The highest number is the oldest.
        IEnumerable<string> lines = Enumerable.Range(1, 9).Reverse().Select(i => directory[$"x.log.{i}"]).Append(directory["x.log"]).SelectMany(File.ReadLines);
        Assert.Equal(Enumerable.Range(0, 1000).Select(i => $"line {i:0000}"), lines);
    }

    [Fact]
    public void Only_as_many_rotated_files_are_kept_as_asked()
    {
        using var directory = new TemporaryDirectory();
        using (var file = new RollingFile(directory["x.log"], 1000, 2))
        {
            for (int i = 0; i < 1000; i++)
            {
                file.Append("0123456789\n"u8);
            }
        }

        Assert.Equal([directory["x.log"], directory["x.log.1"], directory["x.log.2"]], Directory.GetFiles(directory.Path).Order());
    }

    [Fact]
    public void A_run_appends_to_what_an_earlier_one_left()
    {
        using var directory = new TemporaryDirectory();
        foreach (string line in new[] { "first\n", "second\n" })
        {
            using var file = new RollingFile(directory["x.log"], 0, 0);
            file.Append(System.Text.Encoding.UTF8.GetBytes(line));
        }

        Assert.Equal("first\nsecond\n", File.ReadAllText(directory["x.log"]));
    }

    [Fact]
    public void What_cannot_be_written_at_the_end_is_counted()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here");
        var file = new RollingFile("/dev/full", 0, 0);
        file.Append("one\n"u8);
        file.Append("two\n"u8);
        Assert.Throws<IOException>(file.Flush);
        file.Append("three\n"u8);
        Assert.StartsWith("3 lines of /dev/full could not be written and are lost: ", Assert.Throws<IOException>(file.Dispose).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_larger_than_the_buffer_are_written_whole()
    {
        using var directory = new TemporaryDirectory();
        string line = new('x', 300_000);
        using (var file = new RollingFile(directory["x.log"], 0, 0))
        {
            file.Append("a\n"u8);
            file.Append(System.Text.Encoding.UTF8.GetBytes(line + "\n"));
            file.Append("b\n"u8);
        }

        Assert.Equal(["a", line, "b"], File.ReadLines(directory["x.log"]));
    }

    [Fact]
    public void What_is_written_by_another_thread_while_more_comes_stands_in_order()
    {
        using var directory = new TemporaryDirectory();
        using (var file = new RollingFile(directory["x.log"], 4_000_000, 5))
        {
            for (int i = 0; i < 1_000_000; i++)
            {
                file.Append(System.Text.Encoding.UTF8.GetBytes($"line {i:0000000}\n"));
            }
        }

        int next = 0;
        foreach (string path in new[] { "x.log.3", "x.log.2", "x.log.1", "x.log" })
        {
            Assert.InRange(new FileInfo(directory[path]).Length, 1, 4_000_000);
            foreach (string line in File.ReadLines(directory[path]))
            {
                Assert.Equal($"line {next++:0000000}", line);
            }
        }

        Assert.Equal(1_000_000, next);
    }

    [Fact]
    public void A_line_that_was_cut_short_does_not_take_the_next_one_with_it()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["x.log"], "whole\nha");
        using (var file = new RollingFile(directory["x.log"], 0, 0))
        {
            file.Append("new\n"u8);
        }

        using (var file = new RollingFile(directory["x.log"], 0, 0))
        {
            file.Append("newer\n"u8);
        }

        Assert.Equal("whole\nha\nnew\nnewer\n", File.ReadAllText(directory["x.log"]));
    }

    [Fact]
    public void A_block_for_which_no_thread_can_be_had_is_left_to_its_owner_and_the_next_one_has_another_try()
    {
        using var directory = new TemporaryDirectory();
        using SafeFileHandle file = File.OpenHandle(directory["x.log"], FileMode.Create, FileAccess.Write);
        int tries = 0;
        using var writer = new BlockWriter(thread =>
        {
            if (++tries == 1)
            {
                throw new OutOfMemoryException("no thread");
            }

            thread.Start();
        });
        writer.Begin(file, "block"u8.ToArray(), 0);
        Assert.False(writer.Await());
        Assert.Equal(0, RandomAccess.GetLength(file));
        writer.Begin(file, "block"u8.ToArray(), 0);
        Assert.True(writer.Await());
        Assert.Equal(5, RandomAccess.GetLength(file));
    }

    [Fact]
    public void A_block_that_another_thread_could_not_write_is_written_by_the_next_flush_that_can()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here");
        using var directory = new TemporaryDirectory();
        File.CreateSymbolicLink(directory["x.log"], "/dev/full");
        var taken = new List<string>();
        using (var file = new RollingFile(directory["x.log"], 0, 0))
        {
            int refused = 0;
            for (int i = 0; i < 500_000 && refused < 3; i++)
            {
                try
                {
                    file.Append(System.Text.Encoding.UTF8.GetBytes($"line {i:0000000}\n"));
                    taken.Add($"line {i:0000000}");
                }
                catch (IOException)
                {
                    refused++;
                }
            }

            // The block that failed, and what is kept behind it.
            Assert.Equal(3, refused);
            Assert.InRange(taken.Count * 13, 2_000_000, 4_300_000);
            Assert.Throws<IOException>(file.Flush);
            Assert.Equal(0, file.Length);
            File.Delete(directory["x.log"]);
            file.Flush();
            Assert.Equal(taken.Count * 13, file.Length);
        }

        Assert.Equal(taken, File.ReadLines(directory["x.log"]));
    }

    [Fact]
    public void Lines_lost_at_the_end_are_counted_in_the_block_and_behind_it()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here");
        var file = new RollingFile("/dev/full", 0, 0);
        for (int i = 0; i < 10_000; i++)
        {
            file.Append("0123456789\n"u8);
        }

        Assert.StartsWith("10000 lines of /dev/full could not be written and are lost: ", Assert.Throws<IOException>(file.Dispose).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x.log.1")]
    [InlineData("x.log.2")]
    public void A_file_that_cannot_be_rotated_goes_on_growing_and_rotates_when_it_can(string blocked)
    {
        using var directory = new TemporaryDirectory();
        if (blocked == "x.log.2")
        {
            File.WriteAllText(directory["x.log.1"], "older\n");
        }

        Directory.CreateDirectory(directory[blocked]);
        using (var file = new RollingFile(directory["x.log"], 1000, 50))
        {
            for (int i = 0; i < 200; i++)
            {
                file.Append(System.Text.Encoding.UTF8.GetBytes($"line {i:0000}\n"));
            }

            file.Flush();
            Assert.NotNull(file.RotationFailure);
            Assert.Null(file.Failure);
            Assert.Equal(Enumerable.Range(0, 200).Select(i => $"line {i:0000}"), File.ReadLines(directory["x.log"]));
            Directory.Delete(directory[blocked]);
            Assert.True(Eventually.Is(
                () =>
                {
                    file.Append("later\n"u8);
                    return file.Rotations > 0;
                },
                TimeSpan.FromSeconds(30)));
        }

        Assert.Equal(Enumerable.Range(0, 200).Select(i => $"line {i:0000}"), File.ReadLines(directory["x.log.1"]).Take(200));
        Assert.All(File.ReadLines(directory["x.log.1"]).Skip(200).Concat(File.ReadLines(directory["x.log"])), line => Assert.Equal("later", line));
        Assert.Equal(blocked == "x.log.2", File.Exists(directory["x.log.2"]));
    }

    [Fact]
    public void What_a_file_keeps_while_it_cannot_be_written_is_bounded_and_written_once_it_can()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here");
        using var directory = new TemporaryDirectory();
        File.CreateSymbolicLink(directory["x.log"], "/dev/full");
        using var file = new RollingFile(directory["x.log"], 0, 0);
        int failures = 0;
        file.OnFailure = () => failures++;
        int taken = 0;
        for (; !file.IsFull; taken++)
        {
            file.Append("0123456789\n"u8);
        }

        Assert.InRange(taken * 11, RollingFile.MostUnwritten, RollingFile.MostUnwritten + 11);
        Assert.Throws<IOException>(() => file.Append("more\n"u8));
        Assert.InRange(failures, 1, 2);
        Assert.True(FileFailure.IsForWantOfSpace(file.Failure!));
        File.Delete(directory["x.log"]);
        file.Flush();
        Assert.Null(file.Failure);
        Assert.Equal(taken, File.ReadLines(directory["x.log"]).Count());
    }
}
