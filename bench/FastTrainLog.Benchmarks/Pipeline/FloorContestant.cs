using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Platform;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>What no logger can do without: a reading of the clock, and the arguments stored as 64 bytes in a page.</summary>
internal sealed unsafe class FloorContestant() : Contestant(LatencyChild.Floor, "none")
{
    private const int PageBytes = 1 << 20;

    private readonly byte* _page = (byte*)NativeMemory.AlignedAlloc(PageBytes, 4096);
    private int _cursor;

    public override void Log(int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput)
    {
        byte* record = _page + _cursor;
        _cursor = (_cursor + 64) & (PageBytes - 1);
        Unsafe.WriteUnaligned(record, TickClock.Now());
        Unsafe.WriteUnaligned(record + 8, epoch);
        Unsafe.WriteUnaligned(record + 12, step);
        Unsafe.WriteUnaligned(record + 20, loss);
        Unsafe.WriteUnaligned(record + 28, accuracy);
        Unsafe.WriteUnaligned(record + 36, learningRate);
        Unsafe.WriteUnaligned(record + 44, norm);
        Unsafe.WriteUnaligned(record + 48, throughput);
        Unsafe.WriteUnaligned(record + 56, 1L);
    }

    public override void Close()
    {
    }
}
