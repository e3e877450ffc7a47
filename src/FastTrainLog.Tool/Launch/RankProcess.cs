using System.Diagnostics;
using System.Runtime.Versioning;

namespace FastTrainLog.Tool.Launch;

/// <summary>One rank: its process, and its two outputs.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class RankProcess : IDisposable
{
    private static readonly TimeSpan PatienceAfterKill = TimeSpan.FromSeconds(1);

    private readonly OutputPump _output;
    private readonly OutputPump _error;
    private readonly long _started = Stopwatch.GetTimestamp();

    private RankProcess(int rank, ProcessGroup group, OutputPump output, OutputPump error)
    {
        Rank = rank;
        Group = group;
        _output = output;
        _error = error;
    }

    public int Rank { get; }

    public ProcessGroup Group { get; }

    /// <summary>Gets how it ended; the default before it has.</summary>
    public ProcessEnd End { get; private set; }

    public TimeSpan Duration { get; private set; }

    /// <summary>Starts a rank.</summary>
    /// <exception cref="LaunchException">The command cannot be started.</exception>
    public static RankProcess Start(int rank, string[] command, IEnumerable<KeyValuePair<string, string>> environment, Func<bool, OutputPump> pump)
    {
        OutputPump output = pump(false);
        OutputPump error = pump(true);
        try
        {
            var group = ProcessGroup.Start(command, environment, output.Target, error.Target);
            output.Start();
            error.Start();
            return new RankProcess(rank, group, output, error);
        }
        catch
        {
            output.Dispose();
            error.Dispose();
            throw;
        }
    }

    /// <summary>Waits on a thread of its own for the end.</summary>
    /// <param name="patience">How long what is left of its group may keep the outputs open.</param>
    /// <param name="onEnd">Called when the process has ended.</param>
    /// <param name="onGone">Called when all of its group has gone.</param>
    public void Watch(TimeSpan patience, Action<RankProcess> onEnd, Action<RankProcess> onGone) => new Thread(() =>
    {
        End = Group.Wait();
        Duration = Stopwatch.GetElapsedTime(_started);
        onEnd(this);
        long ended = Stopwatch.GetTimestamp();
        foreach (OutputPump pump in new[] { _output, _error })
        {
            TimeSpan left = patience - Stopwatch.GetElapsedTime(ended);
            pump.Join(left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }

        End = Group.Reap(End);
        // With their writers killed both have ended, unless a process left the group and keeps them open.
        _output.Join(PatienceAfterKill);
        _error.Join(PatienceAfterKill);
        onGone(this);
    })
    { IsBackground = true, Name = $"rank {Rank}" }.Start();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }
}
