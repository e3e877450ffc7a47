using FastTrainLog.Generators.Tests.Compiling;

namespace FastTrainLog.Generators.Tests.Snapshots;

/// <summary>Generated locals step aside for parameters that have their names.</summary>
public sealed class NameTests
{
    [Theory]
    [InlineData("Exception failure, int failureCapture")]
    [InlineData("object a, int aText")]
    [InlineData("[SecretData] string a, int aRedacted")]
    [InlineData("ReadOnlySpan<float> a, int aValue")]
    [InlineData("int record, int direct, int level, int logger")]
    [InlineData("object a, int aText, int aText_, int record, int record_")]
    public void A_parameter_may_have_the_name_of_a_generated_local(string parameters)
    {
        foreach (string logger in new[] { "ILogger", "TrainLogger" })
        {
            Compiled.WithTrainLog($$"""
                using System;
                using FastTrainLog;
                using Microsoft.Extensions.Logging;
                static partial class Log
                {
                    [TrainLog(1, LogLevel.Information, "")] public static partial void M({{logger}} to, {{parameters}});
                }
                """).Load();
        }
    }
}
