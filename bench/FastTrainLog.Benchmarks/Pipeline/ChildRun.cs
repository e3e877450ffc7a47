using System.Diagnostics;
using System.Text.Json;
using FastTrainLog.Benchmarks.Reading;
using FastTrainLog.Benchmarks.Shipping;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>Runs one measurement in a process of its own, so that no logger's threads, heap or compiled code touch another's figures.</summary>
internal static class ChildRun
{
    public const string Argument = "child";

    private const string ResultPrefix = "result:";

    public static T Start<T>(params string[] arguments)
    {
        // Started through the dotnet host, the assembly comes first.
        bool isHost = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet";
        return Start<T>(Environment.ProcessPath!, isHost ? [typeof(ChildRun).Assembly.Location] : [], arguments);
    }

    /// <summary>Runs a measurement as the fasttrainlog command runs: with its settings of the runtime.</summary>
    public static T StartAsTool<T>(params string[] arguments)
    {
        string own = typeof(ChildRun).Assembly.Location;
        return Start<T>("dotnet", ["exec", "--runtimeconfig", Path.ChangeExtension(ToolPath("FastTrainLog.Tool"), ".runtimeconfig.json"), "--depsfile", Path.ChangeExtension(own, ".deps.json"), own], arguments);
    }

    /// <summary>Returns the assembly of a project that was built with this one.</summary>
    public static string ToolPath(string project)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, $"{project}.dll");
    }

    private static T Start<T>(string program, string[] host, string[] arguments)
    {
        var start = new ProcessStartInfo(program, host) { RedirectStandardOutput = true };
        start.ArgumentList.Add(Argument);
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        int result = output.LastIndexOf(ResultPrefix, StringComparison.Ordinal);
        if (process.ExitCode != 0 || result < 0)
        {
            throw new InvalidOperationException($"The measurement '{string.Join(' ', arguments)}' ended with exit code {process.ExitCode}: {output}");
        }

        return JsonSerializer.Deserialize<T>(output.AsSpan(result + ResultPrefix.Length))!;
    }

    public static void Answer<T>(T result) => Console.Out.WriteLine(ResultPrefix + JsonSerializer.Serialize(result));

    /// <summary>Runs a measurement's child side, if the arguments ask for one.</summary>
    public static bool TryAnswer(string[] arguments)
    {
        if (arguments is not [Argument, var runner, .. var rest])
        {
            return false;
        }

        switch (runner)
        {
            case "latency":
                Answer(LatencyChild.Measure(rest[0], rest[1], rest[2], bool.Parse(rest[3])));
                break;
            case "throughput":
                Answer(ThroughputChild.Measure(rest[0], rest[1], int.Parse(rest[2], null), long.Parse(rest[3], null)));
                break;
            case "idle":
                Answer(MemoryRunner.MeasureIdle(rest[0], int.Parse(rest[1], null)));
                break;
            case "reading":
                Answer(ReadingChild.Measure(rest[0], rest[1]));
                break;
            case "ship":
                Answer(ShipChild.Measure(rest[0], rest[1], rest[2]));
                break;
            case "ship-steps":
                Answer(ShipChild.MeasureSteps(rest[0], int.Parse(rest[1], null)));
                break;
            default:
                throw new ArgumentException($"There is no measurement '{runner}'.");
        }

        return true;
    }
}
