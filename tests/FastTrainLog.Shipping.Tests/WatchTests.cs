using FastTrainLog.Shipping.Tests.Receivers;
using FastTrainLog.Tests.Shared;
using FastTrainLog.Tool.Tests;
using Xunit;
using static FastTrainLog.Shipping.Tests.ShippedLog;

namespace FastTrainLog.Shipping.Tests;

/// <summary>Log directories that come, go and are renamed below a root that is watched.</summary>
public sealed class WatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly LogDirectory _root = new();
    private readonly LogDirectory _copy = new();
    private readonly LokiRules _loki = new();

    public void Dispose()
    {
        _root.Dispose();
        _copy.Dispose();
    }

    [Fact]
    public void A_directory_that_is_renamed_goes_on_under_its_new_name_and_one_that_takes_its_name_is_another()
    {
        using var receiver = new Receiver(_loki.Push);
        Make("a", Lines(0, 10));
        using ToolProcess shipper = ToolProcess.Start("ship", "--watch", _root.Path, "--to", $"loki={receiver.Address}");
        Await(10, shipper);
        Directory.Move(_root.PathOf("a"), _root.PathOf("b"));
        Append(_root.PathOf("b/run.jsonl"), Lines(10, 10));
        Await(20, shipper);
        // One under the first name again, and the other one is renamed at the same time.
        Directory.Move(_root.PathOf("b"), _root.PathOf("c"));
        Make("b", Lines(100, 10));
        Append(_root.PathOf("c/run.jsonl"), Lines(20, 10));
        Await(40, shipper);
        Assert.True(Eventually.Is(() => IsDeleted(_root.PathOf("b")), Patience));
        Make("d", Lines(200, 10));
        Await(50, shipper);
        Assert.Equal([.. Lines(0, 30), .. Lines(100, 10), .. Lines(200, 10)], Assert.Single(_loki.Streams).Value.Select(static entry => entry.Line).Order(StringComparer.Ordinal));
    }

    // The shipper may write its cursor there just then.
    private static bool IsDeleted(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
            return true;
        }
        catch (IOException) when (Directory.Exists(directory))
        {
            return false;
        }
    }

    [Fact]
    public void A_directory_whose_copy_is_refused_holds_up_no_other()
    {
        Make("a", Lines(0, 10));
        Make("b", Lines(10, 10));
        Directory.CreateDirectory(_copy.PathOf("a"));
        // A log of somebody else.
        _copy.With("a/run.jsonl", Lines(70, 3));
        using ToolProcess shipper = ToolProcess.Start("ship", "--watch", _root.Path, "--to", $"dir={_copy.Path}");
        Assert.True(Eventually.Is(() => File.Exists(_copy.PathOf("b/run.jsonl")) && File.ReadLines(_copy.PathOf("b/run.jsonl")).Count() == 10, Patience), shipper.Error);
        Assert.Equal(Lines(70, 3), File.ReadLines(_copy.PathOf("a/run.jsonl")));
        Assert.Contains("has a log of its own", shipper.Error, StringComparison.Ordinal);
        // It is shipped once that is gone.
        File.Delete(_copy.PathOf("a/run.jsonl"));
        Assert.True(Eventually.Is(() => File.Exists(_copy.PathOf("a/run.jsonl")) && File.ReadLines(_copy.PathOf("a/run.jsonl")).Count() == 10, Patience), shipper.Error);
    }

    private void Make(string name, string[] lines)
    {
        // Made elsewhere, so that it arrives whole.
        Directory.CreateDirectory(_copy.PathOf("new"));
        _copy.With("new/run.jsonl", lines);
        Directory.Move(_copy.PathOf("new"), _root.PathOf(name));
    }

    private void Await(int records, ToolProcess shipper) =>
        Assert.True(Eventually.Is(() => _loki.Count >= records, Patience), $"{_loki.Count} of {records}: {shipper.Output}{shipper.Error}");
}
