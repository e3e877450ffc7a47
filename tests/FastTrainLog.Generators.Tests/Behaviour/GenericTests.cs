using System.Text.Json;
using FastTrainLog.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Generators.Tests.Behaviour;

[Collection(nameof(SamplingTests))]
public sealed class GenericTests
{
    [Fact]
    public void Generic_methods_log_whatever_they_are_called_with()
    {
        using var run = new LoggedRun();
        var foreign = new CapturingLogger();
        GenericMessages.Pair(run.Logger, 1.25m, "text");
        GenericMessages.Pair<int, object>(foreign, 3, null);
        GenericMessages.Numbers<byte>(run.Logger, [1, 2, 3], [4, 5, 6]);
        GenericMessages.Numbers<double>(foreign, [0.5], [1.5]);

        Assert.Equal(["1.3 and text", "3 values, min 1, max 3, mean 2; [4, 5, … 1 more]"], run.Read().Select(static line => line.GetProperty("message").GetString()));
        Assert.Equal(["3.0 and (null)", "1 values, min 0.5, max 0.5, mean 0.5; [1.5]"], foreign.Calls.Select(static c => c.Message));
    }

    [Fact]
    public void Params_arrays_which_the_platforms_generator_does_not_take_are_logged_as_the_arrays_they_are()
    {
        using var run = new LoggedRun();
        var foreign = new CapturingLogger();
        GenericMessages.Params(run.Logger, 2, "a", null);
        GenericMessages.Params(foreign, 0);

        Assert.Equal("2 of a, (null)", run.Single().GetProperty("message").GetString());
        Assert.Equal("0 of ", foreign.Calls[0].Message);
    }

    [Fact]
    public void Methods_of_a_generic_struct_share_their_count()
    {
        using var run = new LoggedRun();
        new GenericHolder<int>(run.Logger).Held(1, "a");
        new GenericHolder<string>(run.Logger).Held("two", "b");
        new GenericHolder<string>(run.Logger).Held("three", "c");

        List<JsonElement> lines = run.Read();
        Assert.Equal(["1 of a", "three of c"], lines.Select(static line => line.GetProperty("message").GetString()));
        Assert.Equal("""{"Item":"three","holder":{"kind":"c"},"Suppressed":1}""", lines[1].GetProperty("properties").GetRawText());
    }

    [Fact]
    public void A_class_over_two_files_becomes_one()
    {
        Compiled compiled = Compiled.WithTrainLog(Compiled.Source(
            LanguageVersion.CSharp12,
            Part("""[TrainLog(1, LogLevel.Information, "{A}")] public partial void First(int a);"""),
            Part("""private readonly ILogger _logger = null!; [TrainLog(2, LogLevel.Information, "{B}")] public partial void Second(int b);""")));
        compiled.Load();
        string generated = Assert.Single(compiled.Generated).Value;
        Assert.Contains("void First(", generated);
        Assert.Contains("void Second(", generated);

        static string Part(string members) => $"using FastTrainLog; using Microsoft.Extensions.Logging; namespace Run; public sealed partial class Log {{ {members} }}";
    }
}
