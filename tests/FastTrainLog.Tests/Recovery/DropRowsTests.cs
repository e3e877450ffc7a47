using System.Runtime.InteropServices;
using FastTrainLog.Journals;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;
using Xunit;

namespace FastTrainLog.Tests.Recovery;

/// <summary>The counts of dropped records that a process leaves in its journal, and what a recovery believes of them.</summary>
public sealed unsafe class DropRowsTests : IDisposable
{
    private const int First = DropRows.OtherRows;

    private readonly DropRows.Row* _rows = (DropRows.Row*)NativeMemory.AllocZeroed(DropRows.MostRows, DropRows.RowBytes);

    public void Dispose() => NativeMemory.Free(_rows);

    [Fact]
    public void What_was_counted_and_not_told_by_the_checkpoint_in_use_is_left_to_tell()
    {
        var rows = new DropRows(_rows);
        *rows.Add(3, "a", LogLevel.Debug) = 10;
        *rows.Add(4, "b", LogLevel.Error) = 5;
        rows.Tell(7, "a", LogLevel.Debug);
        rows.Save(0);
        rows.Tell(3, "a", LogLevel.Debug);
        Assert.Equal([(5, "b", LogLevel.Error), (10, "a", LogLevel.Debug)], Untold(checkpoint: 0));
        Assert.Equal([(5, "b", LogLevel.Error), (3, "a", LogLevel.Debug)], Untold(checkpoint: 2));
        rows.Save(1);
        Assert.Equal([(5, "b", LogLevel.Error)], Untold(checkpoint: 3));
    }

    [Fact]
    public void Categories_without_a_row_are_counted_together_by_level()
    {
        var rows = new DropRows(_rows);
        for (int i = First; i < DropRows.MostRows; i++)
        {
            *rows.Add(i, $"{i}", LogLevel.Debug) = 0;
        }

        *rows.Add(0, "x", LogLevel.Warning) += 2;
        *rows.Add(0, "y", LogLevel.Warning) += 3;
        *rows.Add(0, "y", LogLevel.Error) += 4;
        rows.Tell(1, "y", LogLevel.Warning);
        rows.Save(1);
        Assert.Equal([(4, "other categories", LogLevel.Error), (4, "other categories", LogLevel.Warning)], Untold(checkpoint: 1));
    }

    [Theory]
    [InlineData(0, 99, 8, 0)]
    [InlineData(0, -1, 8, 0)]
    [InlineData(0, 2, -8, 0)]
    [InlineData(0, 2, long.MaxValue, 0)]
    [InlineData(0, 2, 8, 9)]
    [InlineData(0, 2, 8, -1)]
    [InlineData(0, 2, 8, long.MinValue)]
    public void A_row_that_cannot_be_is_reported_and_the_others_are_told(int logger, int level, long dropped, long told)
    {
        var rows = new DropRows(_rows);
        *rows.Add(4, "b", LogLevel.Error) = 5;
        _rows[First + 1] = new DropRows.Row { Key = DropRows.Row.KeyOf(logger, (LogLevel)level), Dropped = dropped, Told0 = told, Told1 = told };
        var problems = new List<string>();
        Assert.Equal([(5, "b", LogLevel.Error)], Untold(checkpoint: 1, problems));
        Assert.Contains($"row {First + 1} of the counts of dropped records", Assert.Single(problems), StringComparison.Ordinal);
    }

    private List<(long Count, string Category, LogLevel Level)> Untold(ulong checkpoint, List<string>? problems = null)
    {
        List<string> told = problems ?? [];
        using var drops = new UntoldDrops(
            new ReadOnlySpan<byte>(_rows, DropRows.MostRows * DropRows.RowBytes), checkpoint, new Dictionary<int, string> { [3] = "a", [4] = "b" }, [], ticks: 0, told);
        Assert.True(problems is not null || told.Count == 0);
        return [.. drops.Reports.Select(report => DropReport.Read((byte*)report.Place))];
    }
}
