using Xunit;

namespace FastTrainLog.Integrations.Tests;

public sealed class IntegrationProbeTests
{
    private static readonly string ZLoggerVersion = BuildMetadata.Read("ZLogger").Split(' ')[1];
    private static readonly string Refusal = $"ZLogger {ZLoggerVersion} is not on this machine's package sources; FastTrainLog.ZLogger builds empty";

    [Fact]
    public void First_build_of_a_clone_uses_a_package_that_the_source_has()
    {
        using var clone = new FreshClone();
        clone.Publish("ZLogger", ZLoggerVersion);

        AssertBuilt(clone.Build(), hasZLogger: true);
    }

    [Fact]
    public void Absent_package_costs_one_plain_line_once_and_is_asked_for_again_when_the_source_gains_it()
    {
        using var clone = new FreshClone();

        (int ExitCode, string Output) first = clone.Build();
        AssertBuilt(first, hasZLogger: false);
        Assert.Equal(1, CountOf("ZLogger builds empty", first.Output));
        Assert.Contains(Refusal, first.Output);

        (int ExitCode, string Output) second = clone.Build();
        AssertBuilt(second, hasZLogger: false);
        Assert.DoesNotContain("ZLogger builds empty", second.Output);

        clone.Publish("ZLogger", ZLoggerVersion);
        AssertBuilt(clone.Build(), hasZLogger: true);
    }

    [Fact]
    public void Package_whose_dependency_is_missing_counts_as_absent_although_it_reaches_the_package_folder()
    {
        using var clone = new FreshClone();
        clone.Publish("ZLogger", ZLoggerVersion, dependency: "FastTrainLog.Tests.NoSuchPackage");

        AssertBuilt(clone.Build(), hasZLogger: false);
    }

    [Fact]
    public void Package_that_left_both_source_and_package_folder_is_absent_again()
    {
        using var clone = new FreshClone();
        clone.Publish("ZLogger", ZLoggerVersion);
        AssertBuilt(clone.Build(), hasZLogger: true);

        clone.Unpublish("ZLogger", ZLoggerVersion);
        Directory.Delete(clone.PackageFolder, recursive: true);
        AssertBuilt(clone.Build(), hasZLogger: false);
    }

    [Fact]
    public void Source_that_does_not_answer_is_a_refusal_that_says_so_and_costs_nothing_the_second_time()
    {
        // Port 1 of this machine: the connection is refused at once, as without a network the look-up of a name is.
        using var clone = new FreshClone(unreachableSource: "http://127.0.0.1:1/index.json");

        (int ExitCode, string Output) first = clone.Build();
        AssertBuilt(first, hasZLogger: false);
        Assert.Contains($"ZLogger {ZLoggerVersion} cannot be had, because a package source does not answer", first.Output);

        (int ExitCode, string Output) second = clone.Build();
        AssertBuilt(second, hasZLogger: false);
        Assert.DoesNotContain("cannot be had", second.Output);
    }

    [Fact]
    public void Required_integration_that_is_absent_is_an_error_that_names_it_and_the_sources()
    {
        using var clone = new FreshClone();

        (int ExitCode, string Output) build = clone.Build("-p:RequireIntegrations=true");

        Assert.NotEqual(0, build.ExitCode);
        Assert.Contains($"error : RequireIntegrations=true, but ZLogger {ZLoggerVersion} is not on this machine's package sources", build.Output);
    }

    [Fact]
    public void Integration_that_is_switched_off_by_hand_is_not_asked_for()
    {
        using var clone = new FreshClone();
        clone.Publish("ZLogger", ZLoggerVersion);

        AssertBuilt(clone.Build("-p:HasZLogger=false"), hasZLogger: false);
        Assert.False(Directory.Exists(clone.PackageFolder));
    }

    [Fact]
    public void Two_first_builds_at_the_same_time_come_to_the_same_verdict()
    {
        using var clone = new FreshClone();
        clone.Publish("ZLogger", ZLoggerVersion);

        using var one = clone.StartBuild();
        using var other = clone.StartBuild();
        Assert.Equal(0, FreshClone.Finish(one).ExitCode);
        Assert.Equal(0, FreshClone.Finish(other).ExitCode);

        AssertBuilt(clone.Build(), hasZLogger: true);
    }

    private static void AssertBuilt((int ExitCode, string Output) build, bool hasZLogger)
    {
        Assert.True(build.ExitCode == 0, build.Output);
        Assert.Contains($"built with HasZLogger={(hasZLogger ? "true" : "false")}", build.Output);
        Assert.Contains("0 Warning(s)", build.Output);
    }

    private static int CountOf(string text, string output) => output.Split(text).Length - 1;
}
