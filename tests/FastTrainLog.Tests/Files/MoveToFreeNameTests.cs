using FastTrainLog.Files;
using Xunit;

namespace FastTrainLog.Tests.Files;

public sealed class MoveToFreeNameTests : IDisposable
{
    private const int Rounds = 500;
    private const int Movers = 3;

    private readonly string _directory = Directory.CreateTempSubdirectory("fasttrainlog-move-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_taken_name_is_refused_and_both_files_stay()
    {
        string from = Make("from", "a");
        string to = Make("to", "b");
        IOException refusal = Assert.Throws<IOException>(() => FileSystem.MoveToFreeName(from, to));
        Assert.Equal($"{to} exists already.", refusal.Message);
        Assert.Equal(("a", "b"), (File.ReadAllText(from), File.ReadAllText(to)));
        Assert.Throws<FileNotFoundException>(() => FileSystem.MoveToFreeName(Path.Combine(_directory, "none"), Path.Combine(_directory, "free")));
    }

    [Fact]
    public void Of_several_who_take_a_name_at_the_same_moment_one_gets_it_and_no_file_is_lost()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere a moment is between the look at the name and the rename");
        string target = Path.Combine(_directory, "target");
        using var barrier = new Barrier(Movers);
        int[] moved = new int[Rounds];
        int[] refused = new int[Rounds];
        Thread[] movers = [.. Enumerable.Range(0, Movers).Select(mover => new Thread(() =>
        {
            string own = Path.Combine(_directory, $"{mover}");
            for (int round = 0; round < Rounds; round++)
            {
                File.WriteAllText(own, own);
                barrier.SignalAndWait(TestContext.Current.CancellationToken);
                try
                {
                    FileSystem.MoveToFreeName(own, target);
                    Interlocked.Increment(ref moved[round]);
                }
                catch (IOException)
                {
                    Interlocked.Increment(ref refused[round]);
                }

                barrier.SignalAndWait(TestContext.Current.CancellationToken);
                if (mover == 0)
                {
                    File.Delete(target);
                }

                barrier.SignalAndWait(TestContext.Current.CancellationToken);
            }
        }))];
        Array.ForEach(movers, mover => mover.Start());
        Array.ForEach(movers, mover => mover.Join());
        Assert.All(moved, count => Assert.Equal(1, count));
        Assert.All(refused, count => Assert.Equal(Movers - 1, count));
    }

    private string Make(string name, string content)
    {
        string path = Path.Combine(_directory, name);
        File.WriteAllText(path, content);
        return path;
    }
}
