using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>A log that is written and rotated while it is shipped to Loki, and Loki and the shipper's process are killed with <c>-9</c> at random: 100,000 records and 20 times each where the long form is asked for.</summary>
/// <param name="log">The log directory.</param>
/// <param name="address">Loki's address.</param>
/// <param name="kill">Kills it.</param>
/// <param name="start">Starts it again.</param>
internal sealed class KilledShipping(LogDirectory log, string address, Action kill, Action start)
{
    private const int Parts = 3;

    private readonly Random _random = new(18);
    private int _written;

    /// <summary>Gets how many records there are.</summary>
    public static int Records => Campaign.IsLong ? 100_000 : 10_000;

    /// <summary>Gets how often each is killed.</summary>
    public static int Kills => Campaign.IsLong ? 20 : 4;

    /// <summary>Gets the lines that must be in each stream, by its labels in their order.</summary>
    public SortedDictionary<string, string[]> Streams => new(
        Enumerable.Range(0, _written).GroupBy(static number => number % Parts).ToDictionary(static part => $"category=part{part.Key},job=fasttrainlog,level=INFO", static part => part.Select(LineOf).ToArray()), StringComparer.Ordinal);

    /// <summary>Writes, ships and kills, and ships the rest.</summary>
    public void Run()
    {
        ToolProcess? shipper = null;
        for (int round = 0; round < Kills; round++)
        {
            shipper ??= ToolProcess.Start("ship", log.Path, "--to", $"loki={address}");
            long before = Sent();
            for (int part = 0; part < 10; part++)
            {
                int count = Records / Kills / 10;
                Append(log.PathOf("run.jsonl"), Enumerable.Range(_written, count).Select(LineOf));
                _written += count;
                Thread.Sleep(_random.Next(60));
            }

            Rotate(round);
            // Not all of it: what is on its way is what a kill can harm.
            Assert.True(Eventually.Is(() => Sent() > before, TimeSpan.FromMinutes(2)), $"Nothing is shipped: {shipper.Output}{shipper.Error}");
            Thread.Sleep(_random.Next(300));
            bool isShipperFirst = _random.Next(2) == 0;
            if (isShipperFirst)
            {
                Kill(ref shipper);
                Thread.Sleep(_random.Next(100));
            }

            kill();
            Thread.Sleep(_random.Next(100));
            if (!isShipperFirst)
            {
                Kill(ref shipper);
            }

            start();
        }

        (int code, string output, string error) = ToolRun.Of("ship", log.Path, "--to", $"loki={address}", "--once");
        Assert.True(code == 0, output + error);
        ShipCounters counters = LogShipper.ReadStatus(log.Path).Single().Counters;
        Assert.Equal((0, 0, 0, 0), (counters.Quarantined, counters.LostRecords, counters.LostBytes, counters.Unreadable));
        Assert.Equal(Records, _written);
    }

    private static string LineOf(int number) => Line(number).Replace("\"main\"", $"\"part{number % Parts}\"", StringComparison.Ordinal);

    private static void Kill(ref ToolProcess? shipper)
    {
        shipper!.Kill();
        shipper.Dispose();
        shipper = null;
    }

    private long Sent() => LogShipper.ReadStatus(log.Path) is [{ } status] ? status.Counters.Sent : 0;

    private void Rotate(int round)
    {
        for (int number = round; number >= 1; number--)
        {
            File.Move(log.PathOf($"run.jsonl.{number}"), log.PathOf($"run.jsonl.{number + 1}"));
        }

        File.Move(log.PathOf("run.jsonl"), log.PathOf("run.jsonl.1"));
    }
}
