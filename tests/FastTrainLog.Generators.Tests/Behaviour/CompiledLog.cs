using System.Reflection;
using System.Text.Json;
using FastTrainLog.Generators.Tests.Compiling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Generators.Tests.Behaviour;

/// <summary>A user's source, compiled under warnings as errors and run on another logger, on the library's own and on it behind a host's logger.</summary>
internal sealed record CompiledLog(IReadOnlyList<CapturedCall> Foreign, IReadOnlyList<JsonElement> Own, IReadOnlyList<JsonElement> Hosted)
{
    private const string Usings = """
        #nullable enable
        using System;
        using System.Collections.Generic;
        using FastTrainLog;
        using Microsoft.Extensions.Logging;
        using Microsoft.Extensions.Compliance.Classification;

        namespace Users;


        """;

    /// <summary>Runs <c>Program.Run(logger)</c>.</summary>
    /// <param name="members">Members of the static partial class <c>Program</c>.</param>
    /// <param name="calls">The statements of <c>Run(ILogger logger)</c>.</param>
    /// <param name="types">Types beside it.</param>
    /// <param name="options">Changes the log's options.</param>
    public static CompiledLog Of(string members, string calls, string types = "", Action<TrainLogOptions>? options = null, params MetadataReference[] references)
    {
        Action<ILogger> run = Compile(members, calls, types, references);
        var foreign = new CapturingLogger();
        run(foreign);

        using var own = new LoggedRun(options);
        run(own.Logger);
        List<JsonElement> ownLines = own.Read();

        using var hosted = new LoggedRun(options);
        using ILoggerFactory factory = LoggerFactory.Create(b => b.SetMinimumLevel(LogLevel.Trace).AddProvider(new TrainLoggerProvider(hosted.Logging)).AddProvider(new QuietProvider()));
        run(factory.CreateLogger("main"));
        return new CompiledLog(foreign.Calls, ownLines, hosted.Read());
    }

    /// <summary>Checks that all three saw the same message and the same fields.</summary>
    public void Says(string message, params (string Name, string Value)[] fields)
    {
        CapturedCall foreign = Assert.Single(Foreign);
        Assert.Equal(message, foreign.Message);
        Assert.Equal(fields, foreign.State[..^1].Select(static p => (p.Key, FormattableString.Invariant($"{p.Value}"))));
        foreach (JsonElement line in new[] { Assert.Single(Own), Assert.Single(Hosted) })
        {
            Assert.Equal(message, line.GetProperty("message").GetString());
            Assert.Equal(fields, Leaves(line.GetProperty("properties"), string.Empty));
        }
    }

    /// <summary>Checks the message on all three.</summary>
    public void SaysMessage(string message)
    {
        Assert.Equal(message, Assert.Single(Foreign).Message);
        Assert.All(new[] { Assert.Single(Own), Assert.Single(Hosted) }, line => Assert.Equal(message, line.GetProperty("message").GetString()));
    }

    /// <summary>Runs <c>Program.Run(logger)</c> on the library's own logger alone.</summary>
    public static List<JsonElement> RunOwn(string members, string calls, string types = "")
    {
        using var own = new LoggedRun();
        Compile(members, calls, types, [])(own.Logger);
        return own.Read();
    }

    public static Compiled Build(string members, string calls, string types = "", params MetadataReference[] references)
    {
        string source = $$"""
            {{Usings}}{{types}}

            public static partial class Program
            {
                {{members}}

                public static void Run(ILogger logger)
                {
                    {{calls}}
                }
            }
            """;
        return Compiled.WithTrainLog(Compiled.Source(LanguageVersion.CSharp13, source).AddReferences(references));
    }

    private static Action<ILogger> Compile(string members, string calls, string types, MetadataReference[] references) =>
        Build(members, calls, types, references).Load().GetType("Users.Program", throwOnError: true)!.GetMethod("Run")!.CreateDelegate<Action<ILogger>>();

    public static IEnumerable<(string Name, string Value)> Leaves(JsonElement element, string prefix) => element.EnumerateObject().SelectMany(p =>
        p.Value.ValueKind == JsonValueKind.Object
            ? Leaves(p.Value, $"{prefix}{p.Name}.")
            : [($"{prefix}{p.Name}", p.Value.ValueKind == JsonValueKind.Null ? string.Empty : p.Value.ToString())]);

    private sealed class QuietProvider : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new CapturingLogger(LogLevel.Trace, []);

        public void Dispose()
        {
        }
    }
}
