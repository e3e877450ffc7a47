using System.Text;
using FastTrainLog.Files;
using Xunit;

namespace FastTrainLog.Tests.Files;

public sealed class FileTailTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    [InlineData(3000)]
    public void Tails_of_lines_that_differ_in_their_times_alone_differ(int length)
    {
        Assert.NotEqual(Of("18:40:54"), Of("18:40:55"));
        Assert.Equal(Of("18:40:54"), Of("18:40:54"));

        FileTail Of(string time) => FileTail.Of(Encoding.UTF8.GetBytes($"before\n[2026-11-30 {time}] TRAINING - INFO - {new string('x', length)}\n"));
    }
}
