using System.Runtime;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>Waits for the just-in-time compiler: a method is compiled up to three times, each in the background after 100 ms of calm.</summary>
internal static class Compilation
{
    private const int CalmRounds = 3;

    /// <summary>Does some work again and again until nothing is compiled for it any more.</summary>
    public static void AwaitEnd(Action work, int mostRounds)
    {
        int calm = 0;
        for (int round = 0; round < mostRounds && calm < CalmRounds; round++)
        {
            long compiled = JitInfo.GetCompiledMethodCount();
            work();
            Thread.Sleep(150);
            calm = JitInfo.GetCompiledMethodCount() == compiled ? calm + 1 : 0;
        }
    }
}
