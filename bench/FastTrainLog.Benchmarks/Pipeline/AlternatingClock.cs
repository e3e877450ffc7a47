using System.Diagnostics;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>Times several actions in turns, each round starting one further.</summary>
/// <param name="rounds">How often each action is timed.</param>
/// <param name="actions">The actions.</param>
/// <param name="after">What is done after each action without being timed; null for nothing.</param>
internal sealed class AlternatingClock(int rounds, Action[] actions, Action?[]? after = null)
{
    private const int WarmUpRounds = 2;

    /// <summary>Gives the milliseconds of each action, round by round.</summary>
    public double[][] Run()
    {
        var times = new double[actions.Length][];
        for (int i = 0; i < actions.Length; i++)
        {
            times[i] = new double[rounds];
        }

        for (int round = -WarmUpRounds; round < rounds; round++)
        {
            for (int turn = 0; turn < actions.Length; turn++)
            {
                int action = (turn + round + WarmUpRounds) % actions.Length;
                long start = Stopwatch.GetTimestamp();
                actions[action]();
                double elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
                after?[action]?.Invoke();
                if (round >= 0)
                {
                    times[action][round] = elapsed;
                }
            }
        }

        return times;
    }
}
