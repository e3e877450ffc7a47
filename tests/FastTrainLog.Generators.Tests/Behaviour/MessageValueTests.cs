using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>Values of a message that are wrapped, lest they be boxed, read the same on every logger.</summary>
public sealed partial class MessageValueTests
{
    [Theory]
    [InlineData(1536, 25_276_026_880, (ulong)long.MaxValue, "1.5 KiB of 23.54 GiB|    8192 PiB")]
    [InlineData(0, null, 1023UL, "0 B of (null)|      1023 B")]
    [InlineData(-2048, 1024L, 0UL, "-2 KiB of 1 KiB|         0 B")]
    public void A_number_of_bytes_has_a_unit_in_the_message_and_stays_a_number_in_the_state(int size, long? total, ulong last, string message)
    {
        CapturedCall call = Call(logger => Bytes(logger, size, total, last), message);
        Assert.Equal(message, call.Message);
        Assert.Equal([new("Size", size), new("Total", total), new("Last", last), new("{OriginalFormat}", "{Size:bytes} of {Total:bytes}|{Last,12:bytes}")], call.State);
    }

    [Fact]
    public void A_number_of_bytes_has_a_unit_in_any_order_and_in_an_optional_section()
    {
        Assert.Equal("1 KiB: 2 KiB", Call(static logger => InAnyOrder(logger, 2048, 1024), "1 KiB: 2 KiB").Message);
        Assert.Equal(": 2 KiB", Call(static logger => InAnyOrder(logger, 2048, null), own: "(null): 2 KiB").Message);
        Assert.Equal("saved, 1 KiB", Call(static logger => InASection(logger, 1024), "saved, 1 KiB").Message);
        Assert.Equal("saved", Call(static logger => InASection(logger, null), "saved").Message);
    }

    [Fact]
    public void An_integer_of_any_size_can_be_a_number_of_bytes() =>
        Assert.Equal(
            "-1 B 255 B 31.99 KiB 63.99 KiB 4 GiB 1 KiB 7 B",
            Call(static logger => OfEachSize(logger, -1, 255, 32_760, 65_530, uint.MaxValue, 1024, 7), "-1 B 255 B 31.99 KiB 63.99 KiB 4 GiB 1 KiB 7 B").Message);

    [Fact]
    public void A_generic_value_reads_as_its_own_type_would()
    {
        string text = new('x', 5000);
        Assert.Equal($"{text} 7", Call(logger => Generic(logger, text, 7), own: null).Message);
        Assert.Equal("(null) (null)", Call(static logger => Generic(logger, (string?)null, null), "(null) (null)").Message);
        Assert.Equal("1, 2 3", Call(static logger => Generic(logger, new[] { 1, 2 }, 3), "1, 2 3").Message);
    }

    // Returns what a foreign logger received, after the library's own one has shown the message given for it.
    private static CapturedCall Call(Action<ILogger> log, string? own)
    {
        if (own is not null)
        {
            using var run = new LoggedRun();
            log(run.Logger);
            Assert.Equal(own, run.Single().GetProperty("message").GetString());
        }

        var foreign = new CapturingLogger();
        log(foreign);
        return Assert.Single(foreign.Calls);
    }

    [TrainLog(1, LogLevel.Information, "{Size:bytes} of {Total:bytes}|{Last,12:bytes}")]
    private static partial void Bytes(ILogger logger, int size, long? total, ulong last);

    [TrainLog(2, LogLevel.Information, "{Second:bytes}: {First:bytes}")]
    private static partial void InAnyOrder(ILogger logger, nint first, short? second);

    [TrainLog(3, LogLevel.Information, "saved[?, {Size:bytes}]")]
    private static partial void InASection(ILogger logger, long? size);

    [TrainLog(4, LogLevel.Information, "{A:bytes} {B:bytes} {C:bytes} {D:bytes} {E:bytes} {F:bytes} {G:bytes}")]
    private static partial void OfEachSize(ILogger logger, sbyte a, byte b, short c, ushort d, uint e, nuint f, byte? g);

    [TrainLog(5, LogLevel.Information, "{Item} {Count}")]
    private static partial void Generic<T>(ILogger logger, T item, int? count);
}
