namespace FastTrainLog.Schedules.Tests.Planted;

/// <summary>Accesses without a fence, which planted faults have in place of interlocked and volatile ones.</summary>
public static class PlainAccess
{
    public static int CompareExchange(ref int place, int value, int comparand) => CompareExchange<int>(ref place, value, comparand);

    public static long CompareExchange(ref long place, long value, long comparand) => CompareExchange<long>(ref place, value, comparand);

    public static long Exchange(ref long place, long value)
    {
        long last = Schedule.Load(ref place);
        Write(ref place, value);
        return last;
    }

    public static void MemoryBarrierProcessWide()
    {
    }

    public static void Write(ref int place, int value) => Schedule.Store(ref place, value, releases: false);

    public static void Write(ref long place, long value) => Schedule.Store(ref place, value, releases: false);

    private static T CompareExchange<T>(ref T place, T value, T comparand)
    {
        T last = Schedule.Load(ref place);
        if (EqualityComparer<T>.Default.Equals(last, comparand))
        {
            Schedule.Store(ref place, value, releases: false);
        }

        return last;
    }
}
